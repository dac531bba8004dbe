/** What taking in items one by one relies on in storage, as a suite that any storage can be put through. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BulkKey, type BulkOrder, MAX_ITEMS } from '../../shared/bulk/bulkOrder.ts';
import type { AppendedItem, BulkStore } from '../../shared/bulk/bulkPorts.ts';
import { newLane } from '../../shared/bulk/lane.ts';
import { lanesFor } from '../../shared/bulk/partition.ts';
import { sampleBulkOrder } from './samples.ts';

const NOW = Date.UTC(2026, 10, 21, 12, 30);

/** The suite. `open` gives a storage that nothing else uses. */
export function describeArrivals(
  name: string,
  open: () => Promise<{ bulk: BulkStore; close(): Promise<void> }>,
): void {
  let storage: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    storage = await open();
  });
  afterAll(() => storage?.close());

  /** A bulk order of two lanes that waits for its items. */
  async function begun(): Promise<BulkOrder> {
    const order = sampleBulkOrder(NOW, { source: 'queue' });
    await storage.bulk.insert(order, [newLane(0), newLane(1)]);
    return order;
  }

  /** As the sweep does it, with what it has found. */
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

  describe(`items that come one by one: ${name}`, () => {
    it('stand in their lane in the order of their coming, and can be read', async () => {
      const order = await begun();

      const first = await append(order, 'first');
      const second = await append(order, 'second');
      const third = await append(order, 'third', { lane: 1 });

      expect([first, second, third]).toEqual([0, 2, 1].map((n) => ({ kind: 'appended', n })));
      expect(await storage.bulk.laneLength(order, 0)).toBe(2);
      expect((await storage.bulk.lanes(order)).map(({ length }) => length)).toEqual([2, 1]);
      expect((await storage.bulk.readLane(order, 1))?.length).toBe(1);
      expect(await storage.bulk.block(order, 2)).toMatchObject([{ reference: 'second', index: 2 }]);
    });

    it('are taken however many lanes there are', async () => {
      const cut = lanesFor(Number.POSITIVE_INFINITY, 256);
      const order = sampleBulkOrder(NOW, { source: 'queue', ...cut });
      const lanes = Array.from({ length: cut.lanes }, (_, number) => newLane(number));

      expect(await storage.bulk.insert(order, lanes)).toBeDefined();

      const lane = cut.lanes - 1;
      expect(await append(order, 'last lane', { lane })).toEqual({ kind: 'appended', n: lane });
    });

    it('are known again by their reference, and not taken twice', async () => {
      const order = await begun();
      await append(order, 'one');

      expect(await append(order, 'one')).toEqual({ kind: 'repeated', n: 0 });
      expect(await append(order, 'one', { contentHash: 'another' })).toEqual({ kind: 'different' });
      expect(await storage.bulk.laneLength(order, 0)).toBe(1);
    });

    it('are each taken once when all come at once', async () => {
      const order = await begun();
      const names = ['a', 'b', 'c', 'a', 'b', 'c'];

      const arrivals = await Promise.all(names.map((reference) => append(order, reference)));

      const kinds = arrivals.map(({ kind }) => kind).sort();
      expect(kinds).toEqual(['appended', 'appended', 'appended', 'repeated', 'repeated', 'repeated']);
      expect(await storage.bulk.laneLength(order, 0)).toBe(3);
    });

    it('do not get in the way of whoever works the lane off', async () => {
      const order = await begun();
      const read = await storage.bulk.readLane(order, 0);
      await append(order, 'meanwhile');

      const written = await storage.bulk.writeLane(order, { ...newLane(0), cursor: 0 }, read?.etag ?? '', []);

      expect(written).toBeDefined();
    });

    it('keep the bulk order that was found without them', async () => {
      const order = await begun();
      const stored = await storage.bulk.read(order);
      const found = stored && { ...stored, lanes: await storage.bulk.lanes(order) };
      await append(order, 'meanwhile', { lane: 1 });

      expect(await storage.bulk.purge(order, found)).toBe(false);

      expect(await storage.bulk.read(order)).toEqual(stored);
      expect((await storage.bulk.lanes(order)).map(({ length }) => length)).toEqual([0, 1]);
      expect(await append(order, 'later')).toMatchObject({ kind: 'appended' });
    });

    it('wait when the bulk order is gone that they were read for', async () => {
      const order = await begun();
      await purge(order);

      expect(await append(order, 'late')).toEqual({ kind: 'busy' });
      expect(await storage.bulk.read(order)).toBeUndefined();
    });

    it('are taken by the next lane when theirs is full, and known there again', async () => {
      const begunWith = await begun();
      const order = { ...begunWith, lanes: MAX_ITEMS }; // so many that each has room for one item

      expect(await append(order, 'one')).toEqual({ kind: 'appended', n: 0 });
      expect(await append(order, 'two')).toEqual({ kind: 'appended', n: 1 });
      expect(await append(order, 'two')).toEqual({ kind: 'repeated', n: 1 });
      expect(await append(order, 'two', { contentHash: 'another' })).toEqual({ kind: 'different' });
      expect(await storage.bulk.laneLength(order, 0)).toBe(1);
      expect(await storage.bulk.laneLength(order, 1)).toBe(1);
    });

    it('go with the bulk order when its time is over', async () => {
      const order = await begun();
      await append(order, 'one');

      await purge(order);
      await storage.bulk.insert(order, [newLane(0), newLane(1)]);

      expect(await append(order, 'one')).toEqual({ kind: 'appended', n: 0 });
    });
  });
}
