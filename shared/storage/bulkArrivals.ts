/**
 * Items of a bulk order that come one by one. How many a lane has stands in a row of its own, its tail, so that
 * whoever appends to a lane does not get in the way of whoever works it off; a reference comes once.
 */
import type { TransactionAction } from '@azure/data-tables';
import { type BulkKey, type BulkOrder, MAX_ITEMS } from '../bulk/bulkOrder.ts';
import { itemAt, lengthInList } from '../bulk/lane.ts';
import type { Arrival, ArrivedItem, BulkArrivalStore } from '../bulk/ports.ts';
import { toItemsRow } from './bulkRows.ts';
import { bulkPartKeys, bulkPartNumber, bulkPartRange, bulkReferenceKeys } from './keys.ts';
import { readRange, readRow } from './rows.ts';
import { type Table, unless } from './tables.ts';

const LOST = [409, 412];
/** How often an item is appended anew, when others were faster. */
const TRIES = 8;

/** Appends items on a table. */
export const arrivalStore = (table: Table): BulkArrivalStore => ({
  async append(order, arrived) {
    for (let n = 0; n < TRIES; n++) {
      const known = await knownArrival(table, order, arrived);
      if (known) return known;
      const appended = await appendOnce(table, order, arrived);
      if (appended) return appended;
    }
    return { kind: 'busy' };
  },
});

/** What is known of the reference, if it has come before. */
async function knownArrival(table: Table, key: BulkKey, arrived: ArrivedItem): Promise<Arrival | undefined> {
  const row = await readRow(table, bulkReferenceKeys(key, arrived.referenceHash));
  if (!row) return undefined;
  return row.contentHash === arrived.contentHash
    ? { kind: 'repeated', n: Number(row.n) }
    : { kind: 'different' };
}

/** `undefined` when somebody else has appended to the lane, or an item of this reference. */
async function appendOnce(
  table: Table,
  order: BulkOrder,
  { item, lane, referenceHash, contentHash }: ArrivedItem,
): Promise<Arrival | undefined> {
  const tail = await readRow(table, bulkPartKeys(order, 'tail', lane));
  if (!tail) throw new Error(`Bulk order ${order.bulkOrderId} has no tail of lane ${lane}.`);
  const length = Number(tail.length);
  const n = itemAt(order, lane, length);
  if (n >= MAX_ITEMS) return { kind: 'full' };
  const actions: TransactionAction[] = [
    ['update', toTailRow(order, lane, length + 1), 'Replace', { etag: tail.etag }],
    ['create', toItemsRow(order, 'block', n, [{ ...item, index: n }])],
    ['create', { ...bulkReferenceKeys(order, referenceHash), rowVersion: 1, n, contentHash }],
  ];
  const written = await table.run((client, abortSignal) =>
    unless(LOST, client.submitTransaction(actions, { abortSignal })),
  );
  return written && { kind: 'appended', n };
}

/** The tails of a new bulk order; a list has none, because its lanes follow from its number of items. */
export const tailRows = (order: BulkOrder) =>
  order.source === 'list'
    ? []
    : Array.from({ length: order.lanes }, (_, number) => toTailRow(order, number, 0));

const toTailRow = (key: BulkKey, number: number, length: number) => ({
  ...bulkPartKeys(key, 'tail', number),
  rowVersion: 1,
  length,
});

/** How many items a lane has. */
export async function lengthOf(table: Table, order: BulkOrder, number: number): Promise<number> {
  if (order.source === 'list') return lengthInList(order, number);
  return Number((await readRow(table, bulkPartKeys(order, 'tail', number)))?.length ?? 0);
}

/** The same for all lanes at once. */
export async function lengthsOf(table: Table, order: BulkOrder): Promise<(number: number) => number> {
  if (order.source === 'list') return (number) => lengthInList(order, number);
  const range = bulkPartRange(order, 'tail', 0, order.lanes - 1);
  const tails = await readRange(
    table,
    range,
    (row) => [bulkPartNumber(String(row.rowKey)), Number(row.length)] as const,
  );
  const lengths = new Map(tails);
  return (number) => lengths.get(number) ?? 0;
}
