/** Changes to an order of the ledger: what a PATCH asks for, and what it gets. */
import { describe, expect, it } from 'vitest';
import {
  CANCEL_WINDOW_MS,
  decidePatch,
  type OrderPatch,
  patchOrder,
} from '../../shared/orders/cancelOrder.ts';
import type { Order } from '../../shared/orders/order.ts';
import { newWorld } from '../support/ports.ts';
import { KEY, MODERN, NOW, placedOrder } from '../support/samples.ts';

const ORDER: Order = {
  ...placedOrder({ status: 'completed' }),
  placedMs: NOW,
  tenant: KEY.tenant,
  cartId: KEY.cartId,
  referenceCustomerId: KEY.customer,
  billingCycle: 'monthly',
  currencyCode: 'USD',
  isLegacy: false,
  lineItems: [
    { lineItemNumber: 0, offerId: MODERN, quantity: 2, transactionType: 'New', subscriptionId: 's-0' },
    { lineItemNumber: 1, offerId: MODERN, quantity: 3, transactionType: 'New' },
  ],
};
const decide = (patch: OrderPatch, order: Partial<Order> = {}, nowMs = NOW + 1, isOrderKeeper = true) => {
  const decision = decidePatch({ ...ORDER, ...order }, patch, { nowMs, isOrderKeeper });
  return decision.kind === 'refuse' ? decision.error.name : decision.kind;
};
const CANCEL = { status: 'cancelled' };

describe('a cancellation', () => {
  it('A cancellation writes the order as cancelled, and changes nothing else of it', () => {
    expect(decidePatch(ORDER, CANCEL, { nowMs: NOW, isOrderKeeper: true })).toEqual({
      kind: 'write',
      order: { ...ORDER, status: 'cancelled' },
    });
  });

  it.each<[string, OrderPatch, Partial<Order>, number, boolean, string]>([
    ['in another letter case is one', { status: 'Cancelled' }, {}, NOW, true, 'write'],
    ['with other changes is one', { ...CANCEL, billingCycle: 'annual' }, {}, NOW, true, 'write'],
    ['at the end of the window is one', CANCEL, {}, NOW + CANCEL_WINDOW_MS, true, 'write'],
    ['of a cancelled order changes nothing', CANCEL, { status: 'cancelled' }, NOW, true, 'unchanged'],
    ['after the window is refused', CANCEL, {}, NOW + CANCEL_WINDOW_MS + 1, true, 'cancelWindowOver'],
    ['of a legacy order is refused', CANCEL, { isLegacy: true }, NOW, true, 'suspendInstead'],
    ['of another gateway’s order is refused', CANCEL, {}, NOW, false, 'orderNotChangeable'],
  ])('%s', (_, patch, order, nowMs, isOrderKeeper, expected) => {
    expect(decide(patch, order, nowMs, isOrderKeeper)).toBe(expected);
  });
});

describe('a PATCH that does not cancel', () => {
  const line = (more: object = {}) => ({ lineItemNumber: 0, offerId: MODERN, quantity: 2, ...more });

  it.each<[string, OrderPatch]>([
    ['nothing', {}],
    [
      'the order as it is',
      { status: 'completed', billingCycle: 'monthly', lineItems: [line({ subscriptionId: 's-0' })] },
    ],
    ['an unknown billing cycle', { billingCycle: 'unknown' }],
    ['another status', { status: 'suspended' }],
    ['an offer id in another letter case', { lineItems: [line({ offerId: MODERN.toLowerCase() })] }],
    ['lines without numbers, in their order', { lineItems: [{ quantity: 2 }, { quantity: 3 }] }],
  ])('A PATCH with %s returns the order unchanged', (_, patch) => {
    expect(decide(patch)).toBe('unchanged');
  });

  it.each<[string, OrderPatch]>([
    ['another billing cycle', { billingCycle: 'annual' }],
    ['another quantity', { lineItems: [line({ quantity: 5 })] }],
    ['an add-on', { lineItems: [line({ parentSubscriptionId: 's-0' })] }],
    ['other lines', { lineItems: [line({ lineItemNumber: 7 })] }],
    ['other lines', { lineItems: [line({ offerId: 'AAAAAAAAAAAA:0001:AVAILABILITY' })] }],
    ['other lines', { lineItems: [line({ subscriptionId: 's-9' })] }],
  ])('A PATCH for %s is refused with the reason', (reason, patch) => {
    const decision = decidePatch(ORDER, patch, { nowMs: NOW, isOrderKeeper: true });

    expect(decision).toMatchObject({ kind: 'refuse', error: { name: 'orderNotChangeable' } });
    expect(JSON.stringify(decision)).toContain(reason);
  });
});

describe('carrying out a PATCH', () => {
  const key = { tenant: KEY.tenant, customer: KEY.customer, orderId: ORDER.orderId };
  const start = () => {
    const world = newWorld(NOW);
    world.orders.set(`${KEY.tenant}_${KEY.customer}_${ORDER.orderId}`, structuredClone(ORDER));
    const writes = () => world.effects.filter(({ name }) => name === 'orders.replace').length;
    return { world, writes, cancel: () => patchOrder(world.ports, key, CANCEL, { isOrderKeeper: true }) };
  };

  it('An order is cancelled once, however often it is repeated', async () => {
    const { writes, cancel } = start();

    expect(await cancel()).toMatchObject({ status: 'cancelled' });
    expect(await cancel()).toMatchObject({ status: 'cancelled' });
    expect(writes()).toBe(1);
  });

  it('A PATCH reads the order again after a race', async () => {
    const { world, writes, cancel } = start();
    world.around = async ({ name }, run) => {
      if (name === 'orders.replace' && writes() === 1) {
        for (const [id, order] of world.orders) world.orders.set(id, { ...order, alternateId: 'changed' });
      }
      return run();
    };

    expect(await cancel()).toMatchObject({ status: 'cancelled', alternateId: 'changed' });
    expect(writes()).toBe(2);
  });

  it('A PATCH ends with a retryable error when it loses every race', async () => {
    const { world, cancel } = start();
    world.around = async ({ name }, run) => (name === 'orders.replace' ? false : run());

    expect(await cancel()).toMatchObject({ error: { name: 'orderBusy', retryAfterMs: 1_000 } });
  });

  it('A PATCH of an order that does not exist is an error', async () => {
    const { world } = start();

    expect(
      await patchOrder(world.ports, { ...key, orderId: 'none' }, CANCEL, { isOrderKeeper: true }),
    ).toMatchObject({ error: { name: 'orderNotFound' } });
  });
});
