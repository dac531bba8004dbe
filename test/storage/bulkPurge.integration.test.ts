/** A purge of a bulk order with concurrent operations: a submission, a queued item, another purge. */
import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { BulkItem, BulkOrder } from '../../shared/bulk/bulkOrder.ts';
import type { BulkStore, FoundBulkOrder } from '../../shared/bulk/bulkPorts.ts';
import { newLane } from '../../shared/bulk/lane.ts';
import { blocksOf } from '../../shared/bulk/partition.ts';
import { bulkList } from '../../shared/storage/bulkList.ts';
import { bulkStore } from '../../shared/storage/bulkStore.ts';
import { bulkPartRange, TABLES } from '../../shared/storage/keys.ts';
import { readRange } from '../../shared/storage/rows.ts';
import { Table } from '../../shared/storage/tables.ts';
import { sampleBulkOrder } from '../contract/samples.ts';
import { newStorageAccount } from '../support/storageAccount.ts';

const NOW = Date.UTC(2026, 10, 21, 12, 30);
const COUNT = 250;
const LANES = [newLane(0), newLane(1)];
/** The number of the operation of a purge before which some rows are deleted and some are left. */
const MIDDLE_OPERATION = 7;

const items = Array.from(
  { length: COUNT },
  (_, index): BulkItem => ({
    index,
    reference: `item ${index}`,
    customer: randomUUID(),
    cartId: randomUUID(),
  }),
);
const list = { blocks: blocksOf(items, 1), rejected: [] };

let table: Table;
let bulk: BulkStore;
let order: BulkOrder;
beforeAll(async () => {
  table = new Table(await newStorageAccount(), TABLES.bulk);
  bulk = bulkStore(table);
});
beforeEach(() => {
  order = sampleBulkOrder(NOW, { accepted: COUNT });
});

/** Purges the bulk order and runs `act` in the middle of it. */
function purgeWhile(act: () => Promise<unknown>, found?: FoundBulkOrder): Promise<boolean> {
  let operations = 0;
  const watched: Pick<Table, 'run'> = {
    async run(operation) {
      if (++operations === MIDDLE_OPERATION) await act();
      return table.run(operation);
    },
  };
  return bulkStore(watched as Table).purge(order, found);
}

async function store(): Promise<FoundBulkOrder> {
  const reservation = await bulk.reserve(order);
  await bulk.putList(order, list);
  const stored = await bulk.insert(order, LANES, reservation);
  if (!stored) throw new Error('The bulk order was not stored.');
  return { ...stored, lanes: await bulk.lanes(order) };
}

/** The number of blocks that are stored. */
async function blocks(): Promise<number> {
  const rows = await readRange(table, bulkPartRange(order, 'block', 0, COUNT), ({ rowKey }) => rowKey);
  return rows.length;
}

it('A bulk order cannot be stored before its purge has ended', async () => {
  const found = await store();
  let left = 0;

  const isDone = await purgeWhile(async () => {
    left = await blocks();
    expect(await bulk.reserve(order)).toBeUndefined();
    expect(await bulk.insert({ ...order, source: 'queue' }, LANES)).toBeUndefined();
    expect(await bulk.read(order)).toBeUndefined();
  }, found);

  expect(isDone).toBe(true);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(COUNT);
  expect(await blocks()).toBe(0);
  expect(await bulk.reserve(order)).toBeDefined();
});

it('A bulk order accepts no item during its purge', async () => {
  order = { ...order, source: 'queue' };
  await bulk.putList(order, list);
  const stored = await bulk.insert(order, LANES);
  const found = stored && { ...stored, lanes: await bulk.lanes(order) };

  const isDone = await purgeWhile(async () => {
    const [{ index: _, ...item } = {} as BulkItem] = items;
    const arrived = { item, lane: 0, referenceHash: 'one', contentHash: 'one' };
    expect(await bulk.append(order, arrived)).toEqual({ kind: 'busy' });
  }, found);

  expect(isDone).toBe(true);
});

it('A purge deletes nothing of a bulk order that was stored after another purge ended', async () => {
  await bulk.reserve(order);
  await bulk.putList(order, list);

  const isDone = await purgeWhile(async () => {
    expect(await bulk.purge(order, undefined)).toBe(true);
    await store();
  });

  expect(isDone).toBe(false);
  expect(await blocks()).toBe(COUNT);
  expect(await bulk.lanes(order)).toHaveLength(2);
});

it('A purge that takes too long stops, and the next one deletes the rest', async () => {
  const found = await store();
  const isDone = await purgeWhile(async () => {
    const laterMs = performance.now() + 60_000;
    vi.spyOn(performance, 'now').mockReturnValue(laterMs);
  }, found).finally(() => vi.restoreAllMocks());

  expect(isDone).toBe(false);
  expect(await bulk.reserve(order)).toBeUndefined();
  expect(await bulk.purge(order, undefined)).toBe(true);
  expect(await blocks()).toBe(0);
  expect(await bulk.reserve(order)).toBeDefined();
});

it('A purge deletes what an interrupted purge has left, with the entry in the partner’s list', async () => {
  const found = await store();
  await bulkList(table).put(order);
  const broken = purgeWhile(async () => {
    throw new Error('Crash.');
  }, found);
  await expect(broken).rejects.toThrow('Crash.');
  await bulkList(table).put(order); // as if the purge had been interrupted before this deletion

  expect(await bulk.purge(order, undefined)).toBe(true);

  expect(await blocks()).toBe(0);
  expect((await bulkList(table).page(order.tenant, { most: 9 })).keys).toEqual([]);
});
