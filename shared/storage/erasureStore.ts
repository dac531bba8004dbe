/** Erasures, and what they remove, in Table Storage. */
import type { TransactionAction } from '@azure/data-tables';
import { type BulkItem, type BulkOrder, type ItemOutcome, isEnded } from '../bulk/bulkOrder.ts';
import type { Erasure } from '../erasure/erasure.ts';
import type { CustomerDataStore, ErasureStore } from '../erasure/erasurePorts.ts';
import {
  fromBlockRow,
  fromBulkOrderRow,
  fromOutcomeRow,
  lockStateOf,
  toBulkOrderRow,
  toItemsRow,
  toOutcomeRow,
} from './bulkRows.ts';
import { fromCartRow, fromOrderRow, toOrderRow } from './cartRow.ts';
import { where } from './filter.ts';
import { fromJsonColumn, toJsonColumn } from './jsonColumn.ts';
import {
  bulkOrderKeys,
  bulkPartNumber,
  bulkPartRange,
  cartKeys,
  cartRange,
  erasureKeys,
  LAST_NUMBER,
  orderKeys,
  orderRange,
} from './keys.ts';
import { readRange, readRow, removeRow, rowsOf } from './rows.ts';
import { type Table, undefinedOnStatus } from './tables.ts';

const EXISTS = [409];
const CHANGED = [412, 404];

/** In place of a customer id and a cart id in an emptied item: no cart has it, so a retry of the item orders nothing. */
const NONE = '00000000-0000-0000-0000-000000000000';

/** The erasures on a table. */
export const erasureStore = (table: Table): ErasureStore => ({
  async read(key) {
    const row = await readRow(table, erasureKeys(key));
    return row && { erasure: fromJsonColumn('erasure', row) as Erasure, etag: row.etag };
  },
  async write(erasure, etag) {
    const row = {
      ...erasureKeys(erasure),
      rowVersion: 1,
      state: erasure.state,
      ...toJsonColumn('erasure', erasure),
    };
    const written = await table.run<{ etag?: string } | undefined>((client, abortSignal) =>
      etag === undefined
        ? undefinedOnStatus(EXISTS, client.createEntity(row, { abortSignal }))
        : undefinedOnStatus(CHANGED, client.updateEntity(row, 'Replace', { etag, abortSignal })),
    );
    return written && { erasure, etag: written.etag ?? '' };
  },
});

/** The rows of customers, on the tables of carts and of bulk orders. */
export const customerDataStore = (carts: Table, bulk: Table): CustomerDataStore => ({
  async carts(tenant, customer) {
    const { partitionKey, from, before } = cartRange(tenant, customer);
    const filter = where`PartitionKey eq ${partitionKey} and RowKey ge ${from} and RowKey lt ${before}`;
    const found: Awaited<ReturnType<CustomerDataStore['carts']>> = [];
    for await (const row of rowsOf(carts, { filter })) {
      const cartId = String(row.rowKey).slice(from.length);
      found.push({ cart: fromCartRow({ tenant, customer, cartId }, row), etag: String(row.etag) });
    }
    return found;
  },
  async orders(tenant, customer) {
    const { partitionKey, from, before } = orderRange(tenant, customer);
    const filter = where`PartitionKey eq ${partitionKey} and RowKey ge ${from} and RowKey lt ${before}`;
    const found: Awaited<ReturnType<CustomerDataStore['orders']>> = [];
    for await (const row of rowsOf(carts, { filter })) {
      found.push({ order: fromOrderRow(row), rowKey: String(row.rowKey) });
    }
    return found;
  },
  async removeCart(cart, etag) {
    const { partitionKey, rowKey } = cartKeys(cart);
    // A cart that is gone is removed.
    const removed = await carts.run((client, abortSignal) =>
      undefinedOnStatus(
        [412],
        undefinedOnStatus([404], client.deleteEntity(partitionKey, rowKey, { etag, abortSignal })).then(
          () => true,
        ),
      ),
    );
    return removed === true;
  },
  async putOrder({ order, rowKey }) {
    const row = { ...toOrderRow(order), rowKey };
    await carts.run((client, abortSignal) => client.upsertEntity(row, 'Replace', { abortSignal }));
  },
  async removeOrder(tenant, customer, rowKey) {
    const { partitionKey } = orderKeys(tenant, customer, '');
    await removeRow(carts, { partitionKey, rowKey });
  },
  async itemsOf(order, customer) {
    const blocks = await blocksOf(bulk, order);
    return blocks.flatMap(({ first, items }) =>
      items.flatMap(({ customer: of, cartId }, n) => (of === customer ? [{ n: first + n, cartId }] : [])),
    );
  },
  async emptyItems(key, customer) {
    const bulkRow = await readRow(bulk, bulkOrderKeys(key));
    if (!bulkRow || lockStateOf(bulkRow)) return; // it is being purged
    const order = fromBulkOrderRow(bulkRow);
    if (!isEnded(order)) throw new Error(`Bulk order ${key.bulkOrderId} runs again.`);
    const write = fencedWriter(bulk, order, bulkRow.etag);
    // Outcomes first: they are found by the items.
    const range = bulkPartRange(key, 'done', 0, LAST_NUMBER);
    const outcomes = await readRange(bulk, range, (row) => ({ row, outcome: fromOutcomeRow(row) }));
    for (const { row, outcome } of outcomes.filter((one) => one.outcome.customer === customer)) {
      await write(toOutcomeRow(key, emptiedOutcome(outcome)), String(row.etag));
    }
    for (const { first, items, etag } of await blocksOf(bulk, key)) {
      if (!items.some((item) => item.customer === customer)) continue;
      const emptied = items.map((item) => (item.customer === customer ? emptiedItem(item) : item));
      await write(toItemsRow(key, 'block', first, emptied), etag);
    }
  },
});

const blocksOf = (bulk: Table, key: Pick<BulkOrder, 'tenant' | 'bulkOrderId'>) =>
  readRange(bulk, bulkPartRange(key, 'block', 0, LAST_NUMBER), (row) => ({
    first: bulkPartNumber(String(row.rowKey)),
    items: fromBlockRow(row),
    etag: String(row.etag),
  }));

const emptiedItem = ({ index }: BulkItem): BulkItem => ({
  index,
  reference: '',
  customer: NONE,
  cartId: NONE,
});

/** Keeps the checkout id, which shows a retry that the item may have been ordered although its cart is gone. */
const emptiedOutcome = (outcome: ItemOutcome): ItemOutcome => ({
  ...outcome,
  reference: '',
  customer: NONE,
  cartId: NONE,
  orders: [],
  errors: outcome.errors.map(({ code }) => ({ code, description: '' })),
});

/**
 * Writes rows of a bulk order, each in one transaction with the unchanged bulk order and its ETag: a retry that starts
 * meanwhile makes the next write throw, and one that starts later reads empty items. Throws also when the row has
 * changed; the next run reads both again.
 */
function fencedWriter(table: Table, order: BulkOrder, firstEtag: string) {
  let etag = firstEtag;
  return async (row: TransactionAction[1], rowEtag: string): Promise<void> => {
    const actions = [
      ['update', toBulkOrderRow(order), 'Replace', { etag }],
      ['update', row, 'Replace', { etag: rowEtag }],
    ] as TransactionAction[];
    const written = await table.run((client, abortSignal) =>
      client.submitTransaction(actions, { abortSignal }),
    );
    etag = written.subResponses[0]?.etag ?? '';
  };
}
