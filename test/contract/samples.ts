/** Carts, orders and bulk orders for the contract suites: valid, small, and different every time. */
import { randomUUID } from 'node:crypto';
import { type BulkOrder, initialState } from '../../shared/bulk/bulkOrder.ts';
import type { Cart } from '../../shared/cart/cart.ts';
import { newCart } from '../../shared/cart/createCart.ts';
import type { Order } from '../../shared/orders/order.ts';

/** A cart of a new customer, created at `createdMs`, with this many line items. */
export function sampleCart(createdMs: number, lines = 1): Cart {
  const key = { tenant: randomUUID(), customer: randomUUID(), cartId: randomUUID() };
  const lineItems = Array.from({ length: lines }, (_, n) => ({
    catalogItemId: 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB',
    friendlyName: `Line ${n} ${'with a name of some length '.repeat(4)}`,
    quantity: n + 1,
    billingCycle: 'one_time' as const,
    provisioningContext: { subscriptionId: randomUUID(), scope: 'shared', duration: '1Year' },
  }));
  return newCart(
    key,
    { lineItems },
    {
      nowMs: createdMs,
      lifetimeMs: 604_800_000,
      rules: { currencyCode: 'USD', market: 'US', isIndirectProvider: true },
      lifecycle: {
        noticesMs: [3_600_000],
        retentionMs: 2_592_000_000,
        orderRetentionMs: 2_592_000_000,
        watchdogMs: 120_000,
      },
      modifiedBy: 'sample',
      idempotencyKey: 'first',
    },
  );
}

/** An order of this cart. */
export function sampleOrder(cart: Cart, orderId: string, placedMs: number): Order {
  return {
    tenant: cart.tenant,
    cartId: cart.cartId,
    referenceCustomerId: cart.customer,
    billingCycle: 'one_time',
    currencyCode: 'USD',
    isLegacy: false,
    orderId,
    alternateId: orderId,
    placedMs,
    status: 'completed',
    subscriptionIds: [null],
    lineItems: [
      { lineItemNumber: 0, offerId: 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB', quantity: 1, transactionType: 'New' },
    ],
  };
}

/** A bulk order of two lanes, with a unique key. */
export const sampleBulkOrder = (nowMs: number, more: Partial<BulkOrder> = {}): BulkOrder => ({
  tenant: randomUUID(),
  bulkOrderId: randomUUID(),
  source: 'list',
  errorPolicy: 'continue',
  repeats: 'order',
  ...initialState(nowMs),
  accepted: 0,
  rejected: 0,
  lanes: 2,
  slots: 4,
  blockSize: 1,
  modifiedBy: 'an order desk',
  ...more,
});
