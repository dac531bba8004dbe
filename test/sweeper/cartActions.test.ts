/** The due actions of a cart, decided from the cart and the time. */
import { describe, expect, it } from 'vitest';
import type { Cart } from '../../shared/cart/cart.ts';
import { firstDueMs, type LifecyclePolicy } from '../../shared/cart/lifecycle.ts';
import { decideCartActions } from '../../shared/sweeper/cartActions.ts';
import {
  cartOf,
  DAY,
  HOUR,
  inCheckout,
  LIFECYCLE,
  MINUTE,
  NOW,
  placedOrder,
  SECOND,
} from '../support/samples.ts';

const EXPIRES = NOW + 7 * DAY;
const DAY_BEFORE = EXPIRES - DAY;
const HOUR_BEFORE = EXPIRES - HOUR;
const PURGE = EXPIRES + 30 * DAY;

/** The decision for an entry that is processed `lateMs` after its time. */
const decide = (cart: Cart | undefined, entryMs: number, lateMs = 0, policy: LifecyclePolicy = LIFECYCLE) =>
  decideCartActions(cart, entryMs, entryMs + lateMs, policy);
const expiring = (thresholdMs: number, remainingMs = thresholdMs) => ({
  kind: 'expiring',
  thresholdMs,
  remainingMs,
});

describe('the first due entry of a cart', () => {
  it.each([
    ['the earliest threshold', {}, DAY_BEFORE],
    ['the expiry, without thresholds', { noticesMs: [] }, EXPIRES],
    ['the first threshold in the future', { noticesMs: [8 * DAY, 7 * DAY, HOUR] }, HOUR_BEFORE],
  ])('The first due entry of a cart is for %s', (_, more, atMs) => {
    expect(firstDueMs(cartOf(), { ...LIFECYCLE, ...more })).toBe(atMs);
  });
});

describe('a cart before its expiry', () => {
  it('A cart publishes cart.expiring at each threshold and is due next at the following one', () => {
    expect(decide(cartOf(), DAY_BEFORE)).toEqual({ actions: [expiring(DAY)], nextMs: HOUR_BEFORE });
    expect(decide(cartOf(), HOUR_BEFORE, 30 * SECOND)).toEqual({
      actions: [expiring(HOUR, HOUR - 30 * SECOND)],
      nextMs: EXPIRES,
    });
  });

  it('A cart publishes one cart.expiring after an outage, for the latest threshold and with the actual remaining time', () => {
    expect(decide(cartOf(), DAY_BEFORE, 23.5 * HOUR)).toEqual({
      actions: [expiring(HOUR, HOUR / 2)],
      nextMs: EXPIRES,
    });
  });

  it('The cart of an order without a cart publishes neither thresholds nor its expiry, and is purged like any other', () => {
    const cart = { ...cartOf(), isDirectOrder: true as const };

    expect(decide(cart, DAY_BEFORE)).toEqual({ actions: [], nextMs: HOUR_BEFORE });
    expect(decide(cart, EXPIRES)).toEqual({ actions: [], nextMs: PURGE });
    expect(decide(cart, PURGE)).toEqual({ actions: [{ kind: 'purge' }] });
  });

  it('A cart publishes nothing for an entry at a time that is not a threshold', () => {
    expect(decide(cartOf(), NOW + 2 * MINUTE, 5 * MINUTE)).toEqual({ actions: [], nextMs: DAY_BEFORE });
    expect(decide(cartOf(), DAY_BEFORE + 1, 5 * MINUTE)).toEqual({ actions: [], nextMs: HOUR_BEFORE });
  });

  it('An entry that may belong to a checkout that is starting is kept for as long as clocks may differ', () => {
    const entryMs = NOW + 2 * MINUTE;
    const startedAgain = cartOf();
    startedAgain.checkout = { ...inCheckout().checkout, state: 'failed', watchdogAtMs: entryMs - 1 };

    expect(decide(cartOf(), entryMs, 4 * MINUTE)).toEqual({ actions: [], nextMs: entryMs });
    expect(decide(startedAgain, entryMs)).toMatchObject({ nextMs: entryMs });
  });

  it('The entries of an ended checkout are deleted', () => {
    const cart = cartOf();
    cart.checkout = { ...inCheckout().checkout, state: 'failed', watchdogAtMs: NOW + 2 * MINUTE };

    for (const minutes of [1, 2, 4, 60]) {
      expect(decide(cart, NOW + minutes * MINUTE)).toMatchObject({ nextMs: DAY_BEFORE });
    }
  });
});

describe('an expired cart', () => {
  it('An expired cart is published as expired, kept for its retention and then purged', () => {
    expect(decide(cartOf(), EXPIRES)).toEqual({ actions: [{ kind: 'expired' }], nextMs: PURGE });
    expect(decide(cartOf(), EXPIRES + DAY, 5 * MINUTE)).toMatchObject({ nextMs: PURGE });
    expect(decide(cartOf(), PURGE)).toEqual({ actions: [{ kind: 'purge' }] });
  });

  it('An expired cart is published as expired before its purge when no sweep has succeeded since the expiry', () => {
    expect(decide(cartOf(), EXPIRES, PURGE - EXPIRES)).toEqual({
      actions: [{ kind: 'expired' }, { kind: 'purge' }],
    });
  });

  it('A cart is expired from its expiry on, for any due entry', () => {
    expect(decide(cartOf(), DAY_BEFORE, DAY)).toEqual({ actions: [{ kind: 'expired' }], nextMs: PURGE });
  });
});

it('The entry of a cart that does not exist is deleted, and its orders after their own retention', () => {
  expect(decide(undefined, NOW)).toEqual({
    actions: [{ kind: 'purgeOrders', placedUntilMs: NOW - LIFECYCLE.orderRetentionMs }],
  });
});

