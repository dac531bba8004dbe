/** Events are CloudEvents 1.0, each with an id derived from its subject. */
import { describe, expect, it } from 'vitest';
import type { GroupProgress } from '../../shared/cart/checkoutState.ts';
import { cartExpired, cartExpiring } from '../../shared/cart/events.ts';
import { checkoutEnded } from '../../shared/checkout/events.ts';
import type { CloudEvent } from '../../shared/events/cloudEvent.ts';
import { cartOf, DAY, HOUR, inCheckout, KEY, NOW, placedOrder, REFUSAL, SECOND } from '../support/samples.ts';

const SUBJECT = `customers/${KEY.customer}/carts/${KEY.cartId}`;
const CART_DATA = { partnerTenantId: KEY.tenant, customerId: KEY.customer, cartId: KEY.cartId };

function ended(
  state: 'ordered' | 'partlyOrdered' | 'failed',
  change: (group: GroupProgress, n: number) => Partial<GroupProgress>,
) {
  const cart = inCheckout({ state, attempt: 2, endedMs: NOW + SECOND });
  const groups = cart.checkout.groups.map((group, n) => ({ ...group, ...change(group, n) }));
  return checkoutEnded(cart, { ...cart.checkout, groups });
}
const placed = { state: 'placed' as const, order: placedOrder() };
const refused = { state: 'refused' as const, problem: REFUSAL };

describe('every event', () => {
  const all: CloudEvent[] = [
    cartExpiring(cartOf(), { thresholdMs: HOUR, remainingMs: HOUR }),
    cartExpired(cartOf()),
    ended('ordered', () => placed),
    ended('failed', () => refused),
  ];

  it.each(all)(
    'An event has the attributes that CloudEvents requires and identifies its cart: $type',
    (event) => {
      expect(event).toMatchObject({
        specversion: '1.0',
        id: expect.stringMatching(/^[\w.-]{1,128}$/),
        source: '/cartwright',
        type: expect.stringMatching(/^cart\.[a-zA-Z]+\.v1$/),
        subject: SUBJECT,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/),
        datacontenttype: 'application/json',
        partnertenantid: KEY.tenant,
        data: CART_DATA,
      });
      expect(JSON.stringify(event)).not.toContain('null');
    },
  );

  it('An event has a unique id, which is the same every time the event is built', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(cartExpired(cartOf())).toEqual(cartExpired(cartOf()));
  });
});

describe('cart.expiring.v1', () => {
  it.each([
    [DAY, 'P1D', 'PT23H59M59S', '2026-03-21T17:15:02.3840000Z'],
    [HOUR, 'PT1H', 'PT59M59S', '2026-03-22T16:15:02.3840000Z'],
  ])(
    'An event cart.expiring of threshold %i ms has the time when the threshold was reached',
    (thresholdMs, threshold, remaining, time) => {
      expect(cartExpiring(cartOf(), { thresholdMs, remainingMs: thresholdMs - 1 })).toMatchObject({
        type: 'cart.expiring.v1',
        id: `${KEY.cartId}.${threshold}`,
        time,
        data: { ...CART_DATA, threshold, remaining, expirationTimestamp: '2026-03-22T17:15:02.3840000Z' },
      });
    },
  );
});

it('An expired cart has one event, with the time of its expiry', () => {
  expect(cartExpired(cartOf())).toMatchObject({
    type: 'cart.expired.v1',
    id: `${KEY.cartId}.expired`,
    time: '2026-03-22T17:15:02.3840000Z',
  });
});

describe('the end of a checkout', () => {
  const { id } = inCheckout().checkout;

  it('The event cart.ordered lists the orders by group', () => {
    expect(ended('ordered', () => placed)).toMatchObject({
      type: 'cart.ordered.v1',
      id: `${id}.ordered`,
      time: '2026-03-15T17:15:03.3840000Z',
      data: {
        checkoutId: id,
        attempts: 2,
        orders: [
          { id: 'f76c6b7f449d', orderGroupId: '0' },
          { id: 'f76c6b7f449d', orderGroupId: '1' },
        ],
        orderErrors: [],
      },
    });
  });

  it('The event of a partly ordered cart lists the orders and the errors', () => {
    expect(ended('partlyOrdered', (_, n) => (n === 0 ? placed : refused))).toMatchObject({
      type: 'cart.checkoutFailed.v1',
      id: `${id}.failed`,
      data: {
        orders: [{ orderGroupId: '0' }],
        orderErrors: [{ orderGroupId: '1', code: 800_010 }],
      },
    });
  });

  it('The event of a failed checkout has numeric error codes, also when the gateway’s code is not a number', () => {
    const problem = { ...REFUSAL, code: 'NoFunds' };

    expect(ended('failed', () => ({ ...refused, problem })).data.orderErrors).toMatchObject([
      { code: 0 },
      { code: 0 },
    ]);
  });
});
