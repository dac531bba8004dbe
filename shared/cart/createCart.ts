/**
 * Creates a cart. Its first due entry is written before the cart, so that every cart has one. The sweeper deletes a due
 * entry without a cart when it is due.
 */

import { type ApiError, apiError } from '../errors.ts';
import type { Ports, Versioned } from '../ports.ts';
import { checkAttestation } from './attestation.ts';
import { type Cart, type CartDraft, type CartKey, cartStatus, rememberKey } from './cart.ts';
import { frozenGroups } from './checkoutState.ts';
import { firstDueMs, type LifecyclePolicy } from './lifecycle.ts';
import { checkLimits } from './limits.ts';
import type { LineItemRules } from './lineRules.ts';
import { normalizeLineItems } from './normalizeLineItems.ts';

export interface CreateContext {
  /** The lifetime of a cart from its creation, in milliseconds; a replace does not extend it (docs/contract.md 7.2). */
  lifetimeMs: number;
  rules: LineItemRules;
  lifecycle: LifecyclePolicy;
  modifiedBy: string;
  /** The idempotency key of this call, when the caller sent a request id. */
  idempotencyKey?: string | undefined;
  /** The bulk order that creates the cart. It may make the cart anew when it has expired without an order. */
  bulkOrderId?: string | undefined;
  /** The cart is made for an order without a cart (docs/contract.md 13.17). */
  isDirectOrder?: true | undefined;
}

/** A new cart. */
export function newCart(key: CartKey, draft: CartDraft, context: CreateContext & { nowMs: number }): Cart {
  return {
    ...key,
    createdMs: context.nowMs,
    modifiedMs: context.nowMs,
    expiresMs: context.nowMs + context.lifetimeMs,
    modifiedBy: context.modifiedBy,
    bulkOrderId: context.bulkOrderId,
    isDirectOrder: context.isDirectOrder,
    lineItems: normalizeLineItems(draft.lineItems, context),
    partnerOnRecordAttestationAccepted: draft.partnerOnRecordAttestationAccepted,
    idempotencyKeys: rememberKey([], context.idempotencyKey),
  };
}

/**
 * Creates a cart (docs/contract.md 3.4). An existing cart of this key was created by an earlier repeat of the same call,
 * because the id is derived from the call; it is returned as it is now.
 */
export async function createCart(
  ports: Pick<Ports, 'carts' | 'due' | 'now'>,
  key: CartKey,
  draft: CartDraft,
  context: CreateContext,
): Promise<Versioned | { error: ApiError }> {
  const unattested = checkAttestation(draft.lineItems, draft.partnerOnRecordAttestationAccepted);
  if (unattested) return { error: unattested };
  const cart = newCart(key, draft, { ...context, nowMs: ports.now() });
  const exceeded = checkLimits(cart.lineItems);
  if (exceeded) return { error: exceeded };
  await ports.due.put({ ...key, atMs: firstDueMs(cart, context.lifecycle) });
  const created = (await ports.carts.insert(cart)) ?? (await ports.carts.read(key));
  if (created && cartStatus(created.cart, ports.now()) !== 'expired') return created;
  const renewed = created && context.bulkOrderId && (await renew(ports, created, cart));
  if (renewed) return renewed;
  return { error: apiError('cartNotFound', `Cart ${key.cartId}, which this request created, has expired.`) };
}

/**
 * Makes a cart anew that has expired, with the ETag that was read; `undefined` when something of it was or may have been
 * ordered, because those orders belong to the cart as it was. The due entry of the new cart is in place already.
 */
async function renew(
  ports: Pick<Ports, 'carts' | 'now'>,
  { cart, etag }: Versioned,
  fresh: Cart,
): Promise<Versioned | undefined> {
  if (frozenGroups(cart.checkout).length > 0) return undefined;
  const renewed = await ports.carts.replace({ ...fresh, renewals: (cart.renewals ?? 0) + 1 }, etag);
  if (renewed) return renewed;
  const stored = await ports.carts.read(cart); // another worker of the bulk order was faster, or this write took effect
  return stored && cartStatus(stored.cart, ports.now()) !== 'expired' ? stored : undefined;
}
