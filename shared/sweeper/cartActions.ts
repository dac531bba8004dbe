/**
 * What to do about a cart that a hint says to look at. The hint is never trusted: it says only *when*, the
 * cart says *what*, and the next hint is put in before this one goes, so a crash repeats a look and never
 * loses one.
 *
 *   created ── notices (24 h, 1 h before) ── expiresMs ── retention ──▶ purge
 *   in checkout: look again until it ends        ordered ── retention ──▶ purge
 */
import { type Cart, cartStatus } from '../cart/cart.ts';
import type { Checkout } from '../cart/checkoutState.ts';
import { type LifecyclePolicy, nextLifeDueMs } from '../cart/lifecycle.ts';
import { isWatchdogTime, nextWatchdogAtMs } from '../checkout/watchdog.ts';

export type CartAction =
  /** The most urgent threshold that is due, and how long the cart has left, in milliseconds. */
  | { kind: 'expiring'; thresholdMs: number; remainingMs: number }
  | { kind: 'expired' }
  /** Send the current attempt again, once for the look at that time. */
  | { kind: 'resend'; checkout: Checkout; atMs: number }
  /** Say (perhaps once more) how the checkout ended. */
  | { kind: 'publishOutcome'; checkout: Checkout }
  | { kind: 'purge' }
  /** There is no cart (any more): delete its orders that were placed at `placedUntilMs` or before. */
  | { kind: 'purgeOrders'; placedUntilMs: number };

export interface CartDecision {
  actions: CartAction[];
  /** When to look next; absent when nothing is left to look for. */
  nextMs?: number | undefined;
}

/** Decides a look that a hint for `entryMs` asked for; `cart` is absent when there is none (any more). */
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
      const actions: CartAction[] = [...outcomeToPublish(cart, entryMs, policy), { kind: 'expired' }];
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

  /** A hint neither of the cart's own life nor of the checkout that has ended may be of one that is being marked right now: it stays a while. */
  function keepUnmatchedEntry(alive: Cart, decided: CartDecision): CartDecision {
    const isNew = !isLifeEntry(alive, entryMs, policy) && !isWatchdogEntry(alive, entryMs, policy);
    const isFresh = isNew && nowMs < entryMs + MAX_CLOCK_SKEW_MS;
    return isFresh && decided.nextMs !== undefined ? { ...decided, nextMs: entryMs } : decided;
  }

  function retained(cart: Cart, sinceMs: number, actions: CartAction[]): CartDecision {
    const purgeMs = sinceMs + policy.retentionMs;
    if (nowMs < purgeMs) return { actions, nextMs: purgeMs };
    // A look that comes as late as this for an earlier hint is the first to succeed, and nobody has been told.
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

/** A hint older than the running attempt's own is stale: a newer one is in the index, put there before the attempt was written. */
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
  { expiresMs }: Cart,
  { sinceMs, nowMs }: { sinceMs: number; nowMs: number },
  { noticesMs }: LifecyclePolicy,
): CartAction[] {
  const due = noticesMs.filter((thresholdMs) => {
    const atMs = expiresMs - thresholdMs;
    return atMs >= sinceMs && atMs <= nowMs;
  });
  if (due.length === 0) return [];
  return [{ kind: 'expiring', thresholdMs: Math.min(...due), remainingMs: expiresMs - nowMs }];
}

/** The look that was meant for a checkout which has ended since says how; looks of the cart's own life do not. */
function outcomeToPublish(cart: Cart, entryMs: number, { watchdogMs }: LifecyclePolicy) {
  const { checkout } = cart;
  if (checkout?.endedMs === undefined) return [];
  // An attempt may end before it was due, by clocks that stand apart.
  const lastLookMs = Math.max(checkout.endedMs, checkout.dueMs) + watchdogMs + MAX_CLOCK_SKEW_MS;
  const isWatchdog = entryMs >= checkout.watchdogAtMs && entryMs <= lastLookMs;
  return isWatchdog ? [{ kind: 'publishOutcome', checkout } as const] : [];
}

/**
 * How far the clock of a sweep may be ahead of the worker's that ended a checkout, in milliseconds; a look may
 * also have read the cart just before the end. The broker drops what is told twice within ten minutes.
 * Likewise, how long after its time a hint may still be of a checkout that the look has not seen marked.
 */
const MAX_CLOCK_SKEW_MS = 300_000;

const isLifeEntry = (
  { expiresMs }: Cart,
  entryMs: number,
  { noticesMs, retentionMs }: LifecyclePolicy,
): boolean => [0, ...noticesMs, -retentionMs].some((thresholdMs) => entryMs === expiresMs - thresholdMs);

/** Before the first look at its last attempt, or at it, or at one of those after it. */
const isWatchdogEntry = ({ checkout }: Cart, entryMs: number, { watchdogMs }: LifecyclePolicy): boolean =>
  checkout !== undefined &&
  (entryMs < checkout.watchdogAtMs || isWatchdogTime(checkout, entryMs, watchdogMs));
