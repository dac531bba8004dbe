/**
 * The guarantees of storage that the protocols rely on, as a suite for any implementation: Azurite through the real SDK,
 * and the implementation in memory.
 */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { WriteRejectedError } from '../../shared/errors.ts';
import type { CartStore, DueEntry, DueIndex, OrderStore } from '../../shared/ports.ts';
import { DUE_SHARDS } from '../../shared/storage/keys.ts';
import { ODD_CHARACTERS } from './oddCharacters.ts';
import { describeOrders, ordersIn } from './orders.ts';
import { sampleCart, sampleOrder } from './samples.ts';

export interface Storage {
  carts: CartStore;
  orders: OrderStore;
  due: DueIndex;
}

const NOW = Date.UTC(2026, 10, 21, 12, 30);
const DAY = 86_400_000;
/** How many due entries the storage reads at a time: few, so that a test can exceed it in each shard. */
export const DUE_PAGE_SIZE = 20;

/** The suite. `open` returns a storage that nothing else uses. */
export function describeStorage(name: string, open: () => Promise<Storage>): void {
  let storage: Storage;
  beforeAll(async () => {
    storage = await open();
  });

  describe(`The cart store: ${name}`, () => {
    it.each([1, 10, 200])('A cart of %i line items is read back unchanged', async (lines) => {
      const cart = sampleCart(NOW, lines);

      const inserted = await storage.carts.insert(cart);

      expect(await storage.carts.read(cart)).toEqual({ cart, etag: inserted?.etag });
    });

    it.each(ODD_CHARACTERS)(
      'A cart and its order with %s in their text are committed in one transaction',
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

    it('Reading an unknown key returns nothing', async () => {
      expect(await storage.carts.read(sampleCart(NOW))).toBeUndefined();
    });

    it('A key is inserted once, even by two concurrent inserts', async () => {
      const cart = sampleCart(NOW);

      const inserted = await Promise.all([storage.carts.insert(cart), storage.carts.insert(cart)]);

      expect(inserted.filter(Boolean)).toHaveLength(1);
    });

    it('A cart is replaced completely, and only at the version that was read', async () => {
      const cart = sampleCart(NOW, 200);
      const first = await storage.carts.insert(cart);
      const smaller = { ...cart, lineItems: cart.lineItems.slice(0, 1) };

      const second = await storage.carts.replace(smaller, first?.etag ?? '');
      const late = await storage.carts.replace(cart, first?.etag ?? '');

      expect(late).toBeUndefined();
      expect(await storage.carts.read(cart)).toEqual({ cart: smaller, etag: second?.etag });
    });

    it('One of many concurrent writes of a version is accepted', async () => {
      const cart = sampleCart(NOW);
      const etag = (await storage.carts.insert(cart))?.etag ?? '';

      const written = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          storage.carts.replace({ ...cart, modifiedBy: `writer ${n}` }, etag),
        ),
      );

      expect(written.filter(Boolean)).toHaveLength(1);
    });

    it('A purged cart cannot be replaced', async () => {
      const cart = sampleCart(NOW);
      const etag = (await storage.carts.insert(cart))?.etag ?? '';
      await storage.carts.purge(cart, etag);

      expect(await storage.carts.replace(cart, etag)).toBeUndefined();
      expect(await storage.carts.commit(cart, etag, [])).toBeUndefined();
    });

    it('A cart is returned only for its partner tenant and customer', async () => {
      const cart = sampleCart(NOW);
      await storage.carts.insert(cart);

      for (const another of [{ tenant: randomUUID() }, { customer: randomUUID() }]) {
        expect(await storage.carts.read({ ...cart, ...another })).toBeUndefined();
        expect(await storage.carts.insert({ ...cart, ...another })).toBeDefined();
      }
    });

    it('A cart is purged only at the version that was read', async () => {
      const cart = sampleCart(NOW);
      const etag = (await storage.carts.insert(cart))?.etag ?? '';
      await storage.carts.replace({ ...cart, modifiedBy: 'another' }, etag);

      await storage.carts.purge(cart, etag);

      expect(await storage.carts.read(cart)).toBeDefined();
    });
  });

  describe(`The transaction of cart and orders: ${name}`, () => {
    it('A commit writes the cart and every order', async () => {
      const cart = sampleCart(NOW);
      const etag = (await storage.carts.insert(cart))?.etag ?? '';
      const orders = [sampleOrder(cart, 'aaaaaaaaaaaa', NOW), sampleOrder(cart, 'bbbbbbbbbbbb', NOW + 1)];

      const written = await storage.carts.commit({ ...cart, modifiedBy: 'checkout' }, etag, orders);

      expect((await storage.carts.read(cart))?.etag).toBe(written?.etag);
      expect(await ordersIn(storage, cart)).toEqual(orders);
      expect(await storage.orders.read(cart.tenant, cart.customer, 'aaaaaaaaaaaa')).toEqual(orders[0]);
    });

    it('A commit writes nothing when the cart has changed meanwhile', async () => {
      const cart = sampleCart(NOW);
      const etag = (await storage.carts.insert(cart))?.etag ?? '';
      await storage.carts.replace({ ...cart, modifiedBy: 'another' }, etag);

      const written = await storage.carts.commit(cart, etag, [sampleOrder(cart, 'cccccccccccc', NOW)]);

      expect(written).toBeUndefined();
      expect(await ordersIn(storage, cart)).toEqual([]);
    });

    it('A commit with an existing order is rejected and leaves the cart unchanged', async () => {
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

  describe(`The due index: ${name}`, () => {
    const entryAt = (atMs: number): DueEntry => ({
      atMs,
      tenant: randomUUID(),
      customer: randomUUID(),
      cartId: randomUUID(),
    });
    const isOneOf = (entries: readonly DueEntry[], { cartId }: DueEntry) =>
      entries.some((entry) => entry.cartId === cartId);
    const dueAt = async (untilMs: number, among: DueEntry[]) => {
      const ids = new Set(among.map(({ cartId }) => cartId));
      const found: DueEntry[] = [];
      for await (const due of storage.due.due(untilMs)) {
        if ('cartId' in due && ids.has(due.cartId)) found.push(due);
      }
      return found.sort((a, b) => a.atMs - b.atMs);
    };

    it('The due index returns exactly the entries up to a time, to the millisecond, across hours and shards', async () => {
      const hour = Date.UTC(2026, 0, 5, 10);
      const early = [-7_200_000, -3_600_000, -1, 0, 1, 59_999, 60_000].map((offset) =>
        entryAt(hour + offset),
      );
      const late = [60_001, 3_600_000, 86_400_000].map((offset) => entryAt(hour + offset));
      await Promise.all([...early, ...late].map((one) => storage.due.put(one)));

      expect(await dueAt(hour + 60_000, [...early, ...late])).toEqual(early);
    });

    it('The same due entry is stored once', async () => {
      const twice = entryAt(Date.UTC(2026, 0, 6));
      await storage.due.put(twice);
      await storage.due.put(twice);

      expect(await dueAt(twice.atMs, [twice])).toEqual([twice]);
    });

    it('A due entry can be deleted twice', async () => {
      const once = entryAt(Date.UTC(2026, 0, 7));
      await storage.due.put(once);
      await storage.due.remove(once);
      await storage.due.remove(once);

      expect(await dueAt(once.atMs, [once])).toEqual([]);
    });

    it('A stretch of the due index has the entries of its shard between two times, both included, across hours', async () => {
      const hour = Date.UTC(2026, 0, 9, 10);
      const entries = [-3_600_001, -3_600_000, -1, 0, 3_600_000, 3_600_001].map((offset) =>
        entryAt(hour + offset),
      );
      await Promise.all(entries.map((one) => storage.due.put(one)));
      const shards = new Map<number, DueEntry[]>();
      for await (const { shard, entries: read } of storage.due.read(hour + DAY)) {
        const own = read.filter((one): one is DueEntry => 'cartId' in one && isOneOf(entries, one));
        shards.set(shard, [...(shards.get(shard) ?? []), ...own]);
      }

      for (const [shard, expected] of shards) {
        const range = { shard, fromMs: hour - 3_600_000, toMs: hour + 3_600_000 };
        const found = await Array.fromAsync(storage.due.within(range));

        expect(found.filter((one) => 'cartId' in one && isOneOf(entries, one))).toEqual(
          expected.filter(({ atMs }) => atMs >= range.fromMs && atMs <= range.toMs),
        );
      }
      expect([...shards.values()].flat().length).toBe(entries.length);
    });

    it('The due index returns more entries than fit in a page', async () => {
      const pagesOfShard = 3;
      const count = DUE_SHARDS * DUE_PAGE_SIZE * pagesOfShard;
      const many = Array.from({ length: count }, (_, n) => entryAt(Date.UTC(2026, 0, 8) + n));
      for (let i = 0; i < many.length; i += 50)
        await Promise.all(many.slice(i, i + 50).map((one) => storage.due.put(one)));

      expect(await dueAt(Date.UTC(2026, 0, 9), many)).toEqual(many);
    });
  });
}
