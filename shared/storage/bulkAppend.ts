/**
 * Items of a bulk order that are submitted one by one. The length of a lane is in a separate row, its tail, so that
 * appending to a lane and processing it do not conflict. A reference is accepted once.
 */
import type { TransactionAction } from '@azure/data-tables';
import { type BulkKey, type BulkOrder, MAX_ITEMS } from '../bulk/bulkOrder.ts';
import type { AppendedItem, AppendResult, BulkAppendStore } from '../bulk/bulkPorts.ts';
import { itemAt, lanesFrom, lengthInList, type SizedLane } from '../bulk/lane.ts';
import { toItemsRow } from './bulkRows.ts';
import { bulkPartKeys, bulkPartNumber, bulkPartRange, bulkReferenceKeys } from './keys.ts';
import { readRange, readRow } from './rows.ts';
import { type Table, undefinedOnStatus } from './tables.ts';

const LOST = [409, 412, 404];
/** How often appending an item is retried after a conflict. */
const TRIES = 8;

/** Appends items on a table. */
export const appendStore = (table: Table): BulkAppendStore => ({
  async append(order, arrived) {
    for (let n = 0; n < TRIES; n++) {
      const known = await knownItem(table, order, arrived);
      if (known) return known;
      const appended = await appendOnce(table, order, arrived);
      if (appended) return appended;
    }
    return { kind: 'busy' };
  },
});

/** The earlier item of this reference, if there is one. */
async function knownItem(
  table: Table,
  key: BulkKey,
  arrived: AppendedItem,
): Promise<AppendResult | undefined> {
  const row = await readRow(table, bulkReferenceKeys(key, arrived.referenceHash));
  if (!row) return undefined;
  return row.contentHash === arrived.contentHash
    ? { kind: 'repeated', n: Number(row.n) }
    : { kind: 'different' };
}

/** `undefined` after a conflict: another worker appended to the lane, or an item of this reference. */
async function appendOnce(
  table: Table,
  order: BulkOrder,
  { item, lane, referenceHash, contentHash }: AppendedItem,
): Promise<AppendResult | undefined> {
  const end = await endFor(table, order, lane);
  if ('kind' in end) return end;
  const { n, lengthened, etag } = end;
  const actions: TransactionAction[] = [
    ['update', lengthened, 'Replace', { etag }],
    ['create', toItemsRow(order, 'block', n, [{ ...item, index: n }])],
    ['create', { ...bulkReferenceKeys(order, referenceHash), rowVersion: 1, n, contentHash }],
  ];
  const written = await table.run((client, abortSignal) =>
    undefinedOnStatus(LOST, client.submitTransaction(actions, { abortSignal })),
  );
  return written && { kind: 'appended', n };
}

interface End {
  n: number;
  lengthened: ReturnType<typeof toTailRow>;
  etag: string;
}

/** Where the next item for this lane goes: its number, and the lengthened tail with the ETag that it replaces. */
async function endFor(
  table: Table,
  order: BulkOrder,
  wanted: number,
): Promise<End | { kind: 'busy' | 'full' }> {
  for (const lane of lanesFrom(order, wanted)) {
    const tail = await readRow(table, bulkPartKeys(order, 'tail', lane));
    if (tail?.length === undefined) return { kind: 'busy' }; // it is being purged
    const length = Number(tail.length);
    const n = itemAt(order, lane, length);
    if (n < MAX_ITEMS) return { n, lengthened: toTailRow(order, lane, length + 1), etag: tail.etag };
  }
  return { kind: 'full' };
}

/** The tails of a new bulk order; a list has none, because its lanes follow from its number of items. */
export const tailRows = (order: BulkOrder) =>
  order.source === 'list'
    ? []
    : Array.from({ length: order.lanes }, (_, number) => toTailRow(order, number, 0));

/** The tail of a lane; one without a length is closed. */
const toTailRow = (key: BulkKey, number: number, length: number | undefined) => ({
  ...bulkPartKeys(key, 'tail', number),
  rowVersion: 1,
  ...(length === undefined ? {} : { length }),
});

/** The writes that close the tails of a bulk order, each with its ETag; `undefined` when an item was appended since the lanes were read. */
export async function closedTails(
  table: Table,
  order: BulkOrder,
  lanes: readonly SizedLane[],
): Promise<TransactionAction[] | undefined> {
  if (order.source === 'list') return [];
  const tails = await readRange(table, tailRange(order), (row) => row);
  const lengths = new Map(lanes.map(({ lane, length }) => [lane.number, length]));
  const isMeasured = tails.every((row) => row.length === lengths.get(numberOf(row)));
  return isMeasured
    ? tails.map((row) => {
        const closed = toTailRow(order, numberOf(row), undefined);
        return ['update', closed, 'Replace', { etag: String(row.etag) }];
      })
    : undefined;
}

const tailRange = (order: BulkOrder) => bulkPartRange(order, 'tail', 0, order.lanes - 1);

const numberOf = ({ rowKey }: Record<string, unknown>): number => bulkPartNumber(String(rowKey));

/** How many items a lane has. */
export async function lengthOf(table: Table, order: BulkOrder, number: number): Promise<number> {
  if (order.source === 'list') return lengthInList(order, number);
  return Number((await readRow(table, bulkPartKeys(order, 'tail', number)))?.length ?? 0);
}

/** The same for all lanes at once. */
export async function lengthsOf(table: Table, order: BulkOrder): Promise<(number: number) => number> {
  if (order.source === 'list') return (number) => lengthInList(order, number);
  const tails = await readRange(
    table,
    tailRange(order),
    (row) => [numberOf(row), Number(row.length ?? 0)] as const,
  );
  const lengths = new Map(tails);
  return (number) => lengths.get(number) ?? 0;
}
