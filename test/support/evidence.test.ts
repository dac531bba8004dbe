/** The invariants see what they are there to see: sound evidence has nothing wrong, and every way to spoil it is found. */
import { expect, it } from 'vitest';
import type { Cart } from '../../shared/cart/cart.ts';
import type { Checkout } from '../../shared/cart/checkoutState.ts';
import { cartExpired, cartExpiring } from '../../shared/cart/events.ts';
import { checkoutEnded } from '../../shared/checkout/events.ts';
import { orderRequests, ordersOf } from '../../shared/orders/order.ts';
import { brokenAtRest, brokenlyTold, type Evidence } from './evidence.ts';
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
const refusedInPart: Cart = {
  ...ordered,
  checkout: { ...checkout, groups: [{ ...first!, state: 'refused', order: undefined }, ...rest] },
};
const askedBefore: Cart = {
  ...running,
  checkout: { ...running.checkout, groups: [{ ...first!, requestId: 'asked before', state: 'ambiguous' }] },
};
const SOUND: Evidence = {
  writes: [running, ordered],
  carts: [ordered],
  hints: [{ ...KEY, atMs: NOW + DAY }],
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

it('has nothing against a history in which all went well', () => {
  expect(brokenAtRest(SOUND)).toEqual([]);
});

it.each<[string, Partial<Evidence>]>([
  ['has no hint', { hints: [] }],
  ['has no hint', { carts: [running], hints: [{ ...KEY, atMs: checkout.watchdogAtMs - 1 }] }],
  ['was written after it was ordered', { writes: [running, ordered, ordered] }],
  ['order of group', { orders: [...SOUND.orders, { ...order, orderId: 'another' }] }],
  ['has more orders than it says', { orders: [...SOUND.orders, { ...order, currencyCode: 'EUR' }] }],
  [
    "gateway's order of group",
    {
      writes: [askedBefore, ...SOUND.writes],
      made: [...(SOUND.made ?? []), { requestId: 'asked before', orderId: 'x', lines: [] }],
    },
  ],
  ["gateway's order of request", { made: [...(SOUND.made ?? []), made] }],
  ['the gateway knows nothing', { made: [made] }],
  ['is of other line items', { made: SOUND.made?.map((one) => ({ ...one, lines: [] })) }],
  ['is not there as it was placed', { orders: SOUND.orders.slice(1) }],
  ['is not there as it was placed', { orders: [{ ...order, lineItems: [] }, ...SOUND.orders.slice(1)] }],
  [
    'not every group',
    { writes: [{ ...ordered, checkout: { ...checkout, groups: checkout.groups.slice(1) } }] },
  ],
  ['never ended', { asked: [checkout.id, 'another'] }],
  ['is still in checkout', { writes: [running] }],
  ['was promised and never written', { created: [KEY, { ...KEY, cartId: 'another' }] }],
  ['was told as', { events: [...EVENTS, event, { ...event, id: 'another' }] }],
  ['means two things', { events: EVENTS.flatMap((told) => [told, { ...told, subject: 'another' }]) }],
  ['was told to have expired', { events: [...EVENTS, event] }],
  ['nobody was told', { events: [] }],
  [
    'is one that no cart knows of',
    { orders: [...SOUND.orders, { ...order, cartId: 'another', orderId: 'x' }] },
  ],
  [
    'is none of, say the carts',
    { made: [...(SOUND.made ?? []), { requestId: 'x', orderId: 'x', lines: [] }] },
  ],
  ['is refused, say the carts', { writes: [refusedInPart] }],
  ['the cart says otherwise', { events: [{ ...ended, type: 'cart.checkoutFailed' }] }],
  ['the cart says otherwise', { events: [{ ...ended, data: { ...ended.data, orders: [] } }] }],
  [
    'the cart says otherwise',
    { events: [...EVENTS, { ...ended, data: { checkoutId: 'another' }, id: 'x' }] },
  ],
  ['of the purged cart', { carts: [], hints: [] }],
  [
    'was published PT30M before the expiry',
    {
      events: [
        ...EVENTS,
        ...[DAY, HOUR].map((thresholdMs) => cartExpiring(ordered, { thresholdMs, remainingMs: HOUR / 2 })),
      ],
    },
  ],
  ['(cart.expired)', { writes: [cartOf()], nowMs: ordered.expiresMs }],
  ['(cart.expiring)', { writes: [cartOf()], nowMs: ordered.expiresMs - HOUR, noticesMs: [DAY, HOUR] }],
])('finds it: %s', (problem, spoilt) => {
  expect(brokenAtRest({ ...SOUND, ...spoilt })).toContainEqual(expect.stringContaining(problem));
});

it('excuses no cart that is ordered and published as expired, however late its checkout started', () => {
  const late = { ...checkout, startedMs: ordered.expiresMs - 1 };
  const writes = [{ ...ordered, checkout: late }];

  expect(brokenAtRest({ ...SOUND, writes, events: [...EVENTS, event] })).not.toEqual([]);
});

it('The evidence requires no notice of a cart in checkout, and none that was not due', () => {
  const writes = [cartOf()];
  const told = { events: [], nowMs: ordered.expiresMs - HOUR - 1 };

  expect(brokenlyTold({ ...told, writes, noticesMs: [HOUR, 8 * DAY] })).toEqual([]);
  expect(brokenlyTold({ ...told, writes: [running], noticesMs: [DAY] })).toEqual([]);
});

it('leaves open what became of checkouts that cannot be seen', () => {
  const events = [...EVENTS, { ...ended, id: 'x.failed', data: { checkoutId: 'x' } }];

  expect(brokenlyTold({ writes: [ordered], events, isPartial: true })).toEqual([]);
});
