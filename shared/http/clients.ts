/**
 * The Partner Center client libraries by the name that they send: what each can send and what it can parse
 * (docs/contract.md 16.1). Measured with the .NET SDK 3.4.0, the Java SDK 1.15.4 and the PowerShell module's library
 * 1.15.6. A client that is not listed sends and parses everything.
 */
import type { LineItemDraft, ParticipantKey } from '../cart/lineItem.ts';
import type { BillingCycle } from '../catalog/billingCycles.ts';

/** Members of a line item. */
export type Fields = readonly (keyof LineItemDraft)[];

export interface Client {
  /** The Java SDK reads add-ons under `addOnItems` only; the others would read them twice if both were present. */
  addonsName: 'addonItems' | 'addOnItems';
  /** Members that the client does not know: it loses them when it sends back what it received. */
  unsupportedFields: Fields;
  /** Members that it knows but drops from the line items that it copies: absent or empty, they mean nothing. */
  strippedFields: Fields;
  /** Enum values that it cannot parse; responses have `unknown` instead, which every client parses (16.5). */
  unparsable: ReadonlySet<string>;
  /** Whether the body of a 429 is only `{statusCode, message}` (15.3). */
  hasShortThrottlingBody: boolean;
}

const NEW_TO_ALL: Fields = ['purchaseCommitment', 'scheduledNextTermInstructions'];
const NEWER: Fields = [
  ...NEW_TO_ALL,
  'promotionId',
  'purchaseSystem',
  'customTermEndDate',
  'attestationAccepted',
];
const NEWER_VALUES = new Set<BillingCycle | ParticipantKey>([
  'triennial',
  'biennial',
  'consumption_reseller',
  'additional_transaction_reseller',
]);

const OTHER: Client = {
  addonsName: 'addonItems',
  unsupportedFields: [],
  strippedFields: [],
  unparsable: new Set(),
  hasShortThrottlingBody: false,
};
/** Its cmdlet `Set-PartnerCustomerCart` copies the line items of the cart. */
const POWERSHELL: Client = {
  ...OTHER,
  unsupportedFields: NEWER,
  strippedFields: ['provisioningContext', 'renewsTo'],
  unparsable: NEWER_VALUES,
};
const CLIENTS = new Map<string, Client>([
  ['Partner Center .NET SDK', { ...OTHER, unsupportedFields: NEW_TO_ALL, hasShortThrottlingBody: true }],
  [
    'Partner Center Java SDK',
    { ...OTHER, addonsName: 'addOnItems', unsupportedFields: NEWER, unparsable: NEWER_VALUES },
  ],
  ['Partner Center Open .NET SDK', POWERSHELL],
  ['Partner Center PowerShell', POWERSHELL],
]);

/** The client of a header `MS-PartnerCenter-Client`. */
export function clientOf(name: string | null): Client {
  return CLIENTS.get(name?.trim() ?? '') ?? OTHER;
}
