/** The guarantees of storage that bulk ordering relies on, as a suite for any storage. */
import { randomBytes, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BulkItem, BulkKey, BulkOrder, ItemOutcome, RejectedItem } from '../../shared/bulk/bulkOrder.ts';
import type { BulkList, BulkStore, FoundBulkOrder } from '../../shared/bulk/bulkPorts.ts';
import { newLane } from '../../shared/bulk/lane.ts';
import { blocksOf, MAX_ITEM_BYTES } from '../../shared/bulk/partition.ts';
import { line } from '../support/samples.ts';
import { sampleBulkOrder } from './samples.ts';

const NOW = Date.UTC(2026, 10, 21, 12, 30);
const LANES = [newLane(0), newLane(1)];

const itemOf = (index: number): BulkItem => ({
  index,
  reference: `item ${index}`,
  customer: randomUUID(),
  cartId: randomUUID(),
  draft: { lineItems: [line()] },
});

const outcomeOf = (n: number, state: ItemOutcome['state'] = 'succeeded'): ItemOutcome => ({
  n,
  index: n,
  reference: `item ${n}`,
  customer: randomUUID(),
  cartId: randomUUID(),
  state,
  orders: state === 'succeeded' ? [{ id: `order ${n}`, orderGroupId: '0' }] : [],
  errors: state === 'succeeded' ? [] : [{ code: '3029', description: 'No credit.' }],
  startedMs: NOW,
  endedMs: NOW + 1,
});

const rejectedOf = (index: number): RejectedItem => ({
  index,
  problems: [{ path: 'customerId', message: 'should be a GUID' }],
});

