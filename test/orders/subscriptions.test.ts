/** Subscriptions of the ledger: ids that lead back to the order, and what an order line provisions. */
import { describe, expect, it } from 'vitest';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import type { Order } from '../../shared/orders/order.ts';
import { orderIdOf, subscriptionId, subscriptionsOf } from '../../shared/orders/subscriptions.ts';
import { KEY, MODERN, NOW, placedOrder } from '../support/samples.ts';

describe('the id of a subscription', () => {
  it('The id of a subscription is a GUID that leads to its order', () => {
    const id = subscriptionId('f76c6b7f449d', 17, 'r');

    expect(id).toMatch(/^f76c6b7f-449d-8011-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(orderIdOf(id)).toBe('f76c6b7f449d');
  });

  it('The id of a subscription differs by line and by request', () => {
    const ids = [
      subscriptionId('f76c6b7f449d', 0, 'r'),
      subscriptionId('f76c6b7f449d', 1, 'r'),
      subscriptionId('f76c6b7f449d', 0, 's'),
    ];

    expect(new Set(ids).size).toBe(3);
  });

  it.each(['ebc0beef-7ffb-4044-c074-16f324432139', 'no id', ''])('%s is of no order of the ledger', (id) => {
    expect(orderIdOf(id)).toBeUndefined();
  });

  it('The id of a subscription is the one that the ledger gives to a recurring line', async () => {
    const request = {
      referenceCustomerId: KEY.customer,
      billingCycle: 'monthly',
      currencyCode: 'USD',
      isLegacy: false,
      lineItems: [{ lineItemNumber: 0, offerId: MODERN, quantity: 1, transactionType: 'New' as const }],
    };

    const placed = await ledgerGateway.place({
      tenant: KEY.tenant,
      requestId: 'r',
      order: request,
      nowMs: NOW,
    });

    const { order } = placed as Extract<typeof placed, { kind: 'placed' }>;
    expect(orderIdOf(order.subscriptionIds[0] ?? '')).toBe(order.orderId);
  });
});

describe('the subscriptions of an order', () => {
  const order: Order = {
    ...placedOrder({ status: 'completed' }),
    placedMs: NOW,
    tenant: KEY.tenant,
    cartId: KEY.cartId,
    referenceCustomerId: KEY.customer,
    billingCycle: 'monthly',
    currencyCode: 'USD',
    isLegacy: false,
    lineItems: [
      {
        lineItemNumber: 0,
        offerId: MODERN,
        quantity: 1,
        transactionType: 'New',
        subscriptionId: 'a',
        termDuration: 'P1M',
      },
      { lineItemNumber: 1, offerId: MODERN, quantity: 1, transactionType: 'New' },
      { lineItemNumber: 2, offerId: MODERN, quantity: 1, transactionType: 'New', subscriptionId: 'c' },
    ],
  };

  it('The subscriptions of an order are those of its provisioned lines, active until the end of their term', () => {
    expect(subscriptionsOf(order).map(({ id, status, endsMs }) => [id, status, endsMs])).toEqual([
      ['a', 'active', Date.UTC(2026, 3, 15, 17, 15, 2, 384)],
      ['c', 'active', undefined],
    ]);
  });

  it('The subscriptions of an order are deleted once the order is cancelled', () => {
    const statuses = subscriptionsOf({ ...order, status: 'cancelled' }).map(({ status }) => status);

    expect(statuses).toEqual(['deleted', 'deleted']);
  });
});
