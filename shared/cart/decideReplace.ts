/**
 * Decides a replace from the cart as read. It replaces all line items except those of frozen order groups, which are
 * ordered or ambiguous and stay as they are.
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
  /** Epoch milliseconds. */
  nowMs: number;
  etag: string;
  /** The ETags in the caller's `If-Match`, if it sent one. */
  ifMatch?: readonly string[] | undefined;
  /** Fields that the caller's client cannot send or drops, so that their absence means nothing. */
  unsupportedFields?: readonly (keyof LineItemDraft)[] | undefined;
  rules: LineItemRules;
  modifiedBy: string;
  /** Identifies this call; from `generatedKey` when the caller sent no request id. */
  idempotencyKey?: string | undefined;
}

export type ReplaceDecision =
  /** The cart's latest replace is this very call: respond with the cart, and write nothing. */
  { kind: 'repeat' } | { kind: 'write'; cart: Cart } | { kind: 'refuse'; error: ApiError };

/** Decides a replace (docs/contract.md 3.5 to 3.7, 11.1 to 11.6). */
export function decideReplace(cart: Cart, draft: CartDraft, context: ReplaceContext): ReplaceDecision {
  const error = preconditionError(cart, context);
  if (error) return refuse(error);
  if (isLatest(cart, context)) return { kind: 'repeat' };
  const isAttested = draft.partnerOnRecordAttestationAccepted ?? cart.partnerOnRecordAttestationAccepted;
  const unattested = checkAttestation(draft.lineItems, isAttested);
  if (unattested) return refuse(unattested);
  const { unsupportedFields = [], rules } = context;
  const drafts = preserveUnsupportedFields(
    draft.lineItems,
    cart.lineItems,
    unsupportedFields,
    rules.currencyCode,
  );
  const merged = keepFrozen(cart, normalizeLineItems(drafts, context), context);
  if ('error' in merged) return refuse(merged.error);
  const exceeded = checkLimits(merged.lineItems); // frozen line items and preserved fields count as well
  if (exceeded) return refuse(exceeded);
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
}

/** Why the cart cannot be replaced now, in the order of docs/contract.md 11.6; a repeat of the latest replace can. */
function preconditionError(cart: Cart, context: ReplaceContext): ApiError | undefined {
  const { nowMs, etag, ifMatch, idempotencyKey } = context;
  const status = cartStatus(cart, nowMs);
  if (status === 'expired') return apiError('cartNotFound', `Cart ${cart.cartId} has expired.`);
  if (isLatest(cart, context)) return undefined;
  if (idempotencyKey !== undefined && cart.idempotencyKeys.includes(idempotencyKey)) {
    const description = 'This request was processed before, and the cart has been replaced since.';
    return apiError(ifMatch ? 'etagMismatch' : 'cartBusy', description);
  }
  switch (status) {
    case 'ordered':
      return apiError('alreadyOrdered', `Cart ${cart.cartId} has already been ordered.`);
    case 'inCheckout':
      return apiError('cartBusy', `Cart ${cart.cartId} is in checkout.`, { retryAfterMs: 5_000 });
    case 'active':
      return ifMatch && !ifMatch.includes(etag)
        ? apiError('etagMismatch', 'The cart has changed since this ETag was read.')
        : undefined;
  }
}

/** Whether the call is the cart's latest write. */
const isLatest = ({ idempotencyKeys }: Cart, { idempotencyKey }: ReplaceContext): boolean =>
  idempotencyKey !== undefined && idempotencyKeys[0] === idempotencyKey;

/** The line items with those of frozen groups, whether or not the caller sent them; or the error of a change to one. */
function keepFrozen(
  cart: Cart,
  wanted: readonly LineItem[],
  context: Pick<ReplaceContext, 'rules' | 'nowMs'>,
): { lineItems: LineItem[] } | { error: ApiError } {
  const labels = new Map(frozenGroups(cart.checkout).map(({ key, label }) => [key, label]));
  if (labels.size === 0) return { lineItems: [...wanted] };
  const frozen = cart.lineItems.filter((item) => labels.has(groupKey(item)));
  const unmatched = [...frozen];
  for (const [n, item] of wanted.entries()) {
    const label = labels.get(groupKey(item));
    if (label === undefined) continue;
    const at = unmatched.findIndex((before) => isSameItem(before, item));
    if (at < 0) {
      const description = `Order group ${label} of the cart has been ordered: its line items cannot change. Put the item in a new cart.`;
      const data = [{ path: `lineItems[${n}]`, message: 'belongs to an ordered group' }];
      return { error: apiError('alreadyOrdered', description, { data }) };
    }
    unmatched.splice(at, 1);
  }
  const open = wanted.filter((item) => !labels.has(groupKey(item)));
  return { lineItems: normalizeLineItems(open, { ...context, frozen }) };
}

/** Whether a line item is the one that was ordered. Clients drop other fields on the way. */
function isSameItem(a: LineItem, b: LineItem): boolean {
  const addons = (item: LineItem) => item.addonItems ?? [];
  return (
    a.catalogItemId === b.catalogItemId &&
    a.quantity === b.quantity &&
    addons(b).every((addon) => addons(a).some((before) => isSameItem(before, addon)))
  );
}

const refuse = (error: ApiError): ReplaceDecision => ({ kind: 'refuse', error });
