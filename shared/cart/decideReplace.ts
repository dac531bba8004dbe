/**
 * What a replace comes to, decided from the cart as read. All line items are replaced, but those that have
 * been ordered, or perhaps have been, stay as they are: money has been spent on them.
 */

import { type Fault, faultOf } from '../errors.ts';
import { attestationFault } from './attestation.ts';
import { type Cart, type CartDraft, phaseOf, remember } from './cart.ts';
import { settledGroups } from './checkoutState.ts';
import { limitFault } from './limits.ts';
import type { LineItem, LineItemDraft } from './lineItem.ts';
import type { LineItemRules } from './lineRules.ts';
import { composeLineItems } from './normalizeLineItems.ts';
import { groupKey } from './orderGroup.ts';
import { carryOver } from './preserveUnsupportedFields.ts';

export interface ReplaceContext {
  nowMs: number;
  etag: string;
  /** Versions that the caller insists on, if it does. */
  ifMatch?: readonly string[] | undefined;
  /** Members that the caller's client does not know or drops, and so has not left out on purpose. */
  unsaid?: readonly (keyof LineItemDraft)[] | undefined;
  rules: LineItemRules;
  modifiedBy: string;
  writeKey?: string | undefined;
}

export type Replace =
  /** This very call was carried out before: answer with the cart, write nothing. */
  { kind: 'repeat' } | { kind: 'write'; cart: Cart } | { kind: 'refuse'; fault: Fault };

/** Decides a replace (seed 000; contract, decisions 2, 15 to 18). */
export function decideReplace(cart: Cart, draft: CartDraft, context: ReplaceContext): Replace {
  const phase = phaseOf(cart, context.nowMs);
  const isRepeat = context.writeKey !== undefined && cart.writes.includes(context.writeKey);
  if (isRepeat && phase !== 'expired') return { kind: 'repeat' };
  switch (phase) {
    case 'expired':
      return refuse(faultOf('cartNotFound', `Cart ${cart.cartId} has expired.`));
    case 'ordered':
      return refuse(faultOf('alreadyOrdered', `Cart ${cart.cartId} has already been ordered.`));
    case 'inCheckout':
      return refuse(faultOf('cartBusy', `Cart ${cart.cartId} is in checkout.`, { retryAfterMs: 5_000 }));
    case 'active':
      break;
  }
  if (context.ifMatch && !context.ifMatch.includes(context.etag)) {
    return refuse(faultOf('etagMismatch', 'The cart has changed since this ETag was read.'));
  }
  const isAttested = draft.partnerOnRecordAttestationAccepted ?? cart.partnerOnRecordAttestationAccepted;
  const unattested = attestationFault(draft.lineItems, isAttested);
  if (unattested) return refuse(unattested);
  const drafts = carryOver(draft.lineItems, cart.lineItems, context.unsaid ?? []);
  const composed = composeLineItems(drafts, context);
  const merged = keepSettled(cart, composed);
  if ('fault' in merged) return refuse(merged);
  const beyond = limitFault(merged.lineItems); // what was kept counts, too
  if (beyond) return refuse(beyond);
  return {
    kind: 'write',
    cart: {
      ...cart,
      modifiedMs: context.nowMs,
      modifiedBy: context.modifiedBy,
      lineItems: merged.lineItems,
      partnerOnRecordAttestationAccepted: isAttested,
      writes: remember(cart.writes, context.writeKey),
    },
  };

  /** Settled line items stay, whether the caller sent them back or left them out; a change to them is refused. */
  function keepSettled(before: Cart, wanted: LineItem[]): { lineItems: LineItem[] } | Fault {
    const settled = new Map(settledGroups(before.checkout).map(({ key, label }) => [key, label]));
    if (settled.size === 0) return { lineItems: wanted };
    const kept = before.lineItems.filter((item) => settled.has(groupKey(item)));
    const unmatched = [...kept];
    for (const item of wanted.filter((candidate) => settled.has(groupKey(candidate)))) {
      const at = unmatched.findIndex((old) => isSame(old, item));
      if (at < 0) {
        return faultOf(
          'alreadyOrdered',
          `Order group ${settled.get(groupKey(item))} of the cart has been ordered: its line items cannot change. Put the item in a new cart.`,
          { data: [{ path: `lineItems[${wanted.indexOf(item)}]`, message: 'belongs to an ordered group' }] },
        );
      }
      unmatched.splice(at, 1);
    }
    const open = wanted.filter((item) => !settled.has(groupKey(item)));
    return { lineItems: composeLineItems(open, { ...context, settled: kept }) };
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

const refuse = (fault: Fault): Replace => ({ kind: 'refuse', fault });
