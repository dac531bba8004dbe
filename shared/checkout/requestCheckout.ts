/**
 * The asking side of a checkout, the only place where its order matters: hint, mark, send, wait.
 * Whatever crashes in between, the hint brings the sweep, and the sweep sends again. No checkout is ever
 * without a hint, and a failed send is no error.
 */
import type { CartKey } from '../cart/cart.ts';
import type { Checkout } from '../cart/checkoutState.ts';
import { type Fault, faultOf } from '../errors.ts';
import type { Ports, Stored } from '../ports.ts';
import { type BeginContext, beginCheckout } from './decideStart.ts';
import { attemptMessageId } from './message.ts';
import { nextLookMs } from './watchdog.ts';

export type AskContext = Pick<BeginContext, 'ifMatch' | 'watchdogMs' | 'traceparent' | 'writeKey' | 'guidOf'>;

/** The cart with the checkout that was asked for, running or ended; or why there is none. */
export type Asked = { stored: Stored; checkout: Checkout } | { fault: Fault };

const MARK_TRIES = 3;

/** Begins or joins the checkout of a cart; returns as soon as it is certain to be carried out. */
export async function askForCheckout(ports: Ports, key: CartKey, context: AskContext): Promise<Asked> {
  const asked = await markCheckout(ports, key, { ...context, isTheirs: () => true });
  if ('checkout' in asked && asked.checkout.state === 'running') await send(ports, key, asked.checkout);
  return asked;
}

export interface MarkContext extends AskContext {
  /** Whether it is still theirs to begin a checkout; asked once the cart is read, because whatever others do to it from there on changes the ETag. */
  isTheirs: () => boolean;
}

/**
 * The same without the message: hint and mark are there, so whoever asked may perform the attempt at once, and
 * the sweep sends the message if that never comes about.
 */
export async function markCheckout(
  ports: Ports,
  key: CartKey,
  { isTheirs, ...context }: MarkContext,
): Promise<Asked> {
  for (let tries = 0; tries < MARK_TRIES; tries++) {
    const stored = await ports.carts.read(key);
    if (!stored) return { fault: faultOf('cartNotFound', `Cart ${key.cartId} was not found.`) };
    if (!isTheirs()) break;
    const begin = beginCheckout(stored.cart, { ...context, etag: stored.etag, nowMs: ports.now() });
    switch (begin.kind) {
      case 'refuse':
        return { fault: begin.fault };
      case 'replay':
        return { stored, checkout: begin.checkout };
      case 'join':
        await ports.due.put({
          ...key,
          atMs: nextLookMs(begin.checkout, ports.now(), context.watchdogMs),
        });
        return { stored, checkout: begin.checkout };
      case 'mark': {
        await ports.due.put({ ...key, atMs: begin.checkout.lookMs });
        const marked = await ports.carts.replace(begin.cart, stored.etag);
        if (!marked) continue;
        return { stored: marked, checkout: begin.checkout };
      }
    }
  }
  return {
    fault: faultOf('cartBusy', `Cart ${key.cartId} is being changed by other requests.`, {
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
export async function awaitOutcome(
  ports: Ports,
  asked: { stored: Stored; checkout: Checkout },
  waitMs: number,
) {
  const deadlineMs = ports.now() + waitMs;
  let latest = asked;
  for (
    let pauseMs = FIRST_PAUSE_MS;
    latest.checkout.state === 'running';
    pauseMs = Math.min(pauseMs * 1.5, LAST_PAUSE_MS)
  ) {
    if (Math.max(ports.now(), latest.checkout.dueMs) + pauseMs > deadlineMs) return latest;
    await ports.pause(pauseMs);
    const stored = await ports.carts.read(latest.stored.cart);
    if (stored?.cart.checkout?.id !== asked.checkout.id) return latest;
    latest = { stored, checkout: stored.cart.checkout };
  }
  return latest;
}

const FIRST_PAUSE_MS = 15;
const LAST_PAUSE_MS = 1_000;
