/**
 * Carts and their orders in Table Storage. Every write states its precondition; when it does not hold, the write changes
 * nothing and returns `undefined`.
 */
import { odata, type TransactionAction } from '@azure/data-tables';
import type { Order } from '../orders/order.ts';
import type { CartStore, OrderStore } from '../ports.ts';
import { fromCartRow, fromOrderRow, toCartRow, toOrderRow } from './cartRow.ts';
import { cartKeys, orderKeys, orderRange } from './keys.ts';
import { removeRow, rowsOf } from './rows.ts';
import { type Table, undefinedOnStatus } from './tables.ts';

/** The statuses of storage for a precondition that does not hold. */
const EXISTS = [409];
const GONE = [404];
const CHANGED = [412, 404];

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
      const actions: TransactionAction[] = [
        ['update', toCartRow(cart), 'Replace', { etag }],
        ...orders.map((order): TransactionAction => ['create', toOrderRow(order)]),
      ];
      const written = await table.run((client, abortSignal) =>
        undefinedOnStatus(CHANGED, client.submitTransaction(actions, { abortSignal })),
      );
      return written && { cart, etag: etagOf(written.subResponses[0]?.etag) };
    },

    async purge(key, etag) {
      const { partitionKey, rowKey } = cartKeys(key);
      await table.run((client, abortSignal) =>
        undefinedOnStatus(CHANGED, client.deleteEntity(partitionKey, rowKey, { etag, abortSignal })),
      );
    },
  };
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

    async list(tenant, customer) {
      const { partitionKey, from, before } = orderRange(tenant, customer);
      const filter = odata`PartitionKey eq ${partitionKey} and RowKey ge ${from} and RowKey lt ${before}`;
      const orders: Order[] = [];
      for await (const row of rowsOf(table, { filter })) orders.push(fromOrderRow(row));
      return orders.sort((a, b) => a.placedMs - b.placedMs);
    },

    async purge({ tenant, customer, cartId }, placedUntilMs) {
      const { partitionKey, from, before } = orderRange(tenant, customer);
      const filter = odata`PartitionKey eq ${partitionKey} and RowKey ge ${from} and RowKey lt ${before} and cartId eq ${cartId}`;
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
