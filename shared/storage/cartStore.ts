/**
 * Carts and their orders in Table Storage. Every write states its precondition; when it does not hold, the write changes
 * nothing and returns `undefined`. When a gateway gives one id to several orders, each is stored and listed, and the id
 * reads the one that was recorded first.
 */
import type { TransactionAction } from '@azure/data-tables';
import { WriteRejectedError } from '../errors.ts';
import type { Order } from '../orders/order.ts';
import type { CartStore, OrderStore, Versioned } from '../ports.ts';
import { fromCartRow, fromOrderRow, isSameGroup, toCartRow, toOrderRow } from './cartRow.ts';
import { where } from './filter.ts';
import { cartKeys, orderKeys, orderRange } from './keys.ts';
import { readRow, removeRow, rowsOf } from './rows.ts';
import { errorStatus, type Table, undefinedOnStatus } from './tables.ts';

/** The statuses of storage for a precondition that does not hold. */
const EXISTS = [409];
const GONE = [404];
const CHANGED = [412, 404];
/** The statuses of a transaction that storage will not accept. */
const REJECTED = [400, 409, 413];

/** The cart store on a table. */
export function cartStore(table: Table): CartStore {
  return {
    async read(key) {
      const { partitionKey, rowKey } = cartKeys(key);
      const row = await table.run((client, abortSignal) =>
        undefinedOnStatus(GONE, client.getEntity(partitionKey, rowKey, { abortSignal })),
      );
      return row && { cart: fromCartRow(key, row), etag: row.etag };
    },

    async insert(cart) {
      const written = await table.run((client, abortSignal) =>
        undefinedOnStatus(EXISTS, client.createEntity(toCartRow(cart), { abortSignal })),
      );
      return written && { cart, etag: etagOf(written.etag) };
    },

    async replace(cart, etag) {
      const written = await table.run((client, abortSignal) =>
        undefinedOnStatus(CHANGED, client.updateEntity(toCartRow(cart), 'Replace', { etag, abortSignal })),
      );
      return written && { cart, etag: etagOf(written.etag) };
    },

    async commit(cart, etag, orders) {
      const isRepeated = (order: Order, n: number) =>
        orders.findIndex(({ orderId }) => orderId === order.orderId) < n;
      try {
        return await commitRows(
          table,
          { cart, etag },
          orders.map((order, n) => toOrderRow(order, { isDuplicate: isRepeated(order, n) })),
        );
      } catch (error) {
        const taken = EXISTS.includes(errorStatus(error) ?? 0) ? await takenIds(table, orders) : new Set();
        if (taken.size === 0) throw isRejection(error) ? new WriteRejectedError(error) : error;
        const rows = orders.map((order, n) =>
          toOrderRow(order, { isDuplicate: taken.has(order.orderId) || isRepeated(order, n) }),
        );
        return commitRows(table, { cart, etag }, rows).catch((again: unknown) => {
          throw isRejection(again) ? new WriteRejectedError(again) : again;
        });
      }
    },

    async purge(key, etag) {
      const { partitionKey, rowKey } = cartKeys(key);
      await table.run((client, abortSignal) =>
        undefinedOnStatus(CHANGED, client.deleteEntity(partitionKey, rowKey, { etag, abortSignal })),
      );
    },
  };
}

/** One transaction: the cart with its ETag, and the rows insert-only. */
async function commitRows(
  table: Table,
  { cart, etag }: Versioned,
  rows: readonly object[],
): Promise<Versioned | undefined> {
  const actions = [
    ['update', toCartRow(cart), 'Replace', { etag }],
    ...rows.map((row) => ['create', row]),
  ] as TransactionAction[];
  const written = await table.run((client, abortSignal) =>
    undefinedOnStatus(CHANGED, client.submitTransaction(actions, { abortSignal })),
  );
  return written && { cart, etag: etagOf(written.subResponses[0]?.etag) };
}

/** Whether no repeat of a commit can succeed: a row is invalid or exists, the transaction is too large, or no row can be made. */
const isRejection = (error: unknown): boolean =>
  REJECTED.includes(errorStatus(error) ?? 0) || error instanceof RangeError;

/** Of the ids of these orders, those under which the gateway has made an order of another group or cart before. */
async function takenIds(table: Table, orders: readonly Order[]): Promise<Set<string>> {
  const taken = new Set<string>();
  for (const order of orders) {
    const row = await readRow(table, orderKeys(order.tenant, order.referenceCustomerId, order.orderId));
    if (row && !isSameGroup(fromOrderRow(row), order)) taken.add(order.orderId);
  }
  return taken;
}

/** The orders of the same table. */
export function orderStore(table: Table): OrderStore {
  return {
    async read(tenant, customer, orderId) {
      const { partitionKey, rowKey } = orderKeys(tenant, customer, orderId);
      const row = await table.run((client, abortSignal) =>
        undefinedOnStatus(GONE, client.getEntity(partitionKey, rowKey, { abortSignal })),
      );
      return row && fromOrderRow(row);
    },

    async readVersioned(tenant, customer, orderId) {
      const { partitionKey, rowKey } = orderKeys(tenant, customer, orderId);
      const row = await table.run((client, abortSignal) =>
        undefinedOnStatus(GONE, client.getEntity(partitionKey, rowKey, { abortSignal })),
      );
      return row && { order: fromOrderRow(row), etag: row.etag };
    },

    async replace(order, etag) {
      const written = await table.run((client, abortSignal) =>
        undefinedOnStatus(CHANGED, client.updateEntity(toOrderRow(order), 'Replace', { etag, abortSignal })),
      );
      return written !== undefined;
    },

    async page(tenant, customer, { after, most }) {
      const { partitionKey, from, before } = orderRange(tenant, customer);
      const filter =
        after === undefined
          ? where`PartitionKey eq ${partitionKey} and RowKey ge ${from} and RowKey lt ${before}`
          : where`PartitionKey eq ${partitionKey} and RowKey gt ${from + after} and RowKey lt ${before}`;
      const entries: { order: Order; cursor: string }[] = [];
      // One more than asked for shows whether there are more; storage returns at most 1,000 rows at a time.
      for await (const row of rowsOf(table, { filter }, Math.min(most + 1, 1_000))) {
        if (entries.length === most) return { entries, hasMore: true };
        entries.push({ order: fromOrderRow(row), cursor: String(row.rowKey).slice(from.length) });
      }
      return { entries, hasMore: false };
    },

    async purge({ tenant, customer, cartId }, placedUntilMs) {
      const { partitionKey, from, before } = orderRange(tenant, customer);
      const filter = where`PartitionKey eq ${partitionKey} and RowKey ge ${from} and RowKey lt ${before} and cartId eq ${cartId}`;
      let lastMs: number | undefined;
      for await (const row of rowsOf(table, { filter, select: ['RowKey', 'placed'] })) {
        const placedMs = Date.parse(String(row.placed));
        if (placedMs > placedUntilMs) lastMs = Math.max(lastMs ?? 0, placedMs);
        else await removeRow(table, { partitionKey, rowKey: String(row.rowKey) });
      }
      return lastMs;
    },
  };
}

function etagOf(etag: string | undefined): string {
  if (!etag) throw new Error('Storage returned no ETag for a write.');
  return etag;
}
