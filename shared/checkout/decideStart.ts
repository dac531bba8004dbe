/**
 * What a request to check a cart out comes to, decided from the cart as read. One version of a cart has one
 * checkout: its id is made from the cart's ETag, so whoever asks for that version asks for the same one.
 */
import { type Cart, cartStatus, isEditedSinceCheckout } from '../cart/cart.ts';
import { type Checkout, frozenGroups, type GroupProgress } from '../cart/checkoutState.ts';
import { flatten } from '../cart/lineItem.ts';
import { orderGroups } from '../cart/orderGroup.ts';
import { type ApiError, apiError } from '../errors.ts';
import { firstWatchdogAtMs } from './watchdog.ts';

export interface StartInput {
  nowMs: number;
  /** Version of the cart as read. */
  etag: string;
  /** Versions that the caller insists on, if it does. */
  ifMatch?: readonly string[] | undefined;
  /** Time from the beginning of an attempt until the sweep looks after it, in milliseconds. */
  watchdogMs: number;
  traceparent?: string | undefined;
  /** Key of this call, when the caller sent a request id. */
  idempotencyKey?: string | undefined;
  /** The bulk order that requests the checkout, if one does. */
  bulkOrderId?: string | undefined;
  /** A GUID made from a name: the same name, the same GUID. */
  uuidV8: (...name: string[]) => string;
}

export type StartDecision =
  /** Ended for good, or for this very call: answer with what came of it. */
  | { kind: 'replay'; checkout: Checkout }
  /** In checkout: put the hint in again, send again, and wait. */
  | { kind: 'join'; checkout: Checkout }
  /** Put the hint in, write this cart with the ETag that was read, send. */
  | { kind: 'start'; cart: Cart; checkout: Checkout }
  | { kind: 'refuse'; error: ApiError };

/** Decides a request for checkout (docs/contract.md 12.3 to 12.8, 12.13, 12.14). */
export function decideStart(cart: Cart, context: StartInput): StartDecision {
  const id = context.uuidV8('checkout', cart.cartId, context.etag);
  const { checkout } = cart;
  if (checkout && isRepeat(cart, checkout, context)) return { kind: 'replay', checkout };
  if (checkout && isLast(cart, checkout, context.nowMs)) {
    if (!holds(context, checkout.id, cart.cartId)) return refuse(etagMismatch());
    return { kind: checkout.state === 'running' ? 'join' : 'replay', checkout };
  }
  if (cartStatus(cart, context.nowMs) === 'expired') {
    return refuse(apiError('cartNotFound', `Cart ${cart.cartId} has expired.`));
  }
  if (!holds(context, id, cart.cartId)) return refuse(etagMismatch());
  const errors = lineItemErrors(cart);
  if (errors.length > 0) {
    return refuse(
      apiError('lineItemErrors', `${errors.length} line item(s) of the cart cannot be bought.`, {
        data: errors,
      }),
    );
  }
  const begun = newCheckout(cart, id, context);
  return { kind: 'start', cart: { ...cart, checkout: begun }, checkout: begun };
}

/**
 * Whether it was this very call that began the checkout, which has ended since: SDKs repeat what was refused, at
 * once and several times. Of a cart that has been edited meanwhile, the same id asks for another checkout.
 */
function isRepeat(cart: Cart, { endedMs, idempotencyKey }: Checkout, context: StartInput): boolean {
  return (
    endedMs !== undefined &&
    idempotencyKey !== undefined &&
    idempotencyKey === context.idempotencyKey &&
    !isEditedSinceCheckout(cart)
  );
}

/** Whether no checkout can follow this one, at least not now; of a cart that expires with some of its orders made, none ever will. */
function isLast(cart: Cart, { state }: Checkout, nowMs: number): boolean {
  if (state === 'partlyOrdered') return cartStatus(cart, nowMs) === 'expired';
  return state === 'ordered' || state === 'running';
}

/** The caller does not insist, or insists on the version as read or on the one that the checkout at hand was made of. */
function holds({ ifMatch, etag, uuidV8 }: StartInput, checkoutId: string, cartId: string): boolean {
  return (
    !ifMatch ||
    ifMatch.includes(etag) ||
    ifMatch.some((before) => uuidV8('checkout', cartId, before) === checkoutId)
  );
}

function newCheckout(
  cart: Cart,
  id: string,
  { nowMs, watchdogMs, uuidV8, bulkOrderId, traceparent, idempotencyKey }: StartInput,
): Checkout {
  const settled = new Map(frozenGroups(cart.checkout).map((group) => [group.key, group]));
  const groups = orderGroups(cart.lineItems).map(({ key, label }): GroupProgress => {
    const before = settled.get(key);
    return before
      ? { ...before, label }
      : { key, label, requestId: uuidV8('order', id, key), state: 'pending' };
  });
  return {
    id,
    state: 'running',
    attempt: 1,
    startedMs: nowMs,
    dueMs: nowMs,
    watchdogAtMs: firstWatchdogAtMs(cart.checkout, nowMs, watchdogMs),
    groups,
    bulkOrderId,
    traceparent,
    idempotencyKey,
  };
}

/** What the refusal of a cart says of each line item that cannot be bought, as the wire has it. */
export interface LineItemError {
  lineItemId: number;
  errorCode: number;
  errorDescription: string;
}

function lineItemErrors(cart: Cart): LineItemError[] {
  return flatten(cart.lineItems).flatMap(({ id, error }) =>
    error ? [{ lineItemId: id, errorCode: error.errorCode, errorDescription: error.errorDescription }] : [],
  );
}

const refuse = (error: ApiError): StartDecision => ({ kind: 'refuse', error });
const etagMismatch = () => apiError('etagMismatch', 'The cart has changed since this ETag was read.');
