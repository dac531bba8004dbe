/** What a due entry of a cart leads to, decided from the cart and the time. */
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
    ['the earliest notice', {}, DAY_BEFORE],
    ['the expiry, without notices', { noticesMs: [] }, EXPIRES],
    ['the first notice that is still to come', { noticesMs: [8 * DAY, 7 * DAY, HOUR] }, HOUR_BEFORE],
  ])('is for %s', (_, more, atMs) => {
    expect(firstDueMs(cartOf(), { ...LIFECYCLE, ...more })).toBe(atMs);
  });
});

describe('a cart nearing its expiry', () => {
  it('publishes cart.expiring at each threshold, and is due next at the one after', () => {
    expect(decide(cartOf(), DAY_BEFORE)).toEqual({ actions: [expiring(DAY)], nextMs: HOUR_BEFORE });
    expect(decide(cartOf(), HOUR_BEFORE, 30 * SECOND)).toEqual({
      actions: [expiring(HOUR, HOUR - 30 * SECOND)],
      nextMs: EXPIRES,
    });
  });

  it('publishes one cart.expiring after an outage, for the most urgent threshold and with the true remaining time', () => {
    expect(decide(cartOf(), DAY_BEFORE, 23.5 * HOUR)).toEqual({
      actions: [expiring(HOUR, HOUR / 2)],
      nextMs: EXPIRES,
    });
  });

  it('publishes nothing for an entry at a time that is no threshold', () => {
    expect(decide(cartOf(), NOW + 2 * MINUTE, 5 * MINUTE)).toEqual({ actions: [], nextMs: DAY_BEFORE });
    expect(decide(cartOf(), DAY_BEFORE + 1, 5 * MINUTE)).toEqual({ actions: [], nextMs: HOUR_BEFORE });
  });

  it('keeps an entry that may belong to a checkout that is being started, for as long as clocks may differ', () => {
    const entryMs = NOW + 2 * MINUTE;
    const again = cartOf();
    again.checkout = { ...inCheckout().checkout, state: 'failed', watchdogAtMs: entryMs - 1 };

    expect(decide(cartOf(), entryMs, 4 * MINUTE)).toEqual({ actions: [], nextMs: entryMs });
    expect(decide(again, entryMs)).toMatchObject({ nextMs: entryMs });
  });

  it('deletes the entries of a checkout that has ended', () => {
    const cart = cartOf();
    cart.checkout = { ...inCheckout().checkout, state: 'failed', watchdogAtMs: NOW + 2 * MINUTE };

    for (const minutes of [1, 2, 4, 60]) {
      expect(decide(cart, NOW + minutes * MINUTE)).toMatchObject({ nextMs: DAY_BEFORE });
    }
  });
});

describe('an expired cart', () => {
  it('is published as expired, kept for its retention, then purged', () => {
    expect(decide(cartOf(), EXPIRES)).toEqual({ actions: [{ kind: 'expired' }], nextMs: PURGE });
    expect(decide(cartOf(), EXPIRES + DAY, 5 * MINUTE)).toMatchObject({ nextMs: PURGE });
    expect(decide(cartOf(), PURGE)).toEqual({ actions: [{ kind: 'purge' }] });
  });

  it('is published as expired before its purge when no sweep has succeeded since the expiry', () => {
    expect(decide(cartOf(), EXPIRES, PURGE - EXPIRES)).toEqual({
      actions: [{ kind: 'expired' }, { kind: 'purge' }],
    });
  });

  it('is expired by the clock, whatever its due entry was for', () => {
    expect(decide(cartOf(), DAY_BEFORE, DAY)).toEqual({ actions: [{ kind: 'expired' }], nextMs: PURGE });
  });
});

it('deletes the entry of a cart that does not exist, and its orders after their own retention', () => {
  expect(decide(undefined, NOW)).toEqual({
    actions: [{ kind: 'purgeOrders', placedUntilMs: NOW - LIFECYCLE.orderRetentionMs }],
  });
});

