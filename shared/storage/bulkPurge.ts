/**
 * Purges a bulk order, or the rows of one that was never stored completely. Its sender may send it again at any
 * moment, so the row of the bulk order is the lock on all other rows of its partition:
 *
 *   nothing ──reserve──▶ storing ──insert──▶ bulk order
 *      ▲                    └───── purge ───────┘
 *      └───── purged ──── purging
 *
 * Each arrow is one write with the ETag of the state before. While the row says `purging`, no list is reserved and no
 * bulk order inserted; an earlier reservation has lost its ETag, so it cannot be inserted later either. Every
 * transaction that deletes rows writes the lock with the ETag of the transaction before: a purge that has lost the lock
 * deletes nothing, and of two purges only the later one continues.
 */
import type { TransactionAction } from '@azure/data-tables';
import type { BulkKey } from '../bulk/bulkOrder.ts';
import type { FoundBulkOrder } from '../bulk/bulkPorts.ts';
import { closedTails } from './bulkAppend.ts';
import { lockStateOf, toLockRow } from './bulkRows.ts';
import { where } from './filter.ts';
import { bulkListKeys, bulkOrderKeys } from './keys.ts';
import { readRow, removeRow, rowsOf } from './rows.ts';
import { type Table, undefinedOnStatus } from './tables.ts';

const EXISTS = [409];
const LOST = [404, 412];
/** A transaction has at most 100 operations, and one of them writes the lock. */
const ROWS_AT_A_TIME = 99;

/** A purge of a large bulk order pauses after this time, in milliseconds, so that it does not fill a run of the sweeper. */
const PURGE_MS = 20_000;

/** A purge in progress: when the bulk order was created, if it ever was, and the ETag of its lock. */
interface Purge {
  created: string | undefined;
  etag: string;
}

/** Deletes everything of a bulk order that is as it was found; false when it has changed, another purge has taken over, or rows are left after `PURGE_MS`. */
export async function purgeBulkOrder(
  table: Table,
  key: BulkKey,
  found: FoundBulkOrder | undefined,
): Promise<boolean> {
  const begun = found ? await beginStored(table, found) : await beginLeft(table, key);
  if (!begun) return false;
  const { created } = begun;
  if (created !== undefined) await removeRow(table, bulkListKeys(key, Date.parse(created)));
  return clear(table, key, begun);
}

/** The tails are closed in the same transaction, at the lengths that were read: an item appended before it keeps the bulk order, and a later one has to wait. */
async function beginStored(table: Table, { order, etag, lanes }: FoundBulkOrder): Promise<Purge | undefined> {
  const tails = await closedTails(table, order, lanes);
  if (!tails) return undefined;
  const created = new Date(order.createdMs).toISOString();
  const actions: TransactionAction[] = [
    ['update', toLockRow(order, 'purging', created), 'Replace', { etag }],
    ...tails,
  ];
  const written = await table.run((client, abortSignal) =>
    undefinedOnStatus(LOST, client.submitTransaction(actions, { abortSignal })),
  );
  return written && { created, etag: written.subResponses[0]?.etag ?? '' };
}

/** Takes the lock of a list that was never stored completely, or of an interrupted purge. */
async function beginLeft(table: Table, key: BulkKey): Promise<Purge | undefined> {
  const row = await readRow(table, bulkOrderKeys(key));
  if (row && !lockStateOf(row)) return undefined; // it has been stored since
  const created = row?.created as string | undefined;
  const lock = toLockRow(key, 'purging', created);
  const written = await table.run<{ etag?: string } | undefined>((client, abortSignal) =>
    row
      ? undefinedOnStatus(LOST, client.updateEntity(lock, 'Replace', { etag: row.etag, abortSignal }))
      : undefinedOnStatus(EXISTS, client.createEntity(lock, { abortSignal })),
  );
  return written && { created, etag: written.etag ?? '' };
}

/** Deletes page by page, so that no step takes longer for a large bulk order. */
async function clear(table: Table, key: BulkKey, { created, etag: first }: Purge): Promise<boolean> {
  const { partitionKey, rowKey } = bulkOrderKeys(key);
  const beganMs = performance.now();
  for (let etag = first; ; ) {
    if (performance.now() - beganMs > PURGE_MS) return false; // the lock stays, and the next purge continues
    const some = await someRows(table, key);
    if (some.length === 0) {
      const removed = await table.run((client, abortSignal) =>
        undefinedOnStatus(LOST, client.deleteEntity(partitionKey, rowKey, { etag, abortSignal })),
      );
      return removed !== undefined;
    }
    const actions: TransactionAction[] = [
      ['update', toLockRow(key, 'purging', created), 'Replace', { etag }],
      ...some.map((row): TransactionAction => ['delete', { partitionKey, rowKey: row }]),
    ];
    const written = await table.run((client, abortSignal) =>
      undefinedOnStatus(LOST, client.submitTransaction(actions, { abortSignal })),
    );
    if (!written) return false;
    etag = written.subResponses[0]?.etag ?? '';
  }
}

/** Keys of some of the rows behind the lock; none when all are deleted. */
async function someRows(table: Table, key: BulkKey): Promise<string[]> {
  const { partitionKey, rowKey } = bulkOrderKeys(key);
  const filter = where`PartitionKey eq ${partitionKey} and RowKey gt ${rowKey}`;
  const found: string[] = [];
  for await (const row of rowsOf(table, { filter, select: ['RowKey'] }, ROWS_AT_A_TIME)) {
    found.push(String(row.rowKey));
    if (found.length === ROWS_AT_A_TIME) break;
  }
  return found;
}
