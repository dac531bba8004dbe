/**
 * Decides what is due for a cart. The due entry says only *when* to process it, the cart says *what* to do, and the
 * next entry is written before this one is deleted, so a crash repeats an action and never loses one. Pure.
 *
 *   created ── notices (24 h, 1 h before) ── expiresMs ── retention ──▶ purge ── retention of orders ──▶ purge orders
 *   in checkout: watchdog until it ends         ordered ── retention ──▶ purge ── retention of orders ──▶ purge orders
 */
import { type Cart, cartStatus } from '../cart/cart.ts';
import type { Checkout } from '../cart/checkoutState.ts';
import { type LifecyclePolicy, nextLifeDueMs } from '../cart/lifecycle.ts';
import { isWatchdogTime, nextWatchdogAtMs } from '../checkout/watchdog.ts';

export type CartAction =
  /** The most urgent threshold that is due, and how long the cart has left, in milliseconds. */
  | { kind: 'expiring'; thresholdMs: number; remainingMs: number }
  | { kind: 'expired' }
  /** Send the current attempt again, once for the watchdog check at that time. */
  | { kind: 'resend'; checkout: Checkout; atMs: number }
  /** Publish the outcome of the checkout, perhaps once more. */
  | { kind: 'publishOutcome'; checkout: Checkout }
  | { kind: 'purge' }
  /** There is no cart (any more): delete its orders that were placed at `placedUntilMs` or before. */
  | { kind: 'purgeOrders'; placedUntilMs: number };

export interface CartDecision {
  actions: CartAction[];
  /** When the cart is due next; absent when it never is again. */
  nextMs?: number | undefined;
}

/** Decides what a due entry for `entryMs` leads to; `cart` is absent when it does not exist (any more). */
export function decideCartActions(
  cart: Cart | undefined,
  entryMs: number,
  nowMs: number,
  policy: LifecyclePolicy,
): CartDecision {
  if (!cart) return { actions: [{ kind: 'purgeOrders', placedUntilMs: nowMs - policy.orderRetentionMs }] };
  switch (cartStatus(cart, nowMs)) {
    case 'inCheckout':
      return watchdogActions(cart.checkout as Checkout, entryMs, nowMs, policy);
    case 'ordered':
      return retained(
        cart,
        cart.checkout?.endedMs ?? cart.modifiedMs,
        outcomeToPublish(cart, entryMs, policy),
      );
    case 'expired': {
      // The cart of an order without a cart is unknown to its owner.
      const expired: CartAction[] = cart.isDirectOrder ? [] : [{ kind: 'expired' }];
      const actions: CartAction[] = [...outcomeToPublish(cart, entryMs, policy), ...expired];
      return keepUnmatchedEntry(cart, retained(cart, cart.expiresMs, actions));
    }
    case 'active': {
      const outcome = outcomeToPublish(cart, entryMs, policy);
      // A watchdog check during the checkout left the thresholds of its time to the entry after it.
      const sinceMs = Math.min(entryMs, ...outcome.map(({ checkout }) => checkout.startedMs));
      return keepUnmatchedEntry(cart, {
        actions: [...outcome, ...mostUrgentNotice(cart, { sinceMs, nowMs }, policy)],
        nextMs: nextLifeDueMs(cart.expiresMs, nowMs, policy),
      });
    }
  }

  /** An entry that belongs neither to the life of the cart nor to its ended checkout may belong to a checkout that is being started: it is kept for a while. */
  function keepUnmatchedEntry(alive: Cart, decided: CartDecision): CartDecision {
    const isNew = !isLifeEntry(alive, entryMs, policy) && !isWatchdogEntry(alive, entryMs, policy);
    const isFresh = isNew && nowMs < entryMs + MAX_CLOCK_SKEW_MS;
    return isFresh && decided.nextMs !== undefined ? { ...decided, nextMs: entryMs } : decided;
  }

  function retained(cart: Cart, sinceMs: number, actions: CartAction[]): CartDecision {
    const purgeMs = sinceMs + policy.retentionMs;
    if (nowMs < purgeMs) return { actions, nextMs: purgeMs };
    // An entry of an earlier time is the first to succeed: its events have not been published.
    return {
      actions: [...(entryMs < purgeMs ? actions : []), { kind: 'purge' }],
      nextMs: ordersDueMs(cart, nowMs, policy),
    };
  }
}

