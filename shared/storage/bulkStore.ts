/**
 * Bulk orders in Table Storage, each in its own partition, so that a lane and the outcomes of its items change
 * together. Every write states its precondition; when it does not hold, the write changes nothing and returns `undefined`.
 */
import type { TransactionAction } from '@azure/data-tables';
import { MAX_ITEMS } from '../bulk/bulkOrder.ts';
import type { BulkItemStore, BulkLaneStore, BulkStore } from '../bulk/bulkPorts.ts';
import { appendStore, lengthOf, lengthsOf, tailRows } from './bulkAppend.ts';
import { purgeBulkOrder } from './bulkPurge.ts';
import {
  fromBlockRow,
  fromBulkOrderRow,
  fromLaneRow,
  fromOutcomeRow,
  fromRejectedRow,
  lockStateOf,
  toBulkOrderRow,
  toItemsRow,
  toLaneRow,
  toLockRow,
  toOutcomeRow,
} from './bulkRows.ts';
import { bulkOrderKeys, bulkPartKeys, bulkPartNumber, bulkPartRange, LAST_NUMBER } from './keys.ts';
import { readRange, readRow } from './rows.ts';
import { type Table, undefinedOnStatus } from './tables.ts';
import { inTransactions } from './transactions.ts';

const EXISTS = [409];
const CHANGED = [412, 404];
/** How many rejected items are in a row; each has a few problems. */
const REJECTED_A_ROW = 100;

/** The bulk store on a table. */
export const bulkStore = (table: Table): BulkStore => ({
  ...laneStore(table),
  ...itemStore(table),
  ...appendStore(table),

  purge: (key, found) => purgeBulkOrder(table, key, found),
});

const laneStore = (table: Table): BulkLaneStore => ({
  async insert(order, lanes, reservation) {
    const row = toBulkOrderRow(order);
    const actions: TransactionAction[] = [
      reservation === undefined ? ['create', row] : ['update', row, 'Replace', { etag: reservation }],
      ...lanes.map((lane): TransactionAction => ['create', toLaneRow(order, lane)]),
      ...tailRows(order).map((tail): TransactionAction => ['create', tail]),
    ];
    const written = await table.run((client, abortSignal) =>
      undefinedOnStatus(
        reservation === undefined ? EXISTS : CHANGED,
        client.submitTransaction(actions, { abortSignal }),
      ),
    );
    return written && { order, etag: written.subResponses[0]?.etag ?? '' };
  },

  async read(key) {
    const row = await readRow(table, bulkOrderKeys(key));
    return row && !lockStateOf(row) ? { order: fromBulkOrderRow(row), etag: row.etag } : undefined;
  },

  async replace(order, etag) {
    const written = await table.run((client, abortSignal) =>
      undefinedOnStatus(
        CHANGED,
        client.updateEntity(toBulkOrderRow(order), 'Replace', { etag, abortSignal }),
      ),
    );
    return written && { order, etag: written.etag ?? '' };
  },

  async readLane(order, number) {
    const row = await readRow(table, bulkPartKeys(order, 'lane', number));
    return row && { lane: fromLaneRow(row), length: await lengthOf(table, order, number), etag: row.etag };
  },

  laneLength: (order, number) => lengthOf(table, order, number),

  async lanes(order) {
    const lanes = await readRange(table, bulkPartRange(order, 'lane', 0, order.lanes - 1), fromLaneRow);
    const lengths = await lengthsOf(table, order);
    return lanes.map((lane) => ({ lane, length: lengths(lane.number) }));
  },

  async writeLane(key, lane, etag, outcomes) {
    const actions: TransactionAction[] = [
      ['update', toLaneRow(key, lane), 'Replace', { etag }],
      // Unconditional: the worker that holds the lane's ETag decides the outcomes.
      ...outcomes.map((outcome): TransactionAction => ['upsert', toOutcomeRow(key, outcome), 'Replace']),
    ];
    const written = await table.run((client, abortSignal) =>
      undefinedOnStatus(CHANGED, client.submitTransaction(actions, { abortSignal })),
    );
    return written?.subResponses[0]?.etag;
  },
});

const itemStore = (table: Table): BulkItemStore => ({
  async reserve(key) {
    const written = await table.run((client, abortSignal) =>
      undefinedOnStatus(EXISTS, client.createEntity(toLockRow(key, 'storing'), { abortSignal })),
    );
    if (written) return written.etag;
    const row = await readRow(table, bulkOrderKeys(key));
    return row && lockStateOf(row) === 'storing' ? row.etag : undefined;
  },

  async putList(key, { blocks, rejected }) {
    const rows = [
      ...blocks.map(({ first, items }) => toItemsRow(key, 'block', first, items)),
      ...chunks(rejected, REJECTED_A_ROW).map((items, i) => toItemsRow(key, 'rejected', i, items)),
    ];
    await inTransactions(
      table,
      rows.map((row) => ['upsert', row, 'Replace']),
    );
  },

  async block(key, first) {
    const row = await readRow(table, bulkPartKeys(key, 'block', first));
    return row ? fromBlockRow(row) : [];
  },

  outcomes: (key, { from, to, state }) =>
    readRange(
      table,
      { ...bulkPartRange(key, 'done', from, Math.min(to, LAST_NUMBER)), state },
      fromOutcomeRow,
    ),

  failed(key, { from, to }) {
    const range = { ...bulkPartRange(key, 'done', from, to), state: 'failed', select: ['RowKey'] };
    return readRange(table, range, (row) => bulkPartNumber(String(row.rowKey)));
  },

  async rejected(key) {
    const rows = await readRange(table, bulkPartRange(key, 'rejected', 0, MAX_ITEMS), fromRejectedRow);
    return rows.flat();
  },
});

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