describe('a cart in checkout', () => {
  const running = inCheckout({ attempt: 3, dueMs: NOW + MINUTE, watchdogAtMs: NOW + 3 * MINUTE });
  const [first, second, third] = [NOW + 3 * MINUTE, NOW + 5 * MINUTE, NOW + 7 * MINUTE];
  const resend = (atMs: number) => ({ kind: 'resend', checkout: running.checkout, atMs });

  it('is sent again when it is overdue, and is due at each watchdog time until it ends', () => {
    expect(decide(running, first)).toEqual({ actions: [resend(first)], nextMs: second });
    expect(decide(running, second)).toEqual({ actions: [resend(second)], nextMs: third });
  });

  it('is sent again once between two watchdog times, whatever entry is processed and however late', () => {
    for (const [entryMs, lateMs] of [
      [second, MINUTE],
      [first, 3 * MINUTE],
      [first + 1, 2 * MINUTE],
    ] as const) {
      expect(decide(running, entryMs, lateMs)).toEqual({ actions: [resend(second)], nextMs: third });
    }
  });

  it('is not affected by an entry of an earlier attempt', () => {
    expect(decide(running, NOW + 3 * MINUTE - 1)).toEqual({ actions: [] });
  });

  it('never expires and is never purged', () => {
    expect(decide(running, EXPIRES)).toEqual({
      actions: [resend(EXPIRES - MINUTE)],
      nextMs: EXPIRES + MINUTE,
    });
    expect(decide(running, PURGE).actions).toMatchObject([{ kind: 'resend' }]);
  });
});

describe('the watchdog entry of a checkout that has ended', () => {
  const ended = (state: 'ordered' | 'failed' | 'partlyOrdered', more = {}) =>
    inCheckout({ state, endedMs: NOW + SECOND, ...more });
  const outcomeOf = (cart: ReturnType<typeof inCheckout>) => ({
    kind: 'publishOutcome',
    checkout: cart.checkout,
  });
  const WATCHDOG = NOW + 2 * MINUTE;

  it('publishes the outcome, and the cart is due next at its expiry threshold', () => {
    for (const state of ['failed', 'partlyOrdered'] as const) {
      const cart = ended(state);
      expect(decide(cart, WATCHDOG)).toEqual({ actions: [outcomeOf(cart)], nextMs: DAY_BEFORE });
    }
  });

  it('publishes an order, and the cart is kept for its retention from then', () => {
    const cart = ended('ordered');

    expect(decide(cart, WATCHDOG)).toEqual({ actions: [outcomeOf(cart)], nextMs: NOW + SECOND + 30 * DAY });
  });

  it('publishes an outcome that came after one watchdog check at the next', () => {
    const cart = ended('failed', { endedMs: NOW + 3 * MINUTE });

    expect(decide(cart, NOW + 4 * MINUTE).actions).toEqual([outcomeOf(cart)]);
  });

  it('publishes an outcome that, with clocks that differ, came before the attempt was due', () => {
    const cart = ended('failed', { dueMs: NOW + 2 * SECOND, watchdogAtMs: NOW + 2 * SECOND + 2 * MINUTE });

    expect(decide(cart, cart.checkout.watchdogAtMs).actions).toEqual([outcomeOf(cart)]);
  });

  it('publishes the outcome before the expiry of the cart', () => {
    const cart = { ...ended('failed'), expiresMs: NOW + MINUTE };

    expect(decide(cart, WATCHDOG).actions).toEqual([outcomeOf(cart), { kind: 'expired' }]);
  });

  it('publishes the threshold that was reached during the checkout', () => {
    const cart = inCheckout({ state: 'failed', endedMs: NOW + MINUTE }); // its hour before expiry came at NOW + 30 s
    const soon = { ...cart, expiresMs: NOW + HOUR + 30 * SECOND };

    expect(decide(soon, WATCHDOG).actions).toEqual([outcomeOf(cart), expiring(HOUR, HOUR - 90 * SECOND)]);
  });

  it('is not any entry: those of the life of the cart publish no outcome, and repeat no threshold', () => {
    const cart = ended('failed');

    expect(decide(cart, DAY_BEFORE).actions).toEqual([expiring(DAY)]);
    expect(decide(cart, HOUR_BEFORE).actions).toEqual([expiring(HOUR)]);
    expect(decide(cart, EXPIRES).actions).toEqual([{ kind: 'expired' }]);
  });
});

describe('an ordered cart', () => {
  const ordered = inCheckout({ state: 'ordered', endedMs: NOW + SECOND });

  it('publishes nothing about its expiry', () => {
    expect(decide(ordered, DAY_BEFORE)).toEqual({ actions: [], nextMs: NOW + SECOND + 30 * DAY });
    expect(decide(ordered, EXPIRES).actions).toEqual([]);
  });

  it('is purged when its retention ends, and its orders are due when theirs ends', () => {
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

  it('has no further entry when it is purged without an order', () => {
    expect(decide(ordered, NOW + SECOND + 30 * DAY)).toEqual({ actions: [{ kind: 'purge' }] });
  });
});
