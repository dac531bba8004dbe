/**
 * The asking side of a checkout, the only place where its order matters: hint, mark, send, wait.
 * Whatever crashes in between, the hint brings the sweep, and the sweep sends again. No checkout is ever
 * without a hint, and a failed send is no error.
 */
import type { CartKey } from '../cart/cart.ts';
import type { Checkout } from '../cart/checkoutState.ts';
import { type ApiError, apiError } from '../errors.ts';
import type { Ports, Versioned } from '../ports.ts';
import { decideStart, type StartInput } from './decideStart.ts';
import { attemptMessageId } from './message.ts';
import { nextWatchdogAtMs } from './watchdog.ts';

export type CheckoutRequest = Pick<
  StartInput,
  'ifMatch' | 'watchdogMs' | 'bulkOrderId' | 'traceparent' | 'idempotencyKey' | 'uuidV8'
>;

/** The cart with the checkout that was asked for, running or ended; or why there is none. */
export type RequestedCheckout = { stored: Versioned; checkout: Checkout } | { error: ApiError };

const MAX_START_ATTEMPTS = 3;

/** Begins or joins the checkout of a cart; returns as soon as it is certain to be carried out. */
export async function requestCheckout(
  ports: Ports,
  key: CartKey,
  context: CheckoutRequest,
): Promise<RequestedCheckout> {
  const asked = await startCheckout(ports, key, { ...context, mayStart: () => true });
  if ('checkout' in asked && asked.checkout.state === 'running') await send(ports, key, asked.checkout);
  return asked;
}

export interface StartContext extends CheckoutRequest {
  /** Whether it is still theirs to begin a checkout; asked once the cart is read, because whatever others do to it from there on changes the ETag. */
  mayStart: () => boolean;
}

/**
 * The same without the message: hint and mark are there, so whoever asked may perform the attempt at once, and
 * the sweep sends the message if that never comes about.
 */
export async function startCheckout(
  ports: Ports,
  key: CartKey,
  { mayStart, ...context }: StartContext,
): Promise<RequestedCheckout> {
  for (let tries = 0; tries < MAX_START_ATTEMPTS; tries++) {
    const stored = await ports.carts.read(key);
    if (!stored) return { error: apiError('cartNotFound', `Cart ${key.cartId} was not found.`) };
    if (!mayStart()) break;
    const begin = decideStart(stored.cart, { ...context, etag: stored.etag, nowMs: ports.now() });
    switch (begin.kind) {
      case 'refuse':
        return { error: begin.error };
      case 'replay':
        return { stored, checkout: begin.checkout };
      case 'join':
        await ports.due.put({
          ...key,
          atMs: nextWatchdogAtMs(begin.checkout, ports.now(), context.watchdogMs),
        });
        return { stored, checkout: begin.checkout };
      case 'start': {
        await ports.due.put({ ...key, atMs: begin.checkout.watchdogAtMs });
        const marked = await ports.carts.replace(begin.cart, stored.etag);
        if (!marked) continue;
        return { stored: marked, checkout: begin.checkout };
      }
    }
  }
  return {
    error: apiError('cartBusy', `Cart ${key.cartId} is being changed by other requests.`, {
      retryAfterMs: 1_000,
    }),
  };
}

/** Sends the current attempt for when it is due; a failure is logged only, because the hint will see to it. */
async function send(ports: Ports, key: CartKey, checkout: Checkout): Promise<void> {
  const { id: checkoutId, attempt, traceparent, dueMs } = checkout;
  const message = { ...key, checkoutId, attempt, traceparent };
  const atMs = dueMs > ports.now() ? dueMs : undefined;
  try {
    await ports.checkouts.send(message, { id: attemptMessageId(checkout), atMs });
  } catch (error) {
    ports.log.warn('checkout message not sent; the sweep will send it', {
      ...key,
      checkoutId,
      error: String(error),
    });
  }
}

/**
 * Waits until the checkout has ended, at most `waitMs`; reads with growing pauses. Returns what it saw last,
 * early when the next attempt lies beyond the wait.
 */
export async function waitForCompletion(
  ports: Ports,
  asked: { stored: Versioned; checkout: Checkout },
  waitMs: number,
) {
  const deadlineMs = ports.now() + waitMs;
  let latest = asked;
  for (
    let pauseMs = FIRST_POLL_MS;
    latest.checkout.state === 'running';
    pauseMs = Math.min(pauseMs * 1.5, LONGEST_POLL_MS)
  ) {
    if (Math.max(ports.now(), latest.checkout.dueMs) + pauseMs > deadlineMs) return latest;
    await ports.sleep(pauseMs);
    const stored = await ports.carts.read(latest.stored.cart);
    if (stored?.cart.checkout?.id !== asked.checkout.id) return latest;
    latest = { stored, checkout: stored.cart.checkout };
  }
  return latest;
}

const FIRST_POLL_MS = 15;
const LONGEST_POLL_MS = 1_000;
