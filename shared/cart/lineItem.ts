/**
 * A cart line item as Partner Center names its members, after reading: names and enums are canonical,
 * absent is absent. The same shape is stored and, but for the spelling of `addonItems`, answered.
 */
import type { BillingCycle } from '../catalog/billingCycles.ts';

export const PARTICIPANT_KEYS = [
  'transaction_reseller',
  'additional_transaction_reseller',
  'consumption_reseller',
  'unknown',
] as const;
export type ParticipantKey = (typeof PARTICIPANT_KEYS)[number];

export interface Participant {
  key: ParticipantKey;
  value: string;
}

/** Why a line item cannot be bought as it stands (docs/contract.md 9.3, 6.5). The code is always a number. */
export interface CartError {
  errorCode: number;
  errorDescription: string;
  additionalInformation?: Record<string, unknown>;
}

/** What a caller may say about a line item. */
export interface LineItemDraft {
  /** The id of the line item that this one was, as the cart was answered; a hint, that numbers nothing. */
  id?: number | undefined;
  catalogItemId: string;
  friendlyName?: string | undefined;
  quantity: number;
  currencyCode?: string | undefined;
  billingCycle: BillingCycle;
  termDuration?: string | undefined;
  participants?: Participant[] | undefined;
  provisioningContext?: Record<string, string> | undefined;
  purchaseSystem?: string | undefined;
  addonItems?: LineItemDraft[] | undefined;
  renewsTo?: { termDuration?: string | undefined } | undefined;
  promotionId?: string | undefined;
  customTermEndDate?: string | undefined;
  attestationAccepted?: boolean | undefined;
  purchaseCommitment?: { amount: number; currency: string; grain: string } | undefined;
  scheduledNextTermInstructions?: Record<string, unknown> | undefined;
}

/** A line item in a cart: numbered, priced in a currency, put into an order group, checked. */
export interface LineItem extends Omit<LineItemDraft, 'id' | 'addonItems'> {
  id: number;
  currencyCode: string;
  orderGroup: string;
  /** The title in the catalogue when the item was put in; the wire has it on order lines only. */
  title?: string | undefined;
  addonItems?: LineItem[] | undefined;
  error?: CartError | undefined;
}

/** Line items and their add-ons in the order in which they are numbered: a base, its add-ons, the next base. */
export function flatten<Item extends { addonItems?: Item[] | undefined }>(items: readonly Item[]): Item[] {
  return items.flatMap((item) => [item, ...flatten(item.addonItems ?? [])]);
}
