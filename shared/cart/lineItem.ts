/**
 * A line item with the property names of Partner Center, as read from a request: names and enum values are canonical, and
 * absent values are `undefined`. The same shape is stored and returned, except for the name of `addonItems`.
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

/** Why a line item is not purchasable (docs/contract.md 9.3, 6.5). The code is always a number. */
export interface CartError {
  errorCode: number;
  errorDescription: string;
  additionalInformation?: Record<string, unknown>;
}

/** The properties of a line item that a caller sets. */
export interface LineItemDraft {
  /** The id in the cart that the caller read. It only helps to recognize the line item (docs/contract.md 5.14). */
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

/** A line item of a cart, with id, currency, order group and the result of its validation. */
export interface LineItem extends Omit<LineItemDraft, 'id' | 'addonItems'> {
  id: number;
  currencyCode: string;
  orderGroup: string;
  /** The title in the catalog when the line item was stored. Responses have it on order lines only. */
  title?: string | undefined;
  addonItems?: LineItem[] | undefined;
  error?: CartError | undefined;
}

/** Line items and their add-ons in the order of their ids: a base, its add-ons, the next base. */
export function flatten<Item extends { addonItems?: Item[] | undefined }>(items: readonly Item[]): Item[] {
  return items.flatMap((item) => [item, ...flatten(item.addonItems ?? [])]);
}
