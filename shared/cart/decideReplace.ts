/**
 * What a replace comes to, decided from the cart as read. All line items are replaced, but those that have
 * been ordered, or perhaps have been, stay as they are: money has been spent on them.
 */

import { type ApiError, apiError } from '../errors.ts';
import { checkAttestation } from './attestation.ts';
import { type Cart, type CartDraft, cartStatus, rememberKey } from './cart.ts';
import { frozenGroups } from './checkoutState.ts';
import { checkLimits } from './limits.ts';
import type { LineItem, LineItemDraft } from './lineItem.ts';
import type { LineItemRules } from './lineRules.ts';
import { normalizeLineItems } from './normalizeLineItems.ts';
import { groupKey } from './orderGroup.ts';
import { preserveUnsupportedFields } from './preserveUnsupportedFields.ts';

export interface ReplaceContext {
  nowMs: number;
  etag: string;
  /** Versions that the caller insists on, if it does. */
  ifMatch?: readonly string[] | undefined;
  /** Members that the caller's client does not know or drops, and so has not left out on purpose. */
  unsupportedFields?: readonly (keyof LineItemDraft)[] | undefined;
  rules: LineItemRules;
  modifiedBy: string;
  idempotencyKey?: string | undefined;
}

export type ReplaceDecision =
  /** This very call was carried out before: answer with the cart, write nothing. */
  { kind: 'repeat' } | { kind: 'write'; cart: Cart } | { kind: 'refuse'; error: ApiError };

/** Decides a replace (docs/contract.md 11.1 to 11.6). */
export function decideReplace(cart: Cart, draft: CartDraft, context: ReplaceContext): ReplaceDecision {
  const phase = cartStatus(cart, context.nowMs);
  const isRepeat =
    context.idempotencyKey !== undefined && cart.idempotencyKeys.includes(context.idempotencyKey);
  if (isRepeat && phase !== 'expired') return { kind: 'repeat' };
  switch (phase) {
    case 'expired':
      return refuse(apiError('cartNotFound', `Cart ${cart.cartId} has expired.`));
    case 'ordered':
      return refuse(apiError('alreadyOrdered', `Cart ${cart.cartId} has already been ordered.`));
    case 'inCheckout':
      return refuse(apiError('cartBusy', `Cart ${cart.cartId} is in checkout.`, { retryAfterMs: 5_000 }));
    case 'active':
      break;
  }
  if (context.ifMatch && !context.ifMatch.includes(context.etag)) {
    return refuse(apiError('etagMismatch', 'The cart has changed since this ETag was read.'));
  }
  const isAttested = draft.partnerOnRecordAttestationAccepted ?? cart.partnerOnRecordAttestationAccepted;
  const unattested = checkAttestation(draft.lineItems, isAttested);
  if (unattested) return refuse(unattested);
  const drafts = preserveUnsupportedFields(draft.lineItems, cart.lineItems, context.unsupportedFields ?? []);
  const composed = normalizeLineItems(drafts, context);
  const merged = keepFrozen(cart, composed);
  if ('error' in merged) return refuse(merged.error);
  const beyond = checkLimits(merged.lineItems); // what was kept counts, too
  if (beyond) return refuse(beyond);
  return {
    kind: 'write',
    cart: {
      ...cart,
      modifiedMs: context.nowMs,
      modifiedBy: context.modifiedBy,
      lineItems: merged.lineItems,
      partnerOnRecordAttestationAccepted: isAttested,
      idempotencyKeys: rememberKey(cart.idempotencyKeys, context.idempotencyKey),
    },
  };

  /** Settled line items stay, whether the caller sent them back or left them out; a change to them is refused. */
  function keepFrozen(before: Cart, wanted: LineItem[]): { lineItems: LineItem[] } | { error: ApiError } {
    const settled = new Map(frozenGroups(before.checkout).map(({ key, label }) => [key, label]));
    if (settled.size === 0) return { lineItems: wanted };
    const kept = before.lineItems.filter((item) => settled.has(groupKey(item)));
    const unmatched = [...kept];
    for (const item of wanted.filter((candidate) => settled.has(groupKey(candidate)))) {
      const at = unmatched.findIndex((old) => isSame(old, item));
      if (at < 0) {
        const description = `Order group ${settled.get(groupKey(item))} of the cart has been ordered: its line items cannot change. Put the item in a new cart.`;
        const data = [{ path: `lineItems[${wanted.indexOf(item)}]`, message: 'belongs to an ordered group' }];
        return { error: apiError('alreadyOrdered', description, { data }) };
      }
      unmatched.splice(at, 1);
    }
    const open = wanted.filter((item) => !settled.has(groupKey(item)));
    return { lineItems: normalizeLineItems(open, { ...context, frozen: kept }) };
  }
}

/** What must agree for a line item to be the one that was ordered; clients drop the rest on the way. */
function isSame(a: LineItem, b: LineItem): boolean {
  const addons = (item: LineItem) => item.addonItems ?? [];
  return (
    a.catalogItemId === b.catalogItemId &&
    a.quantity === b.quantity &&
    addons(b).every((addon) => addons(a).some((old) => isSame(old, addon)))
  );
}

const refuse = (error: ApiError): ReplaceDecision => ({ kind: 'refuse', error });
