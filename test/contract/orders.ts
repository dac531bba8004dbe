/** What the service relies on in stored orders, for any storage: part of the contract suite in `storage.ts`. */
import { describe, expect, it } from 'vitest';
import type { CartKey } from '../../shared/cart/cart.ts';
import type { Order } from '../../shared/orders/order.ts';
import type { CartStore, OrderStore } from '../../shared/ports.ts';
import { sampleCart, sampleOrder } from './samples.ts';

interface Storage {
  carts: CartStore;
  orders: OrderStore;
}

const NOW = Date.UTC(2026, 10, 21, 12, 30);

/** The orders of a customer, in the order of their rows. */
export async function ordersIn(
  { orders }: Pick<Storage, 'orders'>,
  { tenant, customer }: Pick<CartKey, 'tenant' | 'customer'>,
): Promise<Order[]> {
  const { entries } = await orders.page(tenant, customer, { most: 1_000 });
  return entries.map(({ order }) => order);
}

/** The suite. `storage` gives the storage that its tests share with the rest of the contract. */
export function describeOrders(name: string, storage: () => Storage): void {
  describe(`The order store: ${name}`, () => {
    it('A purge deletes the orders of a cart up to a time, and returns the time of the last remaining order', async () => {
      const cart = sampleCart(NOW);
      const other = { ...sampleCart(NOW), tenant: cart.tenant, customer: cart.customer };
      for (const [of, ids] of [
        [cart, ['ffffffffffff', 'ffffffffffff1']],
        [other, ['ffffffffffff2']],
      ] as const) {
        const etag = (await storage().carts.insert(of))?.etag ?? '';
        const orders = ids.map((id, n) => sampleOrder(of, id, NOW + n));
        await storage().carts.commit(of, etag, orders);
      }
      const left = async () => (await ordersIn(storage(), cart)).map(({ orderId }) => orderId).sort();

      expect(await storage().orders.purge(cart, NOW)).toBe(NOW + 1);
      expect(await left()).toEqual(['ffffffffffff1', 'ffffffffffff2']);
      expect(await storage().orders.purge(cart, NOW + 1)).toBeUndefined();
      expect(await left()).toEqual(['ffffffffffff2']);
    });

    it.each([
      'a/b\\c#d?e%f',
      '~0041 A a',
      "O'Neil & Söhne",
      'tab\tand\u0001control\u007f',
      '日本'.repeat(128),
      '..',
      'F'.repeat(256),
    ])('An order is stored and read by any id of the gateway: %j', async (orderId) => {
      const cart = sampleCart(NOW);
      const etag = (await storage().carts.insert(cart))?.etag ?? '';
      const order = sampleOrder(cart, orderId, NOW);

      await storage().carts.commit(cart, etag, [order]);

      expect(await storage().orders.read(cart.tenant, cart.customer, orderId)).toEqual(order);
      expect(await ordersIn(storage(), cart)).toEqual([order]);
    });

    it('Order ids that differ in case only are kept apart', async () => {
      const cart = sampleCart(NOW);
      const etag = (await storage().carts.insert(cart))?.etag ?? '';
      const orders = ['AbC', 'aBc'].map((orderId, n) => sampleOrder(cart, orderId, NOW + n));

      await storage().carts.commit(cart, etag, orders);

      for (const order of orders)
        expect(await storage().orders.read(cart.tenant, cart.customer, order.orderId)).toEqual(order);
    });

    it('Both orders are stored when the gateway gives one id to two order groups, in one transaction or in two', async () => {
      const cart = sampleCart(NOW);
      const first = await storage().carts.insert(cart);
      const orders = ['monthly', 'annual', 'one_time'].map((billingCycle, n) => ({
        ...sampleOrder(cart, 'eeeeeeeeeee0', NOW + n),
        billingCycle,
      }));

      const second = await storage().carts.commit(cart, first?.etag ?? '', orders.slice(0, 2));
      const third = await storage().carts.commit(cart, second?.etag ?? '', orders.slice(2));

      expect(third).toBeDefined();
      const stored = await ordersIn(storage(), cart);
      expect(stored.sort((a, b) => a.placedMs - b.placedMs)).toEqual(orders);
      expect(await storage().orders.read(cart.tenant, cart.customer, 'eeeeeeeeeee0')).toEqual(orders[0]);
    });

    it('A page has only the orders of the customer', async () => {
      const [mine, theirs] = [sampleCart(NOW), sampleCart(NOW)];
      const etag = (await storage().carts.insert(mine))?.etag ?? '';
      await storage().carts.commit(mine, etag, [sampleOrder(mine, 'eeeeeeeeeeee', NOW)]);

      expect(await ordersIn(storage(), theirs)).toEqual([]);
      expect(await storage().orders.read(theirs.tenant, theirs.customer, 'eeeeeeeeeeee')).toBeUndefined();
    });

    it('The pages of a customer contain each order once, in the order of their rows', async () => {
      const orders = await committed(['b', 'a', 'Z', 'a/b', 'c']);

      for (const most of [1, 2, 3, 4]) {
        const pages = await pagesOf(orders, most);

        expect(pages.map(({ length }) => length)).toEqual(
          Array.from({ length: Math.ceil(5 / most) }, (_, n) => Math.min(most, 5 - n * most)),
        );
        expect(pages.flat()).toEqual((await pagesOf(orders, 5))[0]);
        expect(idsIn(pages.flat()).sort()).toEqual(idsIn(orders).sort());
      }
    });

    it('A page states whether there are more orders, also when the last page is full', async () => {
      const [first, second] = await committed(['a', 'b']);
      const page = (most: number, after?: string) =>
        storage().orders.page(first?.tenant ?? '', first?.referenceCustomerId ?? '', { most, after });

      const { entries, hasMore } = await page(1);
      const cursor = entries[0]?.cursor;

      expect({ hasMore, ids: idsIn(entries.map(({ order }) => order)) }).toEqual({
        hasMore: true,
        ids: ['a'],
      });
      expect(await page(1, cursor)).toMatchObject({ entries: [{ order: second }], hasMore: false });
      expect(await page(2)).toMatchObject({ entries: [{}, {}], hasMore: false });
    });

    it('A page continues after a cursor whose order was purged, and includes orders that were placed since', async () => {
      const cart = sampleCart(NOW);
      const first = await storage().carts.insert(cart);
      const placed = [sampleOrder(cart, 'a', NOW), sampleOrder(cart, 'c', NOW + 1)];
      const second = await storage().carts.commit(cart, first?.etag ?? '', placed);
      const { entries } = await storage().orders.page(cart.tenant, cart.customer, { most: 1 });

      await storage().orders.purge(cart, NOW);
      await storage().carts.commit(cart, second?.etag ?? '', [sampleOrder(cart, 'b', NOW + 2)]);
      const next = await storage().orders.page(cart.tenant, cart.customer, {
        most: 9,
        after: entries[0]?.cursor,
      });

      expect(idsIn(next.entries.map(({ order }) => order))).toEqual(['b', 'c']);
    });

    it('Pages of one order return every order that has one id of the gateway', async () => {
      const cart = sampleCart(NOW);
      const etag = (await storage().carts.insert(cart))?.etag ?? '';
      const orders = ['monthly', 'annual', 'one_time'].map((billingCycle, n) => ({
        ...sampleOrder(cart, 'same', NOW + n),
        billingCycle,
      }));
      await storage().carts.commit(cart, etag, orders);

      const pages = await pagesOf(orders, 1);

      expect(pages).toHaveLength(3);
      expect(pages.flat().sort((a, b) => a.placedMs - b.placedMs)).toEqual(orders);
    });

    /** Commits a cart of a new customer with orders of these ids. */
    async function committed(ids: readonly string[]): Promise<Order[]> {
      const cart = sampleCart(NOW);
      const etag = (await storage().carts.insert(cart))?.etag ?? '';
      const orders = ids.map((id, n) => sampleOrder(cart, id, NOW + n));
      await storage().carts.commit(cart, etag, orders);
      return orders;
    }

    /** All pages of the customer of these orders, each read behind the last cursor of the one before. */
    async function pagesOf([one]: readonly Order[], most: number): Promise<Order[][]> {
      const pages: Order[][] = [];
      for (let after: string | undefined, hasMore = true; hasMore; ) {
        const page = await storage().orders.page(one?.tenant ?? '', one?.referenceCustomerId ?? '', {
          most,
          after,
        });
        pages.push(page.entries.map(({ order }) => order));
        after = page.entries.at(-1)?.cursor;
        hasMore = page.hasMore;
      }
      return pages;
    }
  });
}

const idsIn = (orders: readonly Order[]) => orders.map(({ orderId }) => orderId);
