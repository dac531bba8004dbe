/**
 * The SDKs by the name that they send: what each reads and what it cannot say. Measured of the .NET SDK 3.4.0,
 * the Java SDK 1.15.4 and the PowerShell module's client 1.15.6; whoever else calls can say everything.
 */
import type { LineItemDraft } from '../cart/lineItem.ts';

/** Members of a line item that a client does not know: it loses them when it puts back what it got. */
export type Fields = readonly (keyof LineItemDraft)[];

export interface Client {
  /** The Java SDK reads add-ons under `addOnItems` only; the others would see them twice if both were there. */
  addonsName: 'addonItems' | 'addOnItems';
  unsupportedFields: Fields;
  /** Members that it can say, but drops from the line items that it copies: missing or empty, they say nothing. */
  strippedFields: Fields;
}

const NEW_TO_ALL: Fields = ['purchaseCommitment', 'scheduledNextTermInstructions'];
const NEWER: Fields = [
  ...NEW_TO_ALL,
  'promotionId',
  'purchaseSystem',
  'customTermEndDate',
  'attestationAccepted',
];

const ANYBODY: Client = { addonsName: 'addonItems', unsupportedFields: [], strippedFields: [] };
/** Its cmdlet `Set-PartnerCustomerCart` copies the line items of the cart (docs/contract.md 16.1). */
const POWERSHELL: Client = {
  ...ANYBODY,
  unsupportedFields: NEWER,
  strippedFields: ['provisioningContext', 'renewsTo'],
};
const SDKS = new Map<string, Client>([
  ['Partner Center .NET SDK', { ...ANYBODY, unsupportedFields: NEW_TO_ALL }],
  ['Partner Center Java SDK', { ...ANYBODY, addonsName: 'addOnItems', unsupportedFields: NEWER }],
  ['Partner Center Open .NET SDK', POWERSHELL],
  ['Partner Center PowerShell', POWERSHELL],
]);

/** The client of a header `MS-PartnerCenter-Client`. */
export function clientOf(name: string | null): Client {
  return SDKS.get(name ?? '') ?? ANYBODY;
}
