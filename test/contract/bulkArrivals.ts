/** The guarantees of storage that bulk appends rely on, as a suite for any storage. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BulkKey, type BulkOrder, MAX_ITEMS } from '../../shared/bulk/bulkOrder.ts';
import type { AppendedItem, BulkStore } from '../../shared/bulk/bulkPorts.ts';
import { newLane } from '../../shared/bulk/lane.ts';
import { lanesFor } from '../../shared/bulk/partition.ts';
import { sampleBulkOrder } from './samples.ts';

const NOW = Date.UTC(2026, 10, 21, 12, 30);

/** The suite. `open` returns a storage that nothing else uses. */
export function describeArrivals(name: string, open: () => Promise<{ bulk: BulkStore }>): void {
  let storage: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    storage = await open();
  });

  /** Inserts a bulk order of two lanes without items. */
  async function newBulkOrder(): Promise<BulkOrder> {
    const order = sampleBulkOrder(NOW, { source: 'queue' });
    await storage.bulk.insert(order, [newLane(0), newLane(1)]);
    return order;
  }

  /** Purges a bulk order in the state that it has now, as the sweeper does. */
  async function purge(key: BulkKey): Promise<boolean> {
    const stored = await storage.bulk.read(key);
    return storage.bulk.purge(key, stored && { ...stored, lanes: await storage.bulk.lanes(stored.order) });
  }

  const append = (order: BulkOrder, reference: string, more: Partial<AppendedItem> = {}) =>
    storage.bulk.append(order, {
      item: { reference, customer: randomUUID(), cartId: randomUUID() },
      lane: 0,
      referenceHash: reference,
      contentHash: `content of ${reference}`,
      ...more,
    });

  describe(`Bulk appends: ${name}`, () => {
    it('Appended items are added to their lane in order, and can be read', async () => {
      const order = await newBulkOrder();

      const first = await append(order, 'first');
      const second = await append(order, 'second');
      const third = await append(order, 'third', { lane: 1 });

      expect([first, second, third]).toEqual([0, 2, 1].map((n) => ({ kind: 'appended', n })));
      expect(await storage.bulk.laneLength(order, 0)).toBe(2);
      expect((await storage.bulk.lanes(order)).map(({ length }) => length)).toEqual([2, 1]);
      expect((await storage.bulk.readLane(order, 1))?.length).toBe(1);
      expect(await storage.bulk.block(order, 2)).toMatchObject([{ reference: 'second', index: 2 }]);
    });

    it('An item can be appended to any number of lanes', async () => {
      const layout = lanesFor(Number.POSITIVE_INFINITY, 256);
      const order = sampleBulkOrder(NOW, { source: 'queue', ...layout });
      const lanes = Array.from({ length: layout.lanes }, (_, number) => newLane(number));

      expect(await storage.bulk.insert(order, lanes)).toBeDefined();

      const lane = layout.lanes - 1;
      expect(await append(order, 'last lane', { lane })).toEqual({ kind: 'appended', n: lane });
    });

    it('An item with a known reference is not appended again', async () => {
      const order = await newBulkOrder();
      await append(order, 'one');

      expect(await append(order, 'one')).toEqual({ kind: 'repeated', n: 0 });
      expect(await append(order, 'one', { contentHash: 'another' })).toEqual({ kind: 'different' });
      expect(await storage.bulk.laneLength(order, 0)).toBe(1);
    });

    it('Each of several items that are appended concurrently is appended once', async () => {
      const order = await newBulkOrder();
      const names = ['a', 'b', 'c', 'a', 'b', 'c'];

      const results = await Promise.all(names.map((reference) => append(order, reference)));

      const kinds = results.map(({ kind }) => kind).sort();
      expect(kinds).toEqual(['appended', 'appended', 'appended', 'repeated', 'repeated', 'repeated']);
      expect(await storage.bulk.laneLength(order, 0)).toBe(3);
    });

    it('An append does not conflict with the worker that processes the lane', async () => {
      const order = await newBulkOrder();
      const read = await storage.bulk.readLane(order, 0);
      await append(order, 'meanwhile');

      const written = await storage.bulk.writeLane(order, { ...newLane(0), cursor: 0 }, read?.etag ?? '', []);

      expect(written).toBeDefined();
    });

    it('A bulk order is not purged if an item was appended after the sweeper read it', async () => {
      const order = await newBulkOrder();
      const stored = await storage.bulk.read(order);
      const found = stored && { ...stored, lanes: await storage.bulk.lanes(order) };
      await append(order, 'meanwhile', { lane: 1 });

      expect(await storage.bulk.purge(order, found)).toBe(false);

      expect(await storage.bulk.read(order)).toEqual(stored);
      expect((await storage.bulk.lanes(order)).map(({ length }) => length)).toEqual([0, 1]);
      expect(await append(order, 'later')).toMatchObject({ kind: 'appended' });
    });

    it('An append to a bulk order that has been purged is deferred', async () => {
      const order = await newBulkOrder();
      await purge(order);

      expect(await append(order, 'late')).toEqual({ kind: 'busy' });
      expect(await storage.bulk.read(order)).toBeUndefined();
    });

    it('An item is appended to the next lane if its lane is full, and is recognized there', async () => {
      const inserted = await newBulkOrder();
      const order = { ...inserted, lanes: MAX_ITEMS }; // So many that each has room for one item.

      expect(await append(order, 'one')).toEqual({ kind: 'appended', n: 0 });
      expect(await append(order, 'two')).toEqual({ kind: 'appended', n: 1 });
      expect(await append(order, 'two')).toEqual({ kind: 'repeated', n: 1 });
      expect(await append(order, 'two', { contentHash: 'another' })).toEqual({ kind: 'different' });
      expect(await storage.bulk.laneLength(order, 0)).toBe(1);
      expect(await storage.bulk.laneLength(order, 1)).toBe(1);
    });

    it('A purge of a bulk order deletes its appended items', async () => {
      const order = await newBulkOrder();
      await append(order, 'one');

      await purge(order);
      await storage.bulk.insert(order, [newLane(0), newLane(1)]);

      expect(await append(order, 'one')).toEqual({ kind: 'appended', n: 0 });
    });
  });
}
