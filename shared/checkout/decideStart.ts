/**
 * Decides a request to check out a cart, from the cart as read. One version of a cart has one checkout: its id is derived
 * from the cart's ETag, so every request for that version gets the same one.
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
  /** The ETags in the caller's `If-Match`, if it sent one. */
  ifMatch?: readonly string[] | undefined;
  /** How long after an attempt is due the sweeper checks it, in milliseconds. */
  watchdogMs: number;
  traceparent?: string | undefined;
  correlationId?: string | undefined;
  /** Key of this call, when the caller sent a request id. */
  idempotencyKey?: string | undefined;
  /** The bulk order that requests the checkout, if one does. */
  bulkOrderId?: string | undefined;
  /** A name-based GUID. */
  uuidV8: (...name: string[]) => string;
}

export type StartDecision =
  /** Ended finally, or started by this very call: respond with its outcome. */
  | { kind: 'replay'; checkout: Checkout }
  /** In checkout: write the due entry again, send the message again, and wait. */
  | { kind: 'join'; checkout: Checkout }
  /** Write the due entry, write this cart with the ETag that was read, send the message. */
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
  const failure = lineItemFailure(cart);
  if (failure) return refuse(failure);
  const started = newCheckout(cart, id, context);
  return { kind: 'start', cart: { ...cart, checkout: started }, checkout: started };
}

/**
 * Whether this very call started the checkout, which has ended since: SDKs repeat a rejected call several times at once.
 * When the cart has been edited since, the same request id asks for a new checkout.
 */
function isRepeat(cart: Cart, { endedMs, idempotencyKey }: Checkout, context: StartInput): boolean {
  return (
    endedMs !== undefined &&
    idempotencyKey !== undefined &&
    idempotencyKey === context.idempotencyKey &&
    !isEditedSinceCheckout(cart)
  );
}

/** Whether no checkout can follow this one now. None can when the cart has expired with some of its orders made. */
function isLast(cart: Cart, { state }: Checkout, nowMs: number): boolean {
  if (state === 'partlyOrdered') return cartStatus(cart, nowMs) === 'expired';
  return state === 'ordered' || state === 'running';
}

/** Whether `If-Match` holds: absent, or for the version as read, or for the one that the checkout was started from. */
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
  { nowMs, watchdogMs, uuidV8, bulkOrderId, traceparent, correlationId, idempotencyKey }: StartInput,
): Checkout {
  const frozen = new Map(frozenGroups(cart.checkout).map((group) => [group.key, group]));
  const groups = orderGroups(cart.lineItems).map(({ key, label }): GroupProgress => {
    const before = frozen.get(key);
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
    correlationId,
    idempotencyKey,
  };
}

/** A line item that cannot be purchased, as in the `data` of error `800009`. */
export interface LineItemError {
  lineItemId: number;
  errorCode: number;
  errorDescription: string;
}

/** The error of a cart with line items that cannot be purchased (docs/contract.md 9.8). */
export function lineItemFailure({ lineItems }: Pick<Cart, 'lineItems'>): ApiError | undefined {
  const errors = flatten(lineItems).flatMap(({ id, error }): LineItemError[] =>
    error ? [{ lineItemId: id, errorCode: error.errorCode, errorDescription: error.errorDescription }] : [],
  );
  if (errors.length === 0) return undefined;
  const description = `${errors.length} line item(s) of the cart cannot be purchased.`;
  return apiError('lineItemErrors', description, { data: errors });
}

const refuse = (error: ApiError): StartDecision => ({ kind: 'refuse', error });
const etagMismatch = () => apiError('etagMismatch', 'The cart has changed since this ETag was read.');
