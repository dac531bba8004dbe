/** Orders made from the groups of a cart (docs/contract.md 10.1, 13.3 to 13.5). */
import { describe, expect, it } from 'vitest';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import { isSubscription, orderRequests, ordersOf } from '../../shared/orders/order.ts';
import {
  cartOf,
  inCheckout,
  KEY,
  LEGACY,
  line,
  MODERN,
  MONTHLY,
  NOW,
  ONE_TIME,
  placedOrder,
} from '../support/samples.ts';

describe('order requests', () => {
  it('An order request has the customer, billing cycle and currency of its group', () => {
    const requests = orderRequests(cartOf([line(), line({ catalogItemId: LEGACY, currencyCode: 'EUR' })]));

    expect([...requests]).toMatchObject([
      [
        'legacy|monthly|EUR',
        { referenceCustomerId: KEY.customer, billingCycle: 'monthly', currencyCode: 'EUR', isLegacy: true },
      ],
      [MONTHLY, { billingCycle: 'monthly', currencyCode: 'USD', isLegacy: false }],
    ]);
  });

  it('The lines of an order are numbered from 0 in cart order, add-ons after their base', () => {
    const cart = cartOf([
      line({ billingCycle: 'one_time' }),
      line({ quantity: 1, addonItems: [line({ quantity: 2 })] }),
      line({ quantity: 3 }),
    ]);

    const lines = orderRequests(cart).get(MONTHLY)?.lineItems;

    expect(lines).toMatchObject([
      { lineItemNumber: 0, quantity: 1 },
      { lineItemNumber: 1, quantity: 2 },
      { lineItemNumber: 2, quantity: 3 },
    ]);
    expect(
      orderRequests(cart)
        .get(ONE_TIME)
        ?.lineItems.map(({ lineItemNumber }) => lineItemNumber),
    ).toEqual([0]);
  });

  it('An order line has the fields of the line item and the partners of its participants', () => {
    const [request] = orderRequests(
      cartOf([
        line({
          friendlyName: 'Mine',
          termDuration: 'P1Y',
          promotionId: 'p',
          renewsTo: { termDuration: 'P1M' },
          attestationAccepted: true,
          provisioningContext: { scope: 'shared' },
          participants: [
            { key: 'additional_transaction_reseller', value: '5357564' },
            { key: 'transaction_reseller', value: '517285' },
            { key: 'additional_transaction_reseller', value: '5357563' },
          ],
        }),
      ]),
    ).values();

    expect(JSON.parse(JSON.stringify(request?.lineItems))).toEqual([
      {
        lineItemNumber: 0,
        offerId: MODERN,
        termDuration: 'P1Y',
        transactionType: 'New',
        friendlyName: 'Mine',
        quantity: 1,
        partnerIdOnRecord: '517285',
        additionalPartnerIdsOnRecord: ['5357564', '5357563'],
        provisioningContext: { scope: 'shared' },
        promotionId: 'p',
        renewsTo: { termDuration: 'P1M' },
        attestationAccepted: true,
      },
    ]);
  });
});

describe('the orders of a checkout', () => {
  const cart = inCheckout({}, [line(), line(), line({ billingCycle: 'one_time' })]);
  const [monthly, oneTime] = cart.checkout.groups;
  const order = placedOrder({ subscriptionIds: [null, 's1'] });

  it('The orders of a checkout are those of its placed groups, with their subscriptions', () => {
    const orders = ordersOf(cart, { ...cart.checkout, groups: [{ ...monthly!, order }, oneTime!] });

    expect(orders).toMatchObject([
      { orderId: order.orderId, tenant: KEY.tenant, cartId: KEY.cartId, placedMs: NOW },
    ]);
    expect(orders[0]?.lineItems.map(({ subscriptionId }) => subscriptionId)).toEqual([undefined, 's1']);
  });

  it('The orders of a checkout are in the order of its groups', () => {
    const groups = [
      { ...oneTime!, order: placedOrder({ orderId: 'b' }) },
      { ...monthly!, order },
    ];

    expect(ordersOf(cart, { ...cart.checkout, groups }).map(({ orderId }) => orderId)).toEqual([
      'b',
      order.orderId,
    ]);
  });
});

describe('the ledger', () => {
  const [[, request] = []] = orderRequests(cartOf([line({ addonItems: [line()] })]));
  const place = (requestId: string) =>
    ledgerGateway.place({ tenant: KEY.tenant, requestId, order: request!, nowMs: NOW });

  it('The ledger places an order immediately, and the same order for the same request id', async () => {
    const [one, same, other] = [await place('a'), await place('a'), await place('b')];

    expect(one).toEqual(same);
    expect(other).not.toEqual(one);
    expect(one).toMatchObject({
      kind: 'placed',
      order: { orderId: expect.stringMatching(/^[0-9a-f]{12}$/), status: 'completed', placedMs: NOW },
    });
  });

  it('Every line with a subscription has a separate subscription id', async () => {
    const placed = await place('a');

    const ids = placed.kind === 'placed' ? placed.order.subscriptionIds : [];
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
  });

  it('The ledger needs no lease, because its orders are rows of the commit', () => {
    expect(ledgerGateway.maxPlacementMs).toBeUndefined();
  });
});

it.each([
  ['monthly', MODERN, true],
  ['annual', MODERN, true],
  ['one_time', MODERN, false],
  ['none', MODERN, false],
  ['one_time', LEGACY, true],
])('A %s line item of %s becomes a subscription: %s', (cycle, offerId, isRecurring) => {
  expect(isSubscription(cycle, offerId)).toBe(isRecurring);
});