/** When the orders of a cart that is purged are due; absent when it has none. */
function ordersDueMs(
  { checkout }: Cart,
  nowMs: number,
  { orderRetentionMs }: LifecyclePolicy,
): number | undefined {
  const placedMs = (checkout?.groups ?? []).flatMap(({ order }) => order?.placedMs ?? []);
  return placedMs.length === 0 ? undefined : Math.max(nowMs, ...placedMs.map((ms) => ms + orderRetentionMs));
}

/** An entry older than the running attempt is obsolete: a newer one was written before the attempt was. */
function watchdogActions(
  checkout: Checkout,
  entryMs: number,
  nowMs: number,
  { watchdogMs }: LifecyclePolicy,
): CartDecision {
  if (entryMs < checkout.watchdogAtMs) return { actions: [] };
  const nextMs = nextWatchdogAtMs(checkout, nowMs, watchdogMs);
  return { actions: [{ kind: 'resend', checkout, atMs: nextMs - watchdogMs }], nextMs };
}

/**
 * The event of the smallest threshold that was reached between two times. After an outage the larger ones are
 * skipped: their remaining time is no longer true (docs/contract.md 18.5).
 */
function mostUrgentNotice(
  { expiresMs, isDirectOrder }: Cart,
  { sinceMs, nowMs }: { sinceMs: number; nowMs: number },
  { noticesMs }: LifecyclePolicy,
): CartAction[] {
  const due = noticesMs.filter((thresholdMs) => {
    const atMs = expiresMs - thresholdMs;
    return atMs >= sinceMs && atMs <= nowMs;
  });
  if (due.length === 0 || isDirectOrder) return [];
  return [{ kind: 'expiring', thresholdMs: Math.min(...due), remainingMs: expiresMs - nowMs }];
}

/** The watchdog entry of a checkout that has ended since publishes its outcome; entries of the cart's life do not. */
function outcomeToPublish(cart: Cart, entryMs: number, { watchdogMs }: LifecyclePolicy) {
  const { checkout } = cart;
  if (checkout?.endedMs === undefined) return [];
  // With clocks that differ, an attempt may end before it was due.
  const lastWatchdogMs = Math.max(checkout.endedMs, checkout.dueMs) + watchdogMs + MAX_CLOCK_SKEW_MS;
  const isWatchdog = entryMs >= checkout.watchdogAtMs && entryMs <= lastWatchdogMs;
  return isWatchdog ? [{ kind: 'publishOutcome', checkout } as const] : [];
}

/**
 * How far the sweeper's clock may be ahead of the clock of the worker that ended a checkout, in milliseconds; a sweep may
 * also have read the cart just before the end. The broker drops a repeat within an hour. Likewise, how long after its
 * time an entry may still belong to a checkout whose start the sweep has not seen.
 */
const MAX_CLOCK_SKEW_MS = 300_000;

const isLifeEntry = (
  { expiresMs }: Cart,
  entryMs: number,
  { noticesMs, retentionMs }: LifecyclePolicy,
): boolean => [0, ...noticesMs, -retentionMs].some((thresholdMs) => entryMs === expiresMs - thresholdMs);

/** Before the first watchdog check of its last attempt, or at one of its checks. */
const isWatchdogEntry = ({ checkout }: Cart, entryMs: number, { watchdogMs }: LifecyclePolicy): boolean =>
  checkout !== undefined &&
  (entryMs < checkout.watchdogAtMs || isWatchdogTime(checkout, entryMs, watchdogMs));
