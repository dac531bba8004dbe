/** Converts bulk orders, lanes, items and outcomes to table rows and back. What operators search for is in plain properties, the rest in JSON columns. */
import type { BulkItem, BulkKey, BulkOrder, ItemOutcome, RejectedItem } from '../bulk/bulkOrder.ts';
import type { Lane } from '../bulk/lane.ts';
import { fromJsonColumn, portableText, toJsonColumn } from './jsonColumn.ts';
import { bulkOrderKeys, bulkPartKeys } from './keys.ts';

const ROW_VERSION = 1;

type Row = Record<string, unknown>;

/** The row of a bulk order. */
export const toBulkOrderRow = (order: BulkOrder) => ({
  ...bulkOrderKeys(order),
  rowVersion: ROW_VERSION,
  state: order.state,
  created: new Date(order.createdMs).toISOString(),
  ...toJsonColumn('bulkOrder', order),
});

/** The state of the row while there is no bulk order: its list is being stored, or its rows are being purged. */
export type LockState = 'storing' | 'purging';

/** The row as a lock. During a purge it keeps the creation time, which is part of the key in the list. */
export const toLockRow = (key: BulkKey, state: LockState, created?: string | undefined) => ({
  ...bulkOrderKeys(key),
  rowVersion: ROW_VERSION,
  state,
  ...(created === undefined ? {} : { created }),
});

/** The state of the lock; `undefined` when the row is a bulk order. */
export const lockStateOf = ({ state }: Row): LockState | undefined =>
  state === 'storing' || state === 'purging' ? state : undefined;

/** The bulk order of a row. */
export const fromBulkOrderRow = (row: Row): BulkOrder => fromJsonColumn('bulkOrder', known(row)) as BulkOrder;

/** The row of a lane. */
export const toLaneRow = (key: BulkKey, lane: Lane) => ({
  ...bulkPartKeys(key, 'lane', lane.number),
  rowVersion: ROW_VERSION,
  position: lane.cursor,
  running: lane.running.length,
  succeeded: lane.succeeded,
  failed: lane.failed,
  ...toJsonColumn('lane', lane),
});

/** The lane of a row. */
export const fromLaneRow = (row: Row): Lane => fromJsonColumn('lane', known(row)) as Lane;

/** The row of a block of items, or of rejected ones. */
export const toItemsRow = (
  key: BulkKey,
  part: 'block' | 'rejected',
  first: number,
  items: readonly (BulkItem | RejectedItem)[],
) => ({ ...bulkPartKeys(key, part, first), rowVersion: ROW_VERSION, ...toJsonColumn('items', items) });

/** The items of a block. */
export const fromBlockRow = (row: Row): BulkItem[] => fromJsonColumn('items', known(row)) as BulkItem[];

/** The rejected items of a row. */
export const fromRejectedRow = (row: Row): RejectedItem[] =>
  fromJsonColumn('items', known(row)) as RejectedItem[];

/** The row of an outcome. */
export const toOutcomeRow = (key: BulkKey, outcome: ItemOutcome) => ({
  ...bulkPartKeys(key, 'done', outcome.n),
  rowVersion: ROW_VERSION,
  state: outcome.state,
  reference: portableText(outcome.reference),
  cartId: outcome.cartId,
  ...toJsonColumn('outcome', outcome),
});

/** The outcome of a row. */
export const fromOutcomeRow = (row: Row): ItemOutcome => fromJsonColumn('outcome', known(row)) as ItemOutcome;

function known(row: Row): Row {
  if (row.rowVersion !== ROW_VERSION) throw new Error(`The row has the unknown version ${row.rowVersion}.`);
  return row;
}
