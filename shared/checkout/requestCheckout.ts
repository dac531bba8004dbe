/**
 * Starts a checkout, the only place where its order of effects matters: due entry, cart, message, wait. After a crash in
 * between, the due entry makes the sweeper send the message. So every checkout has a due entry, and a failed send is no
 * error.
 */
import type { CartKey } from '../cart/cart.ts';
import type { Checkout } from '../cart/checkoutState.ts';
import { type ApiError, apiError } from '../errors.ts';
import type { Ports, Versioned } from '../ports.ts';
import { decideStart, type StartInput } from './decideStart.ts';
import { attemptMessageId, checkoutMessage } from './message.ts';
import { nextWatchdogAtMs } from './watchdog.ts';

export type CheckoutRequest = Pick<
  StartInput,
  'ifMatch' | 'watchdogMs' | 'bulkOrderId' | 'traceparent' | 'correlationId' | 'idempotencyKey' | 'uuidV8'
>;

/** The cart with the requested checkout, running or ended; or the error. */
export type RequestedCheckout = { stored: Versioned; checkout: Checkout } | { error: ApiError };

const MAX_START_ATTEMPTS = 3;

/** Starts or joins the checkout of a cart; returns as soon as it is certain to be carried out. */
export async function requestCheckout(
  ports: Pick<Ports, 'carts' | 'due' | 'checkouts' | 'now' | 'log'>,
  key: CartKey,
  context: CheckoutRequest,
): Promise<RequestedCheckout> {
  const requested = await startCheckout(ports, key, { ...context, mayStart: () => true });
  if ('checkout' in requested && requested.checkout.state === 'running')
    await send(ports, key, requested.checkout);
  return requested;
}

export interface StartContext extends CheckoutRequest {
  /** Whether the caller may still start a checkout. Evaluated after the cart is read, because later writes of others change its ETag. */
  mayStart: () => boolean;
}

/**
 * The same without the message: the caller may run the attempt at once, and the sweeper sends the message if that does not
 * happen.
 */
export async function startCheckout(
  ports: Pick<Ports, 'carts' | 'due' | 'now'>,
  key: CartKey,
  { mayStart, ...context }: StartContext,
): Promise<RequestedCheckout> {
  for (let tries = 0; tries < MAX_START_ATTEMPTS; tries++) {
    const stored = await ports.carts.read(key);
    if (!stored) return { error: apiError('cartNotFound', `Cart ${key.cartId} was not found.`) };
    if (!mayStart()) break;
    const decision = decideStart(stored.cart, { ...context, etag: stored.etag, nowMs: ports.now() });
    switch (decision.kind) {
      case 'refuse':
        return { error: decision.error };
      case 'replay':
        return { stored, checkout: decision.checkout };
      case 'join':
        await ports.due.put({
          ...key,
          atMs: nextWatchdogAtMs(decision.checkout, ports.now(), context.watchdogMs),
        });
        return { stored, checkout: decision.checkout };
      case 'start': {
        await ports.due.put({ ...key, atMs: decision.checkout.watchdogAtMs });
        const started = await ports.carts.replace(decision.cart, stored.etag);
        if (!started) continue;
        return { stored: started, checkout: decision.checkout };
      }
    }
  }
  return {
    error: apiError('cartBusy', `Cart ${key.cartId} is being changed by other requests.`, {
      retryAfterMs: 1_000,
    }),
  };
}

/** Sends the current attempt for when it is due. A failure is only logged: the due entry makes the sweeper send it. */
async function send(
  ports: Pick<Ports, 'checkouts' | 'now' | 'log'>,
  key: CartKey,
  checkout: Checkout,
): Promise<void> {
  const { id: checkoutId, dueMs } = checkout;
  const message = checkoutMessage(key, checkout);
  const atMs = dueMs > ports.now() ? dueMs : undefined;
  try {
    await ports.checkouts.send(message, { id: attemptMessageId(checkout), atMs });
  } catch (error) {
    ports.log.warn('checkout message not sent; the sweeper will send it', {
      ...key,
      checkoutId,
      correlationId: checkout.correlationId,
      error: String(error),
    });
  }
}

/**
 * Waits until the checkout has ended, at most `waitMs` milliseconds; polls at growing intervals. Returns the latest state,
 * early when the next attempt is due after the wait.
 */
export async function waitForCompletion(
  ports: Pick<Ports, 'carts' | 'now' | 'sleep'>,
  requested: { stored: Versioned; checkout: Checkout },
  waitMs: number,
) {
  const deadlineMs = ports.now() + waitMs;
  let latest = requested;
  for (
    let pauseMs = FIRST_POLL_MS;
    latest.checkout.state === 'running';
    pauseMs = Math.min(pauseMs * 1.5, MAX_POLL_MS)
  ) {
    if (Math.max(ports.now(), latest.checkout.dueMs) + pauseMs > deadlineMs) return latest;
    await ports.sleep(pauseMs);
    const stored = await ports.carts.read(latest.stored.cart);
    if (stored?.cart.checkout?.id !== requested.checkout.id) return latest;
    latest = { stored, checkout: stored.cart.checkout };
  }
  return latest;
}

/** A checkout that finds an idle worker ends within milliseconds. Every poll is a storage operation. */
const FIRST_POLL_MS = 4;
const MAX_POLL_MS = 1_000;
