/** What to do about a cart that a hint says to look at. */
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

/** A look that comes `lateMs` after its hint. */
const lookAt = (cart: Cart | undefined, entryMs: number, lateMs = 0, policy: LifecyclePolicy = LIFECYCLE) =>
  decideCartActions(cart, entryMs, entryMs + lateMs, policy);
const expiring = (thresholdMs: number, remainingMs = thresholdMs) => ({
  kind: 'expiring',
  thresholdMs,
  remainingMs,
});

describe('the first look', () => {
  it.each([
    ['the earliest notice', {}, DAY_BEFORE],
    ['the expiry, without notices', { noticesMs: [] }, EXPIRES],
    ['the first notice that is still to come', { noticesMs: [8 * DAY, 7 * DAY, HOUR] }, HOUR_BEFORE],
  ])('is %s', (_, more, atMs) => {
    expect(firstDueMs(cartOf(), { ...LIFECYCLE, ...more })).toBe(atMs);
  });
});

describe('a cart nearing its expiry', () => {
  it('is noticed at each threshold, and looked at next at the one after', () => {
    expect(lookAt(cartOf(), DAY_BEFORE)).toEqual({ actions: [expiring(DAY)], nextMs: HOUR_BEFORE });
    expect(lookAt(cartOf(), HOUR_BEFORE, 30 * SECOND)).toEqual({
      actions: [expiring(HOUR, HOUR - 30 * SECOND)],
      nextMs: EXPIRES,
    });
  });

  it('gets one event after an outage, of the most urgent threshold and with the true remaining time', () => {
    expect(lookAt(cartOf(), DAY_BEFORE, 23.5 * HOUR)).toEqual({
      actions: [expiring(HOUR, HOUR / 2)],
      nextMs: EXPIRES,
    });
  });

  it('is left alone by a hint that nothing was due at', () => {
    expect(lookAt(cartOf(), NOW + 2 * MINUTE, 5 * MINUTE)).toEqual({ actions: [], nextMs: DAY_BEFORE });
    expect(lookAt(cartOf(), DAY_BEFORE + 1, 5 * MINUTE)).toEqual({ actions: [], nextMs: HOUR_BEFORE });
  });

  it('keeps a hint that may be of a checkout which is being marked, until clocks cannot stand so far apart', () => {
    const entryMs = NOW + 2 * MINUTE;
    const again = cartOf();
    again.checkout = { ...inCheckout().checkout, state: 'failed', watchdogAtMs: entryMs - 1 };

    expect(lookAt(cartOf(), entryMs, 4 * MINUTE)).toEqual({ actions: [], nextMs: entryMs });
    expect(lookAt(again, entryMs)).toMatchObject({ nextMs: entryMs });
  });

  it('keeps no hint of a checkout that has ended', () => {
    const cart = cartOf();
    cart.checkout = { ...inCheckout().checkout, state: 'failed', watchdogAtMs: NOW + 2 * MINUTE };

    for (const minutes of [1, 2, 4, 60]) {
      expect(lookAt(cart, NOW + minutes * MINUTE)).toMatchObject({ nextMs: DAY_BEFORE });
    }
  });
});

describe('an expired cart', () => {
  it('is told, kept for its retention, then purged', () => {
    expect(lookAt(cartOf(), EXPIRES)).toEqual({ actions: [{ kind: 'expired' }], nextMs: PURGE });
    expect(lookAt(cartOf(), EXPIRES + DAY, 5 * MINUTE)).toMatchObject({ nextMs: PURGE });
    expect(lookAt(cartOf(), PURGE)).toEqual({ actions: [{ kind: 'purge' }] });
  });

  it('is told before it is purged, when no look has come through since', () => {
    expect(lookAt(cartOf(), EXPIRES, PURGE - EXPIRES)).toEqual({
      actions: [{ kind: 'expired' }, { kind: 'purge' }],
    });
  });

  it('is expired by the clock, whatever its hint was for', () => {
    expect(lookAt(cartOf(), DAY_BEFORE, DAY)).toEqual({ actions: [{ kind: 'expired' }], nextMs: PURGE });
  });
});

it('deletes the entry of a cart that does not exist, and its orders after their own retention', () => {
  expect(lookAt(undefined, NOW)).toEqual({
    actions: [{ kind: 'purgeOrders', placedUntilMs: NOW - LIFECYCLE.orderRetentionMs }],
  });
});

