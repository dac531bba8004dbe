/**
 * Makes a cart: the hint for its first look goes in before the cart does, so that no cart is ever without
 * one. A hint whose cart never came is cleared by the sweep when its time has come.
 */

import { type Fault, faultOf } from '../errors.ts';
import type { Ports, Stored } from '../ports.ts';
import { firstLookMs, type LookPolicy } from '../sweeper/cartActions.ts';
import { attestationFault } from './attestation.ts';
import { type Cart, type CartDraft, type CartKey, phaseOf, remember } from './cart.ts';
import { limitFault } from './limits.ts';
import type { LineItemRules } from './lineRules.ts';
import { composeLineItems } from './normalizeLineItems.ts';

export interface CreateContext {
  /** A cart lives this long from its creation, in milliseconds; a replace does not extend it (seed 000). */
  lifetimeMs: number;
  rules: LineItemRules;
  look: LookPolicy;
  modifiedBy: string;
  /** Key of this call, when the caller sent a request id. */
  writeKey?: string | undefined;
}

/** The cart that a create makes at a time. */
export function newCart(key: CartKey, draft: CartDraft, context: CreateContext & { nowMs: number }): Cart {
  return {
    ...key,
    createdMs: context.nowMs,
    modifiedMs: context.nowMs,
    expiresMs: context.nowMs + context.lifetimeMs,
    modifiedBy: context.modifiedBy,
    lineItems: composeLineItems(draft.lineItems, context),
    partnerOnRecordAttestationAccepted: draft.partnerOnRecordAttestationAccepted,
    writes: remember([], context.writeKey),
  };
}

/**
 * Creates a cart (seed 001). A cart of this key that is there already is the one that an earlier copy of the
 * same call made, because the id was made from that call: it is returned as it stands now.
 */
export async function createCart(
  ports: Ports,
  key: CartKey,
  draft: CartDraft,
  context: CreateContext,
): Promise<Stored | { fault: Fault }> {
  const unattested = attestationFault(draft.lineItems, draft.partnerOnRecordAttestationAccepted);
  if (unattested) return { fault: unattested };
  const cart = newCart(key, draft, { ...context, nowMs: ports.now() });
  const beyond = limitFault(cart.lineItems);
  if (beyond) return { fault: beyond };
  await ports.due.put({ ...key, atMs: firstLookMs(cart, context.look) });
  const created = (await ports.carts.insert(cart)) ?? (await ports.carts.read(key));
  if (created && phaseOf(created.cart, ports.now()) !== 'expired') return created;
  return { fault: faultOf('cartNotFound', `Cart ${key.cartId}, which this request made, has expired.`) };
}
