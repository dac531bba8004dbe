/**
 * What the protocols rely on in storage, as a suite for any implementation: Azurite through the real SDK, and the one in
 * memory.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WriteRejectedError } from '../../shared/errors.ts';
import type { CartStore, DueEntry, DueIndex, OrderStore } from '../../shared/ports.ts';
import { ODD_CHARACTERS } from './oddCharacters.ts';
import { describeOrders, ordersIn } from './orders.ts';
import { sampleCart, sampleOrder } from './samples.ts';

export interface Storage {
  carts: CartStore;
  orders: OrderStore;
  due: DueIndex;
  close(): Promise<void>;
}

const NOW = Date.UTC(2026, 10, 21, 12, 30);

/** The suite. `open` gives a storage that nothing else uses. */
export function describeStorage(name: string, open: () => Promise<Storage>): void {
  let storage: Storage;
  beforeAll(async () => {
    storage = await open();
  });
  afterAll(() => storage?.close());

  describe(`the cart store: ${name}`, () => {
    it.each([1, 10, 200])('reads a cart of %i line items as it was written', async (lines) => {
      const cart = sampleCart(NOW, lines);

      const inserted = await storage.carts.insert(cart);

      expect(await storage.carts.read(cart)).toEqual({ cart, etag: inserted?.etag });
    });

    it.each(ODD_CHARACTERS)(
      'commits a cart and its order in one transaction with %s in their text',
      async (_, odd) => {
        const cart = sampleCart(NOW);
        const inserted = await storage.carts.insert(cart);
        const text = `a${odd}b`;
        const lineItems = cart.lineItems.map((item) => ({ ...item, friendlyName: text }));
        const order = sampleOrder(cart, randomUUID(), NOW);
        const named = {
          ...order,
          lineItems: order.lineItems.map((line) => ({ ...line, friendlyName: text })),
        };

        const committed = await storage.carts.commit({ ...cart, lineItems }, inserted?.etag ?? '', [named]);

        expect((await storage.carts.read(cart))?.cart.lineItems).toEqual(lineItems);
        expect(await storage.orders.read(cart.tenant, cart.customer, order.orderId)).toEqual(named);
        expect(committed).toBeDefined();
      },
    );

    it('reads nothing for an unknown key', async () => {
      expect(await storage.carts.read(sampleCart(NOW))).toBeUndefined();
    });

    it('inserts a key once, also for two concurrent inserts', async () => {
      const cart = sampleCart(NOW);

      const inserted = await Promise.all([storage.carts.insert(cart), storage.carts.insert(cart)]);

      expect(inserted.filter(Boolean)).toHaveLength(1);
    });

    it('replaces a whole cart, and only at the version that was read', async () => {
      const cart = sampleCart(NOW, 200);
      const first = await storage.carts.insert(cart);
      const smaller = { ...cart, lineItems: cart.lineItems.slice(0, 1) };

      const second = await storage.carts.replace(smaller, first?.etag ?? '');
      const late = await storage.carts.replace(cart, first?.etag ?? '');

      expect(late).toBeUndefined();
      expect(await storage.carts.read(cart)).toEqual({ cart: smaller, etag: second?.etag });
    });

    it('accepts one of many concurrent writes of one version', async () => {
      const cart = sampleCart(NOW);
      const etag = (await storage.carts.insert(cart))?.etag ?? '';

      const written = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          storage.carts.replace({ ...cart, modifiedBy: `writer ${n}` }, etag),
        ),
      );

      expect(written.filter(Boolean)).toHaveLength(1);
    });

    it('does not replace a purged cart', async () => {
      const cart = sampleCart(NOW);
      const etag = (await storage.carts.insert(cart))?.etag ?? '';
      await storage.carts.purge(cart, etag);

      expect(await storage.carts.replace(cart, etag)).toBeUndefined();
      expect(await storage.carts.commit(cart, etag, [])).toBeUndefined();
    });

    it('returns a cart only for the partner tenant and customer that it belongs to', async () => {
      const cart = sampleCart(NOW);
      await storage.carts.insert(cart);

      for (const another of [{ tenant: randomUUID() }, { customer: randomUUID() }]) {
        expect(await storage.carts.read({ ...cart, ...another })).toBeUndefined();
        expect(await storage.carts.insert({ ...cart, ...another })).toBeDefined();
      }
    });

    it('purges a cart only at the version that was read', async () => {
      const cart = sampleCart(NOW);
      const etag = (await storage.carts.insert(cart))?.etag ?? '';
      await storage.carts.replace({ ...cart, modifiedBy: 'another' }, etag);

      await storage.carts.purge(cart, etag);

      expect(await storage.carts.read(cart)).toBeDefined();
    });
  });

  describe(`the transaction of cart and orders: ${name}`, () => {
    it('writes the cart and every order, or nothing', async () => {
      const cart = sampleCart(NOW);
      const etag = (await storage.carts.insert(cart))?.etag ?? '';
      const orders = [sampleOrder(cart, 'aaaaaaaaaaaa', NOW), sampleOrder(cart, 'bbbbbbbbbbbb', NOW + 1)];

      const written = await storage.carts.commit({ ...cart, modifiedBy: 'checkout' }, etag, orders);

      expect((await storage.carts.read(cart))?.etag).toBe(written?.etag);
      expect(await ordersIn(storage, cart)).toEqual(orders);
      expect(await storage.orders.read(cart.tenant, cart.customer, 'aaaaaaaaaaaa')).toEqual(orders[0]);
    });

    it('writes nothing when the cart has changed since', async () => {
      const cart = sampleCart(NOW);
      const etag = (await storage.carts.insert(cart))?.etag ?? '';
      await storage.carts.replace({ ...cart, modifiedBy: 'another' }, etag);

      const written = await storage.carts.commit(cart, etag, [sampleOrder(cart, 'cccccccccccc', NOW)]);

      expect(written).toBeUndefined();
      expect(await ordersIn(storage, cart)).toEqual([]);
    });

    it('rejects an order that exists already, and leaves the cart unchanged', async () => {
      const cart = sampleCart(NOW);
      const first = await storage.carts.insert(cart);
      const order = sampleOrder(cart, 'dddddddddddd', NOW);
      const second = await storage.carts.commit(cart, first?.etag ?? '', [order]);

      await expect(
        storage.carts.commit({ ...cart, modifiedBy: 'x' }, second?.etag ?? '', [order]),
      ).rejects.toThrow(WriteRejectedError);

      expect(await storage.carts.read(cart)).toEqual({ cart, etag: second?.etag });
    });
  });

  describeOrders(name, () => storage);

  describe(`the due index: ${name}`, () => {
    const hint = (atMs: number): DueEntry => ({
      atMs,
      tenant: randomUUID(),
      customer: randomUUID(),
      cartId: randomUUID(),
    });
    const dueAt = async (untilMs: number, among: DueEntry[]) => {
      const ids = new Set(among.map(({ cartId }) => cartId));
      const found: DueEntry[] = [];
      for await (const due of storage.due.due(untilMs)) {
        if ('cartId' in due && ids.has(due.cartId)) found.push(due);
      }
      return found.sort((a, b) => a.atMs - b.atMs);
    };

    it('returns every entry up to a time, to the millisecond, over hours and shards, and no other', async () => {
      const hour = Date.UTC(2026, 0, 5, 10);
      const early = [-7_200_000, -3_600_000, -1, 0, 1, 59_999, 60_000].map((offset) => hint(hour + offset));
      const late = [60_001, 3_600_000, 86_400_000].map((offset) => hint(hour + offset));
      await Promise.all([...early, ...late].map((one) => storage.due.put(one)));

      expect(await dueAt(hour + 60_000, [...early, ...late])).toEqual(early);
    });

    it('stores the same entry once', async () => {
      const twice = hint(Date.UTC(2026, 0, 6));
      await storage.due.put(twice);
      await storage.due.put(twice);

      expect(await dueAt(twice.atMs, [twice])).toEqual([twice]);
    });

    it('deletes an entry, also when it is deleted twice', async () => {
      const once = hint(Date.UTC(2026, 0, 7));
      await storage.due.put(once);
      await storage.due.remove(once);
      await storage.due.remove(once);

      expect(await dueAt(once.atMs, [once])).toEqual([]);
    });

    it('returns more entries than fit in a page', async () => {
      const many = Array.from({ length: 1_200 }, (_, n) => hint(Date.UTC(2026, 0, 8) + n));
      for (let i = 0; i < many.length; i += 50)
        await Promise.all(many.slice(i, i + 50).map((one) => storage.due.put(one)));

      expect(await dueAt(Date.UTC(2026, 0, 9), many)).toEqual(many);
    });
  });
}
