/**
 * The SDKs by the name that they send: what each reads and what it cannot say. Measured of the .NET SDK 3.4.0,
 * the Java SDK 1.15.4 and the PowerShell module's client 1.15.6; whoever else calls can say everything.
 */
import type { LineItemDraft } from '../cart/lineItem.ts';

/** Members of a line item that a client does not know: it loses them when it puts back what it got. */
export type Unsaid = readonly (keyof LineItemDraft)[];

export interface Client {
  /** The Java SDK reads add-ons under `addOnItems` only; the others would see them twice if both were there. */
  addonsName: 'addonItems' | 'addOnItems';
  unsaid: Unsaid;
  /** Members that it can say, but drops from the line items that it copies: missing or empty, they say nothing. */
  dropped: Unsaid;
}

const NEW_TO_ALL: Unsaid = ['purchaseCommitment', 'scheduledNextTermInstructions'];
const NEWER: Unsaid = [
  ...NEW_TO_ALL,
  'promotionId',
  'purchaseSystem',
  'customTermEndDate',
  'attestationAccepted',
];

const ANYBODY: Client = { addonsName: 'addonItems', unsaid: [], dropped: [] };
/** Its cmdlet `Set-PartnerCustomerCart` copies the line items of the cart (contract, section 4.1). */
const POWERSHELL: Client = { ...ANYBODY, unsaid: NEWER, dropped: ['provisioningContext', 'renewsTo'] };
const SDKS = new Map<string, Client>([
  ['Partner Center .NET SDK', { ...ANYBODY, unsaid: NEW_TO_ALL }],
  ['Partner Center Java SDK', { ...ANYBODY, addonsName: 'addOnItems', unsaid: NEWER }],
  ['Partner Center Open .NET SDK', POWERSHELL],
  ['Partner Center PowerShell', POWERSHELL],
]);

/** The client of a header `MS-PartnerCenter-Client`. */
export function clientOf(name: string | null): Client {
  return SDKS.get(name ?? '') ?? ANYBODY;
}