describe('a cart in checkout', () => {
  const running = inCheckout({ attempt: 3, dueMs: NOW + MINUTE, watchdogAtMs: NOW + 3 * MINUTE });
  const [first, second, third] = [NOW + 3 * MINUTE, NOW + 5 * MINUTE, NOW + 7 * MINUTE];
  const resend = (atMs: number) => ({ kind: 'resend', checkout: running.checkout, atMs });

  it('that is overdue is sent again, and looked after until it ends', () => {
    expect(lookAt(running, first)).toEqual({ actions: [resend(first)], nextMs: second });
    expect(lookAt(running, second)).toEqual({ actions: [resend(second)], nextMs: third });
  });

  it('is sent again once between two looks, whatever hint comes and however late', () => {
    for (const [entryMs, lateMs] of [
      [second, MINUTE],
      [first, 3 * MINUTE],
      [first + 1, 2 * MINUTE],
    ] as const) {
      expect(lookAt(running, entryMs, lateMs)).toEqual({ actions: [resend(second)], nextMs: third });
    }
  });

  it('is left to its own hint by one of an earlier attempt', () => {
    expect(lookAt(running, NOW + 3 * MINUTE - 1)).toEqual({ actions: [] });
  });

  it('is never expired, nor purged', () => {
    expect(lookAt(running, EXPIRES)).toEqual({
      actions: [resend(EXPIRES - MINUTE)],
      nextMs: EXPIRES + MINUTE,
    });
    expect(lookAt(running, PURGE).actions).toMatchObject([{ kind: 'resend' }]);
  });
});

describe('the look that was meant for a checkout', () => {
  const ended = (state: 'ordered' | 'failed' | 'partlyOrdered', more = {}) =>
    inCheckout({ state, endedMs: NOW + SECOND, ...more });
  const announce = (cart: ReturnType<typeof inCheckout>) => ({
    kind: 'publishOutcome',
    checkout: cart.checkout,
  });
  const WATCHDOG = NOW + 2 * MINUTE;

  it('tells how it ended, and goes on with the life of the cart', () => {
    for (const state of ['failed', 'partlyOrdered'] as const) {
      const cart = ended(state);
      expect(lookAt(cart, WATCHDOG)).toEqual({ actions: [announce(cart)], nextMs: DAY_BEFORE });
    }
  });

  it('tells of an order, and keeps the cart for its retention from then', () => {
    const cart = ended('ordered');

    expect(lookAt(cart, WATCHDOG)).toEqual({ actions: [announce(cart)], nextMs: NOW + SECOND + 30 * DAY });
  });

  it('tells when it ended after a look, at the look after that', () => {
    const cart = ended('failed', { endedMs: NOW + 3 * MINUTE });

    expect(lookAt(cart, NOW + 4 * MINUTE).actions).toEqual([announce(cart)]);
  });

  it('tells when it ended before it was due, by clocks that stand apart', () => {
    const cart = ended('failed', { dueMs: NOW + 2 * SECOND, watchdogAtMs: NOW + 2 * SECOND + 2 * MINUTE });

    expect(lookAt(cart, cart.checkout.watchdogAtMs).actions).toEqual([announce(cart)]);
  });

  it('tells before it says that the cart has expired meanwhile', () => {
    const cart = { ...ended('failed'), expiresMs: NOW + MINUTE };

    expect(lookAt(cart, WATCHDOG).actions).toEqual([announce(cart), { kind: 'expired' }]);
  });

  it('gives the notices whose time came during the checkout', () => {
    const cart = inCheckout({ state: 'failed', endedMs: NOW + MINUTE }); // its hour before expiry came at NOW + 30 s
    const soon = { ...cart, expiresMs: NOW + HOUR + 30 * SECOND };

    expect(lookAt(soon, WATCHDOG).actions).toEqual([announce(cart), expiring(HOUR, HOUR - 90 * SECOND)]);
  });

  it('is not every look: those of the life of the cart tell nothing, and repeat no notice', () => {
    const cart = ended('failed');

    expect(lookAt(cart, DAY_BEFORE).actions).toEqual([expiring(DAY)]);
    expect(lookAt(cart, HOUR_BEFORE).actions).toEqual([expiring(HOUR)]);
    expect(lookAt(cart, EXPIRES).actions).toEqual([{ kind: 'expired' }]);
  });
});

describe('an ordered cart', () => {
  const ordered = inCheckout({ state: 'ordered', endedMs: NOW + SECOND });

  it('is not noticed of an expiry that does not concern it', () => {
    expect(lookAt(ordered, DAY_BEFORE)).toEqual({ actions: [], nextMs: NOW + SECOND + 30 * DAY });
    expect(lookAt(ordered, EXPIRES).actions).toEqual([]);
  });

  it('is purged when its retention ends, and its orders are due when theirs ends', () => {
    const groups = ordered.checkout.groups.map((group, n) => ({
      ...group,
      state: 'placed' as const,
      order: placedOrder({ placedMs: NOW + n }),
    }));
    const placed = { ...ordered, checkout: { ...ordered.checkout, groups } };

    expect(lookAt(placed, NOW + SECOND + 30 * DAY)).toEqual({
      actions: [{ kind: 'purge' }],
      nextMs: NOW + 1 + LIFECYCLE.orderRetentionMs,
    });
  });

  it('has no further entry when it is purged without an order', () => {
    expect(lookAt(ordered, NOW + SECOND + 30 * DAY)).toEqual({ actions: [{ kind: 'purge' }] });
  });
});
