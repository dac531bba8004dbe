/** Changes to an order row: the store in memory and Azurite hold the same promises. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { newCart } from '../../shared/cart/createCart.ts';
import type { Order } from '../../shared/orders/order.ts';
import type { CartStore, OrderStore } from '../../shared/ports.ts';
import { cartStore, orderStore } from '../../shared/storage/cartStore.ts';
import { TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { memoryCarts } from '../support/memoryCarts.ts';
import { CREATE, KEY, line, MODERN, NOW, placedOrder } from '../support/samples.ts';
import { newStorageAccount } from '../support/storageAccount.ts';

interface Storage {
  carts: CartStore;
  orders: OrderStore;
}

const STORES: [string, () => Promise<Storage>][] = [
  [
    'memory',
    async () => {
      const { store, orderStore: orders } = memoryCarts();
      return { carts: store, orders };
    },
  ],
  [
    'Azurite',
    async () => {
      const table = new Table(await newStorageAccount(), TABLES.carts);
      return { carts: cartStore(table), orders: orderStore(table) };
    },
  ],
];

describe.each(STORES)('An order row in %s', (name, start) => {
  let storage: Storage;
  beforeAll(async () => {
    storage = await start();
  });

  /** An order that a checkout has committed. */
  async function committed(): Promise<Order> {
    const key = { ...KEY, customer: randomUUID(), cartId: randomUUID() };
    const cart = newCart(key, { lineItems: [line()] }, { ...CREATE, nowMs: NOW });
    const order: Order = {
      ...placedOrder(),
      tenant: key.tenant,
      cartId: key.cartId,
      referenceCustomerId: key.customer,
      billingCycle: 'monthly',
      currencyCode: 'USD',
      isLegacy: false,
      lineItems: [{ lineItemNumber: 0, offerId: MODERN, quantity: 1, transactionType: 'New' }],
    };
    const inserted = await storage.carts.insert(cart);
    await storage.carts.commit(cart, inserted?.etag ?? '', [order]);
    return order;
  }
  const read = ({ tenant, referenceCustomerId, orderId }: Order) =>
    storage.orders.readVersioned(tenant, referenceCustomerId, orderId);

  it(`Only the version that was read is replaced (${name})`, async () => {
    const order = await committed();
    const first = await read(order);

    expect(first?.order).toEqual(order);
    expect(await storage.orders.replace({ ...order, status: 'cancelled' }, first?.etag ?? '')).toBe(true);
    expect(await storage.orders.replace({ ...order, status: 'other' }, first?.etag ?? '')).toBe(false);
    expect((await read(order))?.order.status).toBe('cancelled');
  });

  it(`An order that does not exist is neither read nor created (${name})`, async () => {
    const order = await committed();
    const etag = (await read(order))?.etag ?? '';
    const other = { ...order, orderId: 'bbbbbbbbbbbb' };

    expect(await read(other)).toBeUndefined();
    expect(await storage.orders.replace(other, etag)).toBe(false);
    expect(await read(other)).toBeUndefined();
  });
});