/** The suite. `open` returns a storage that nothing else uses. */
export function describeBulk(name: string, open: () => Promise<{ bulk: BulkStore; list: BulkList }>): void {
  let storage: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    storage = await open();
  });

  async function inserted(more: Partial<BulkOrder> = {}): Promise<{ order: BulkOrder; etag: string }> {
    const order = sampleBulkOrder(NOW, { accepted: 7, ...more });
    return { order, etag: (await storage.bulk.insert(order, LANES))?.etag ?? '' };
  }

  /** The bulk order as the sweeper reads it. */
  async function found(key: BulkKey): Promise<FoundBulkOrder | undefined> {
    const stored = await storage.bulk.read(key);
    return stored && { ...stored, lanes: await storage.bulk.lanes(stored.order) };
  }

  describe(`Bulk orders: ${name}`, () => {
    it('A bulk order is inserted once with its lanes, even by two concurrent inserts', async () => {
      const order = sampleBulkOrder(NOW, { accepted: 7 });

      const written = await Promise.all([
        storage.bulk.insert(order, LANES),
        storage.bulk.insert({ ...order, reference: 'other' }, LANES),
      ]);

      const [first, ...others] = written.filter(Boolean);
      expect(others).toEqual([]);
      expect(await storage.bulk.read(order)).toEqual(first);
      expect(await storage.bulk.lanes(order)).toEqual([
        { lane: newLane(0), length: 4 },
        { lane: newLane(1), length: 3 },
      ]);
    });

    it('A bulk order that was not inserted cannot be read or replaced', async () => {
      const order = sampleBulkOrder(NOW);

      expect(await storage.bulk.read(order)).toBeUndefined();
      expect(await storage.bulk.readLane(order, 0)).toBeUndefined();
      expect(
        await storage.bulk.replace(order, 'W/"datetime\'2026-11-21T12%3A30%3A00.0000000Z\'"'),
      ).toBeUndefined();
    });

    it('A bulk order is replaced only at the version that was read', async () => {
      const { order, etag } = await inserted();

      const second = await storage.bulk.replace({ ...order, state: 'cancelling' }, etag);
      const late = await storage.bulk.replace({ ...order, state: 'stopping' }, etag);

      expect(late).toBeUndefined();
      expect(await storage.bulk.read(order)).toEqual({
        order: { ...order, state: 'cancelling' },
        etag: second?.etag,
      });
    });
  });

  describe(`Lanes: ${name}`, () => {
    it('A lane is written together with the outcomes of its items, only at the version that was read', async () => {
      const { order } = await inserted();
      const { etag = '' } = (await storage.bulk.readLane(order, 0)) ?? {};
      const begun = { ...newLane(0), cursor: 1, leaseUntilMs: NOW };

      const second = await storage.bulk.writeLane(order, begun, etag, [outcomeOf(0)]);
      const late = await storage.bulk.writeLane(order, newLane(0), etag, [outcomeOf(2, 'failed')]);

      expect(late).toBeUndefined();
      expect(await storage.bulk.readLane(order, 0)).toEqual({ lane: begun, length: 4, etag: second });
      expect((await storage.bulk.outcomes(order, { from: 0, to: 9 })).map(({ n }) => n)).toEqual([0]);
    });

    it('One of many writers of a version of a lane succeeds, and other lanes are not affected', async () => {
      const { order } = await inserted();
      const { etag = '' } = (await storage.bulk.readLane(order, 0)) ?? {};
      const other = (await storage.bulk.readLane(order, 1))?.etag ?? '';

      const written = await Promise.all(
        Array.from({ length: 6 }, (_, n) =>
          storage.bulk.writeLane(order, { ...newLane(0), cursor: n }, etag, []),
        ),
      );

      expect(written.filter(Boolean)).toHaveLength(1);
      expect(await storage.bulk.writeLane(order, newLane(1), other, [])).toBeDefined();
    });

    it('An item has only its latest outcome', async () => {
      const { order } = await inserted();
      const { etag = '' } = (await storage.bulk.readLane(order, 0)) ?? {};
      const [failed, succeeded] = [outcomeOf(0, 'failed'), outcomeOf(0)];

      const second = await storage.bulk.writeLane(order, newLane(0), etag, [failed]);
      await storage.bulk.writeLane(order, newLane(0), second ?? '', [succeeded]);

      expect(await storage.bulk.outcomes(order, { from: 0, to: 0 })).toEqual([succeeded]);
    });
  });

  describe(`Items of a bulk order: ${name}`, () => {
    it('Items are read back block by block, even if they were written twice', async () => {
      const order = sampleBulkOrder(NOW, { blockSize: 100 });
      const items = Array.from({ length: 250 }, (_, index) => itemOf(index));
      const rejected = Array.from({ length: 150 }, (_, n) => rejectedOf(250 + n));

      for (let n = 0; n < 2; n++) {
        await storage.bulk.putList(order, { blocks: blocksOf(items, 100), rejected });
      }

      expect(await storage.bulk.block(order, 100)).toEqual(items.slice(100, 200));
      expect(await storage.bulk.block(order, 200)).toEqual(items.slice(200));
      expect(await storage.bulk.block(order, 300)).toEqual([]);
      expect(await storage.bulk.rejected(order)).toEqual(rejected);
    });

    it('Items of the maximum size that hardly compress are read back', async () => {
      const order = sampleBulkOrder(NOW, { blockSize: 1 });
      const letters = (count: number) => randomBytes(count).toString('base64url').slice(0, count);
      const provisioningContext = { scope: letters(MAX_ITEM_BYTES - 1_024) };
      const draft = { lineItems: [line({ provisioningContext })] };
      const items = [0, 1, 2, 3, 4, 5].map((index) => ({ ...itemOf(index), draft }));
      const problem = () => ({ path: letters(256), message: letters(256) });
      const rejected = Array.from({ length: 100 }, (_, n) => ({
        index: 6 + n,
        reference: letters(128),
        problems: Array.from({ length: 5 }, problem),
      }));

      await storage.bulk.putList(order, { blocks: blocksOf(items, 1), rejected });

      expect(await storage.bulk.block(order, 5)).toEqual(items.slice(5));
      expect(await storage.bulk.rejected(order)).toEqual(rejected);
    });

    it('Outcomes are read in the order of the item numbers, filtered by range and state', async () => {
      const { order } = await inserted({ accepted: 3_000 });
      const { etag = '' } = (await storage.bulk.readLane(order, 0)) ?? {};
      const outcomes = [1_000, 2, 10, 98, 9].map((n) => outcomeOf(n, n % 2 ? 'failed' : 'succeeded'));
      await storage.bulk.writeLane(order, newLane(0), etag, outcomes);

      const of = async (range: Parameters<BulkStore['outcomes']>[1]) =>
        (await storage.bulk.outcomes(order, range)).map(({ n }) => n);
      expect(await of({ from: 0, to: 99_999 })).toEqual([2, 9, 10, 98, 1_000]);
      expect(await of({ from: 9, to: 98 })).toEqual([9, 10, 98]);
      expect(await of({ from: 0, to: 99_999, state: 'failed' })).toEqual([9]);
      expect(await storage.bulk.failed(order, { from: 0, to: 9 })).toEqual([9]);
      expect(await storage.bulk.failed(order, { from: 10, to: 99_999 })).toEqual([]);
    });
  });

  describe(`The list of a partner tenant: ${name}`, () => {
    it('The list of a partner tenant has its bulk orders page by page, the newest first, and none of other tenants', async () => {
      const tenant = randomUUID();
      const orders = [0, 1, 2, 3, 4].map((n) => sampleBulkOrder(NOW + n, { tenant }));
      for (const order of [...orders, sampleBulkOrder(NOW)]) await storage.list.put(order);
      await storage.list.put(orders[2] as BulkOrder);

      const first = await storage.list.page(tenant, { most: 2 });
      const second = await storage.list.page(tenant, { most: 2, after: first.next });
      const third = await storage.list.page(tenant, { most: 2, after: second.next });

      const ids = [first, second, third].flatMap(({ keys }) => keys.map(({ bulkOrderId }) => bulkOrderId));
      expect(ids).toEqual(orders.map(({ bulkOrderId }) => bulkOrderId).reverse());
      expect(third.next).toBeUndefined();
    });
  });

  describe(`Reservations: ${name}`, () => {
    it('A list has one reservation, which the insert of the bulk order replaces', async () => {
      const order = sampleBulkOrder(NOW, { accepted: 7 });

      const reservation = await storage.bulk.reserve(order);

      expect(reservation).toBeDefined();
      expect(await storage.bulk.reserve(order)).toBe(reservation);
      expect(await storage.bulk.read(order)).toBeUndefined();
      expect(await storage.bulk.insert(order, LANES)).toBeUndefined();
      expect(await storage.bulk.insert(order, LANES, reservation)).toMatchObject({ order });
      expect(await storage.bulk.insert(order, LANES, reservation)).toBeUndefined();
      expect(await storage.bulk.reserve(order)).toBeUndefined();
    });

    it('A purged list cannot become a bulk order until it is reserved again', async () => {
      const order = sampleBulkOrder(NOW, { accepted: 1 });
      const list = { blocks: blocksOf([itemOf(0)], 1), rejected: [] };
      const reservation = await storage.bulk.reserve(order);
      await storage.bulk.putList(order, list);

      expect(await storage.bulk.purge(order, undefined)).toBe(true);
      expect(await storage.bulk.insert(order, LANES, reservation)).toBeUndefined();
      expect(await storage.bulk.block(order, 0)).toEqual([]);

      const another = await storage.bulk.reserve(order);
      expect(await storage.bulk.insert(order, LANES, reservation)).toBeUndefined();
      expect(await storage.bulk.insert(order, LANES, another)).toBeDefined();
    });
  });

  describe(`Purges of bulk orders: ${name}`, () => {
    it('A bulk order that was inserted after the sweeper read it is not purged', async () => {
      const { order } = await inserted();
      await storage.bulk.putList(order, { blocks: blocksOf([itemOf(0)], 1), rejected: [] });

      expect(await storage.bulk.purge(order, undefined)).toBe(false);

      expect(await storage.bulk.read(order)).toMatchObject({ order });
      expect(await storage.bulk.lanes(order)).toHaveLength(2);
      expect(await storage.bulk.block(order, 0)).toHaveLength(1);
    });

    it('A bulk order that changed after the sweeper read it is not purged', async () => {
      const { order, etag } = await inserted();
      const before = await found(order);
      await storage.bulk.replace({ ...order, generation: 2 }, etag);

      expect(await storage.bulk.purge(order, before)).toBe(false);

      expect((await storage.bulk.read(order))?.order.generation).toBe(2);
      expect(await storage.bulk.lanes(order)).toHaveLength(2);
    });
  });

  it(`A purge deletes every row of a bulk order, and can be repeated: ${name}`, async () => {
    const { order } = await inserted();
    const { etag = '' } = (await storage.bulk.readLane(order, 0)) ?? {};
    await storage.list.put(order);
    await storage.bulk.putList(order, { blocks: blocksOf([itemOf(0)], 1), rejected: [rejectedOf(1)] });
    await storage.bulk.writeLane(order, newLane(0), etag, [outcomeOf(0)]);

    for (let n = 0; n < 2; n++) expect(await storage.bulk.purge(order, await found(order))).toBe(true);

    expect(await storage.bulk.read(order)).toBeUndefined();
    expect(await storage.bulk.lanes(order)).toEqual([]);
    expect(await storage.bulk.block(order, 0)).toEqual([]);
    expect(await storage.bulk.rejected(order)).toEqual([]);
    expect(await storage.bulk.outcomes(order, { from: 0, to: 9 })).toEqual([]);
    expect((await storage.list.page(order.tenant, { most: 9 })).keys).toEqual([]);
  });
}
