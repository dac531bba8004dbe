/**
 * Decides what a checkout message requires, from the cart as read. The message only names an attempt of a checkout; the
 * cart shows whether anything is left to do.
 */
import type { Cart } from '../cart/cart.ts';
import type { Checkout } from '../cart/checkoutState.ts';
import type { CheckoutMessage } from './message.ts';
import { isInTime } from './retryPolicy.ts';

export type AttemptDecision =
  /** Purged, of another checkout, or of an earlier attempt. */
  | { kind: 'obsolete'; why: string }
  /** This checkout has ended: only its outcome is left to publish. */
  | { kind: 'ended'; checkout: Checkout }
  /** Too early, or another worker has the lease: send this message again for that time. */
  | { kind: 'wait'; untilMs: number; why: string }
  /** The checkout is too old: end it without another attempt. */
  | { kind: 'overdue'; checkout: Checkout }
  | { kind: 'go'; checkout: Checkout };

/**
 * Decides a checkout message. A message may arrive early within a tolerance, because the broker's clock releases it and
 * the worker's clock reads the row.
 *
 *   startedMs ── … ── dueMs ── lease ──▶ │ calls to the gateway │ ── leaseUntilMs ──▶ any worker may lease again
 *       └──────────────── scheduleToCloseMs ────────────────▶ no attempt starts any more
 */
export function decideAttempt(
  cart: Cart | undefined,
  message: CheckoutMessage,
  { nowMs, scheduleToCloseMs }: { nowMs: number; scheduleToCloseMs: number },
): AttemptDecision {
  const checkout = cart?.checkout;
  if (!checkout) return { kind: 'obsolete', why: 'there is no such cart in checkout' };
  if (checkout.id !== message.checkoutId) return { kind: 'obsolete', why: 'the cart is in another checkout' };
  if (checkout.state !== 'running') return { kind: 'ended', checkout };
  if (message.attempt < checkout.attempt) return { kind: 'obsolete', why: 'a later attempt is running' };
  if (checkout.leaseUntilMs !== undefined && nowMs < checkout.leaseUntilMs) {
    const untilMs = deferUntil(checkout.leaseUntilMs, nowMs);
    return { kind: 'wait', untilMs, why: 'another worker has the lease' };
  }
  if (!isInTime({ scheduleToCloseMs }, { startedMs: checkout.startedMs, dueMs: nowMs })) {
    return { kind: 'overdue', checkout };
  }
  if (nowMs < checkout.dueMs - CLOCK_TOLERANCE_MS) {
    return { kind: 'wait', untilMs: deferUntil(checkout.dueMs, nowMs), why: 'the attempt is not due yet' };
  }
  return { kind: 'go', checkout };
}

/**
 * A message that was deferred to a time may arrive slightly before it by the worker's clock. It is deferred again by the
 * clock tolerance: to another time, because the broker drops a message for the same one as a duplicate.
 */
const deferUntil = (untilMs: number, nowMs: number): number => Math.max(untilMs, nowMs + CLOCK_TOLERANCE_MS);

/** How far the clocks of one deployment may differ, in milliseconds. */
export const CLOCK_TOLERANCE_MS = 2_000;