describe('a cart in checkout', () => {
  const running = inCheckout({ attempt: 3, dueMs: NOW + MINUTE, watchdogAtMs: NOW + 3 * MINUTE });
  const [first, second, third] = [NOW + 3 * MINUTE, NOW + 5 * MINUTE, NOW + 7 * MINUTE];
  const resend = (atMs: number) => ({ kind: 'resend', checkout: running.checkout, atMs });

  it('An overdue checkout is sent again and is due at each watchdog time until it ends', () => {
    expect(decide(running, first)).toEqual({ actions: [resend(first)], nextMs: second });
    expect(decide(running, second)).toEqual({ actions: [resend(second)], nextMs: third });
  });

  it('A checkout is sent again once between two watchdog times, for any entry and however late', () => {
    for (const [entryMs, lateMs] of [
      [second, MINUTE],
      [first, 3 * MINUTE],
      [first + 1, 2 * MINUTE],
    ] as const) {
      expect(decide(running, entryMs, lateMs)).toEqual({ actions: [resend(second)], nextMs: third });
    }
  });

  it('An entry of an earlier attempt does not affect a checkout', () => {
    expect(decide(running, NOW + 3 * MINUTE - 1)).toEqual({ actions: [] });
  });

  it('A cart in checkout never expires and is never purged', () => {
    expect(decide(running, EXPIRES)).toEqual({
      actions: [resend(EXPIRES - MINUTE)],
      nextMs: EXPIRES + MINUTE,
    });
    expect(decide(running, PURGE).actions).toMatchObject([{ kind: 'resend' }]);
  });
});

describe('the watchdog entry of an ended checkout', () => {
  const ended = (state: 'ordered' | 'failed' | 'partlyOrdered', more = {}) =>
    inCheckout({ state, endedMs: NOW + SECOND, ...more });
  const outcomeOf = (cart: ReturnType<typeof inCheckout>) => ({
    kind: 'publishOutcome',
    checkout: cart.checkout,
  });
  const WATCHDOG = NOW + 2 * MINUTE;

  it('The watchdog entry of a failed checkout publishes the outcome, and the cart is due next at its threshold', () => {
    for (const state of ['failed', 'partlyOrdered'] as const) {
      const cart = ended(state);
      expect(decide(cart, WATCHDOG)).toEqual({ actions: [outcomeOf(cart)], nextMs: DAY_BEFORE });
    }
  });

  it('The watchdog entry of an ordered cart publishes the outcome, and the cart is kept for its retention', () => {
    const cart = ended('ordered');

    expect(decide(cart, WATCHDOG)).toEqual({ actions: [outcomeOf(cart)], nextMs: NOW + SECOND + 30 * DAY });
  });

  it('An outcome that was recorded after one watchdog check is published at the next', () => {
    const cart = ended('failed', { endedMs: NOW + 3 * MINUTE });

    expect(decide(cart, NOW + 4 * MINUTE).actions).toEqual([outcomeOf(cart)]);
  });

  it('An outcome that was recorded before the attempt was due, because clocks differ, is published', () => {
    const cart = ended('failed', { dueMs: NOW + 2 * SECOND, watchdogAtMs: NOW + 2 * SECOND + 2 * MINUTE });

    expect(decide(cart, cart.checkout.watchdogAtMs).actions).toEqual([outcomeOf(cart)]);
  });

  it('The outcome is published before the expiry of the cart', () => {
    const cart = { ...ended('failed'), expiresMs: NOW + MINUTE };

    expect(decide(cart, WATCHDOG).actions).toEqual([outcomeOf(cart), { kind: 'expired' }]);
  });

  it('A threshold that was reached during the checkout is published after the outcome', () => {
    const cart = inCheckout({ state: 'failed', endedMs: NOW + MINUTE }); // the threshold of an hour was reached at NOW + 30 s
    const soon = { ...cart, expiresMs: NOW + HOUR + 30 * SECOND };

    expect(decide(soon, WATCHDOG).actions).toEqual([outcomeOf(cart), expiring(HOUR, HOUR - 90 * SECOND)]);
  });

  it('The entries for thresholds and expiry publish no outcome and no threshold again', () => {
    const cart = ended('failed');

    expect(decide(cart, DAY_BEFORE).actions).toEqual([expiring(DAY)]);
    expect(decide(cart, HOUR_BEFORE).actions).toEqual([expiring(HOUR)]);
    expect(decide(cart, EXPIRES).actions).toEqual([{ kind: 'expired' }]);
  });
});

describe('an ordered cart', () => {
  const ordered = inCheckout({ state: 'ordered', endedMs: NOW + SECOND });

  it('An ordered cart publishes nothing about its expiry', () => {
    expect(decide(ordered, DAY_BEFORE)).toEqual({ actions: [], nextMs: NOW + SECOND + 30 * DAY });
    expect(decide(ordered, EXPIRES).actions).toEqual([]);
  });

  it('An ordered cart is purged after its retention, and its orders are due after theirs', () => {
    const groups = ordered.checkout.groups.map((group, n) => ({
      ...group,
      state: 'placed' as const,
      order: placedOrder({ placedMs: NOW + n }),
    }));
    const placed = { ...ordered, checkout: { ...ordered.checkout, groups } };

    expect(decide(placed, NOW + SECOND + 30 * DAY)).toEqual({
      actions: [{ kind: 'purge' }],
      nextMs: NOW + 1 + LIFECYCLE.orderRetentionMs,
    });
  });

  it('An ordered cart without an order has no further entry after its purge', () => {
    expect(decide(ordered, NOW + SECOND + 30 * DAY)).toEqual({ actions: [{ kind: 'purge' }] });
  });
});
