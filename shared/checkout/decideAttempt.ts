/**
 * What a checkout message comes to, decided from the cart as read. The message says only *look at this
 * attempt of this checkout*; the cart says whether there is still anything to do.
 */
import type { Cart } from '../cart/cart.ts';
import type { Checkout } from '../cart/checkoutState.ts';
import type { CheckoutMessage } from './message.ts';
import { isInTime } from './retryPolicy.ts';

export type AttemptDecision =
  /** Purged, of another checkout, or of an earlier attempt. */
  | { kind: 'obsolete'; why: string }
  /** This checkout has ended: all that is left is to say so. */
  | { kind: 'ended'; checkout: Checkout }
  /** Too early, or another worker has the claim: send this message again for then. */
  | { kind: 'wait'; untilMs: number; why: string }
  /** Older than any checkout may be: to be ended without another attempt. */
  | { kind: 'overdue'; checkout: Checkout }
  | { kind: 'go'; checkout: Checkout };

/**
 * Decides a message. Earliness is judged with a tolerance, because the broker's clock releases the message
 * and ours reads the row.
 *
 *   startedMs ── … ── dueMs ── claim ──▶ │ calls to the gateway │ ── leaseUntilMs ──▶ anybody may claim again
 *       └──────────────── scheduleToCloseMs ────────────────▶ no attempt begins any more
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
  if (message.attempt < checkout.attempt) return { kind: 'obsolete', why: 'a later attempt is under way' };
  if (checkout.leaseUntilMs !== undefined && nowMs < checkout.leaseUntilMs) {
    const untilMs = deferUntil(checkout.leaseUntilMs, nowMs);
    return { kind: 'wait', untilMs, why: 'another worker has claimed the attempt' };
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
 * A message that was put off until then may come a little before then by our clock. It is put off once more by as
 * much as clocks may stand apart: a time of its own, because what is sent for the same one is dropped as a repeat.
 */
const deferUntil = (untilMs: number, nowMs: number): number => Math.max(untilMs, nowMs + CLOCK_TOLERANCE_MS);

/** How far clocks of one deployment may stand apart, in milliseconds. */
export const CLOCK_TOLERANCE_MS = 2_000;
