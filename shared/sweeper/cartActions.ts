/**
 * What to do about a cart that a hint says to look at. The hint is never trusted: it says only *when*, the
 * cart says *what*, and the next hint is put in before this one goes, so a crash repeats a look and never
 * loses one.
 *
 *   created ── notices (24 h, 1 h before) ── expiresMs ── retention ──▶ purge
 *   in checkout: look again until it ends        ordered ── retention ──▶ purge
 */
import { type Cart, phaseOf } from '../cart/cart.ts';
import type { Checkout } from '../cart/checkoutState.ts';
import { isLookAt, nextLookMs } from '../checkout/watchdog.ts';

export interface LookPolicy {
  /** Before expiry, longest first, in milliseconds. */
  noticesMs: readonly number[];
  /** After expiry or order until the cart is purged, in milliseconds. */
  retentionMs: number;
  /** Between two looks at a running checkout, in milliseconds. */
  watchdogMs: number;
}

export type LookAction =
  | { kind: 'expiring'; thresholdMs: number }
  | { kind: 'expired' }
  /** Send the current attempt again, once for the look at that time. */
  | { kind: 'resend'; checkout: Checkout; atMs: number }
  /** Say (perhaps once more) how the checkout ended. */
  | { kind: 'announce'; checkout: Checkout }
  | { kind: 'purge' };

export interface Look {
  actions: LookAction[];
  /** When to look next; absent when nothing is left to look for. */
  nextMs?: number | undefined;
}

/** The first time to look at a new cart: its earliest notice, or its expiry. */
export function firstLookMs(cart: Pick<Cart, 'createdMs' | 'expiresMs'>, policy: LookPolicy): number {
  return nextLifeLook(cart.expiresMs, cart.createdMs, policy);
}

/** Decides a look that a hint for `hintMs` asked for; `cart` is absent when there is none (any more). */
export function look(cart: Cart | undefined, hintMs: number, nowMs: number, policy: LookPolicy): Look {
  if (!cart) return { actions: [] };
  switch (phaseOf(cart, nowMs)) {
    case 'inCheckout':
      return lookAtCheckout(cart.checkout as Checkout, hintMs, nowMs, policy);
    case 'ordered':
      return retained(cart.checkout?.endedMs ?? cart.modifiedMs, outcomeToAnnounce(cart, hintMs, policy));
    case 'expired': {
      const actions: LookAction[] = [...outcomeToAnnounce(cart, hintMs, policy), { kind: 'expired' }];
      return keepingFresh(cart, retained(cart.expiresMs, actions));
    }
    case 'active': {
      const outcome = outcomeToAnnounce(cart, hintMs, policy);
      // A look during the checkout left the notices of its time to the look after it.
      const sinceMs = Math.min(hintMs, ...outcome.map(({ checkout }) => checkout.startedMs));
      const due = policy.noticesMs.filter((thresholdMs) => {
        const atMs = cart.expiresMs - thresholdMs;
        return atMs >= sinceMs && atMs <= nowMs;
      });
      return keepingFresh(cart, {
        actions: [...outcome, ...due.map((thresholdMs) => ({ kind: 'expiring', thresholdMs }) as const)],
        nextMs: nextLifeLook(cart.expiresMs, nowMs, policy),
      });
    }
  }

  /** A hint neither of the cart's own life nor of the checkout that has ended may be of one that is being marked right now: it stays a while. */
  function keepingFresh(alive: Cart, decided: Look): Look {
    const isNew = !isLifeLook(alive, hintMs, policy) && !isCheckoutLook(alive, hintMs, policy);
    const isFresh = isNew && nowMs < hintMs + CLOCKS_APART_MS;
    return isFresh && decided.nextMs !== undefined ? { ...decided, nextMs: hintMs } : decided;
  }

  function retained(sinceMs: number, actions: LookAction[]): Look {
    const purgeMs = sinceMs + policy.retentionMs;
    if (nowMs < purgeMs) return { actions, nextMs: purgeMs };
    // A look that comes as late as this for an earlier hint is the first to succeed, and nobody has been told.
    return { actions: [...(hintMs < purgeMs ? actions : []), { kind: 'purge' }] };
  }
}

/** A hint older than the running attempt's own is stale: a newer one is in the index, put there before the attempt was written. */
function lookAtCheckout(checkout: Checkout, hintMs: number, nowMs: number, { watchdogMs }: LookPolicy): Look {
  if (hintMs < checkout.lookMs) return { actions: [] };
  const nextMs = nextLookMs(checkout, nowMs, watchdogMs);
  return { actions: [{ kind: 'resend', checkout, atMs: nextMs - watchdogMs }], nextMs };
}

/** The look that was meant for a checkout which has ended since says how; looks of the cart's own life do not. */
function outcomeToAnnounce(cart: Cart, hintMs: number, { watchdogMs }: LookPolicy) {
  const { checkout } = cart;
  if (checkout?.endedMs === undefined) return [];
  // An attempt may end before it was due, by clocks that stand apart.
  const lastLookMs = Math.max(checkout.endedMs, checkout.dueMs) + watchdogMs + CLOCKS_APART_MS;
  const isWatchdog = hintMs >= checkout.lookMs && hintMs <= lastLookMs;
  return isWatchdog ? [{ kind: 'announce', checkout } as const] : [];
}

/**
 * How far the clock of a sweep may be ahead of the worker's that ended a checkout, in milliseconds; a look may
 * also have read the cart just before the end. The broker drops what is told twice within ten minutes.
 * Likewise, how long after its time a hint may still be of a checkout that the look has not seen marked.
 */
const CLOCKS_APART_MS = 300_000;

const isLifeLook = ({ expiresMs }: Cart, hintMs: number, { noticesMs, retentionMs }: LookPolicy): boolean =>
  [0, ...noticesMs, -retentionMs].some((thresholdMs) => hintMs === expiresMs - thresholdMs);

/** Before the first look at its last attempt, or at it, or at one of those after it. */
const isCheckoutLook = ({ checkout }: Cart, hintMs: number, { watchdogMs }: LookPolicy): boolean =>
  checkout !== undefined && (hintMs < checkout.lookMs || isLookAt(checkout, hintMs, watchdogMs));

function nextLifeLook(expiresMs: number, afterMs: number, { noticesMs }: LookPolicy): number {
  const times = noticesMs.map((thresholdMs) => expiresMs - thresholdMs).filter((atMs) => atMs > afterMs);
  return Math.min(expiresMs, ...times);
}
