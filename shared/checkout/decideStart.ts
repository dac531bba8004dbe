/**
 * What a request to check a cart out comes to, decided from the cart as read. One version of a cart has one
 * checkout: its id is made from the cart's ETag, so whoever asks for that version asks for the same one.
 */
import { type Cart, isEdited, phaseOf } from '../cart/cart.ts';
import { type Checkout, type GroupProgress, settledGroups } from '../cart/checkoutState.ts';
import { flatten } from '../cart/lineItem.ts';
import { orderGroups } from '../cart/orderGroup.ts';
import { type Fault, faultOf } from '../errors.ts';
import { lookAfterMs } from './watchdog.ts';

export interface BeginContext {
  nowMs: number;
  /** Version of the cart as read. */
  etag: string;
  /** Versions that the caller insists on, if it does. */
  ifMatch?: readonly string[] | undefined;
  /** Time from the beginning of an attempt until the sweep looks after it, in milliseconds. */
  watchdogMs: number;
  traceparent?: string | undefined;
  /** Key of this call, when the caller sent a request id. */
  writeKey?: string | undefined;
  /** A GUID made from a name: the same name, the same GUID. */
  guidOf: (...name: string[]) => string;
}

export type Begin =
  /** Ended for good, or for this very call: answer with what came of it. */
  | { kind: 'replay'; checkout: Checkout }
  /** In checkout: put the hint in again, send again, and wait. */
  | { kind: 'join'; checkout: Checkout }
  /** Put the hint in, write this cart with the ETag that was read, send. */
  | { kind: 'mark'; cart: Cart; checkout: Checkout }
  | { kind: 'refuse'; fault: Fault };

/** Decides a request for checkout (contract, decisions 12 to 16; expiry never overtakes an order). */
export function beginCheckout(cart: Cart, context: BeginContext): Begin {
  const id = context.guidOf('checkout', cart.cartId, context.etag);
  const { checkout } = cart;
  if (checkout && isRepeat(cart, checkout, context)) return { kind: 'replay', checkout };
  if (checkout && isLast(cart, checkout, context.nowMs)) {
    if (!holds(context, checkout.id, cart.cartId)) return refuse(etagMismatch());
    return { kind: checkout.state === 'running' ? 'join' : 'replay', checkout };
  }
  if (phaseOf(cart, context.nowMs) === 'expired') {
    return refuse(faultOf('cartNotFound', `Cart ${cart.cartId} has expired.`));
  }
  if (!holds(context, id, cart.cartId)) return refuse(etagMismatch());
  const errors = lineItemErrors(cart);
  if (errors.length > 0) {
    return refuse(
      faultOf('lineItemErrors', `${errors.length} line item(s) of the cart cannot be bought.`, {
        data: errors,
      }),
    );
  }
  const begun = newCheckout(cart, id, context);
  return { kind: 'mark', cart: { ...cart, checkout: begun }, checkout: begun };
}

/**
 * Whether it was this very call that began the checkout, which has ended since: SDKs repeat what was refused, at
 * once and several times. Of a cart that has been edited meanwhile, the same id asks for another checkout.
 */
function isRepeat(cart: Cart, { endedMs, writeKey }: Checkout, context: BeginContext): boolean {
  return endedMs !== undefined && writeKey !== undefined && writeKey === context.writeKey && !isEdited(cart);
}

/** Whether no checkout can follow this one, at least not now; of a cart that expires with some of its orders made, none ever will. */
function isLast(cart: Cart, { state }: Checkout, nowMs: number): boolean {
  if (state === 'partlyOrdered') return phaseOf(cart, nowMs) === 'expired';
  return state === 'ordered' || state === 'running';
}

/** The caller does not insist, or insists on the version as read or on the one that the checkout at hand was made of. */
function holds({ ifMatch, etag, guidOf }: BeginContext, checkoutId: string, cartId: string): boolean {
  return (
    !ifMatch ||
    ifMatch.includes(etag) ||
    ifMatch.some((before) => guidOf('checkout', cartId, before) === checkoutId)
  );
}

function newCheckout(
  cart: Cart,
  id: string,
  { nowMs, watchdogMs, guidOf, traceparent, writeKey }: BeginContext,
): Checkout {
  const settled = new Map(settledGroups(cart.checkout).map((group) => [group.key, group]));
  const groups = orderGroups(cart.lineItems).map(({ key, label }): GroupProgress => {
    const before = settled.get(key);
    return before
      ? { ...before, label }
      : { key, label, requestId: guidOf('order', id, key), state: 'pending' };
  });
  return {
    id,
    state: 'running',
    attempt: 1,
    startedMs: nowMs,
    dueMs: nowMs,
    lookMs: lookAfterMs(cart.checkout, nowMs, watchdogMs),
    groups,
    traceparent,
    writeKey,
  };
}

/** What the refusal of a cart says of each line item that cannot be bought, as the wire has it. */
export interface LineItemProblem {
  lineItemId: number;
  errorCode: number;
  errorDescription: string;
}

function lineItemErrors(cart: Cart): LineItemProblem[] {
  return flatten(cart.lineItems).flatMap(({ id, error }) =>
    error ? [{ lineItemId: id, errorCode: error.errorCode, errorDescription: error.errorDescription }] : [],
  );
}

const refuse = (fault: Fault): Begin => ({ kind: 'refuse', fault });
const etagMismatch = () => faultOf('etagMismatch', 'The cart has changed since this ETag was read.');
