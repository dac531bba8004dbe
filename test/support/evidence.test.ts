/** The invariants of a history hold for sound evidence, and report every violation. */
import { expect, it } from 'vitest';
import type { Cart } from '../../shared/cart/cart.ts';
import type { Checkout } from '../../shared/cart/checkoutState.ts';
import { cartExpired, cartExpiring } from '../../shared/cart/events.ts';
import { checkoutEnded } from '../../shared/checkout/events.ts';
import { orderRequests, ordersOf } from '../../shared/orders/order.ts';
import { brokenAtRest, type Evidence, malformedEvents } from './evidence.ts';
import { cartOf, DAY, HOUR, inCheckout, KEY, MINUTE, NOW, placedOrder } from './samples.ts';

const running = inCheckout();
const checkout: Checkout = {
  ...running.checkout,
  state: 'ordered',
  endedMs: NOW + MINUTE,
  groups: running.checkout.groups.map((group, n) => ({
    ...group,
    state: 'placed',
    order: placedOrder({ orderId: `order ${n}` }),
  })),
};
const ordered: Cart = { ...running, checkout };
const ended = checkoutEnded(ordered, checkout);
const EVENTS = [ended];
const [first, ...rest] = checkout.groups;
const partlyRefused: Cart = {
  ...ordered,
  checkout: { ...checkout, groups: [{ ...first!, state: 'refused', order: undefined }, ...rest] },
};
const requestedBefore: Cart = {
  ...running,
  checkout: {
    ...running.checkout,
    groups: [{ ...first!, requestId: 'requested before', state: 'ambiguous' }],
  },
};
const SOUND: Evidence = {
  writes: [running, ordered],
  carts: [ordered],
  dueEntries: [{ ...KEY, atMs: NOW + DAY }],
  orders: ordersOf(ordered, checkout),
  made: checkout.groups.map(({ key, requestId, order }) => ({
    requestId,
    orderId: order?.orderId ?? '',
    lines: orderRequests(ordered).get(key)?.lineItems ?? [],
  })),
  events: EVENTS,
  created: [KEY],
  asked: [checkout.id],
};
const [order] = SOUND.orders;
const [made] = SOUND.made ?? [];
const event = cartExpired(running);
if (!order || !made) throw new Error('The sample has no orders.');

it('The invariants hold for a history without failures', () => {
  expect(brokenAtRest(SOUND)).toEqual([]);
});

it.each<[string, Partial<Evidence>]>([
  ['has no due entry', { dueEntries: [] }],
  ['has no due entry', { carts: [running], dueEntries: [{ ...KEY, atMs: checkout.watchdogAtMs - 1 }] }],
  ['was written after it was ordered', { writes: [running, ordered, ordered] }],
  ['order of group', { orders: [...SOUND.orders, { ...order, orderId: 'another' }] }],
  ['has more orders than placed groups', { orders: [...SOUND.orders, { ...order, currencyCode: 'EUR' }] }],
  [
    "gateway's order of group",
    {
      writes: [requestedBefore, ...SOUND.writes],
      made: [...(SOUND.made ?? []), { requestId: 'requested before', orderId: 'x', lines: [] }],
    },
  ],
  ["gateway's order of request", { made: [...(SOUND.made ?? []), made] }],
  ['the gateway has no record', { made: [made] }],
  ['has other line items', { made: SOUND.made?.map((one) => ({ ...one, lines: [] })) }],
  ['is missing or differs from its group', { orders: SOUND.orders.slice(1) }],
  [
    'is missing or differs from its group',
    { orders: [{ ...order, lineItems: [] }, ...SOUND.orders.slice(1)] },
  ],
  [
    'not every group',
    { writes: [{ ...ordered, checkout: { ...checkout, groups: checkout.groups.slice(1) } }] },
  ],
  ['never ended', { asked: [checkout.id, 'another'] }],
  ['is still in checkout', { writes: [running] }],
  [
    'was created according to a response, but never written',
    { created: [KEY, { ...KEY, cartId: 'another' }] },
  ],
  ['was published as', { events: [...EVENTS, event, { ...event, id: 'another' }] }],
  [
    'has two meanings',
    { events: EVENTS.flatMap((published) => [published, { ...published, subject: 'another' }]) },
  ],
  ['was published as expired', { events: [...EVENTS, event] }],
  [
    'about a cart that its owner does not know',
    {
      events: [...EVENTS, event],
      writes: SOUND.writes.map((cart) => ({ ...cart, isDirectOrder: true as const })),
    },
  ],
  ['was not published', { events: [] }],
  ['belongs to no cart', { orders: [...SOUND.orders, { ...order, cartId: 'another', orderId: 'x' }] }],
  [
    'is unknown according to the carts',
    { made: [...(SOUND.made ?? []), { requestId: 'x', orderId: 'x', lines: [] }] },
  ],
  ['is refused according to the carts', { writes: [partlyRefused] }],
  ['which contradicts the cart', { events: [{ ...ended, type: 'cart.checkoutFailed.v1' }] }],
  ['which contradicts the cart', { events: [{ ...ended, data: { ...ended.data, orders: [] } }] }],
  [
    'which contradicts the cart',
    { events: [...EVENTS, { ...ended, data: { checkoutId: 'another' }, id: 'x' }] },
  ],
  ['of the purged cart', { carts: [], dueEntries: [] }],
  [
    'was published PT30M before the expiry',
    {
      events: [
        ...EVENTS,
        ...[DAY, HOUR].map((thresholdMs) => cartExpiring(ordered, { thresholdMs, remainingMs: HOUR / 2 })),
      ],
    },
  ],
  ['(cart.expired.v1)', { writes: [cartOf()], nowMs: ordered.expiresMs }],
  ['(cart.expiring.v1)', { writes: [cartOf()], nowMs: ordered.expiresMs - HOUR, noticesMs: [DAY, HOUR] }],
])('The invariants report this violation: %s', (problem, violation) => {
  expect(brokenAtRest({ ...SOUND, ...violation })).toContainEqual(expect.stringContaining(problem));
});

it('A cart that is ordered and published as expired is a violation, however late its checkout started', () => {
  const late = { ...checkout, startedMs: ordered.expiresMs - 1 };
  const writes = [{ ...ordered, checkout: late }];

  expect(brokenAtRest({ ...SOUND, writes, events: [...EVENTS, event] })).not.toEqual([]);
});

it('The invariants require no event of a cart in checkout, and none that was not due', () => {
  const writes = [cartOf()];
  const published = { events: [], nowMs: ordered.expiresMs - HOUR - 1 };

  expect(malformedEvents({ ...published, writes, noticesMs: [HOUR, 8 * DAY] })).toEqual([]);
  expect(malformedEvents({ ...published, writes: [running], noticesMs: [DAY] })).toEqual([]);
});

it('A partial history does not decide the outcome of checkouts that it does not contain', () => {
  const events = [...EVENTS, { ...ended, id: 'x.failed', data: { checkoutId: 'x' } }];

  expect(malformedEvents({ writes: [ordered], events, isPartial: true })).toEqual([]);
});
