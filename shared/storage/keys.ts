/**
 * Every table, partition key and row key, each in one place. A row key is unique over all partitions, and
 * every partition of state begins with the partner tenant, so that nobody can address another's cart.
 *
 *   carts   {tenant}_{customer}       cart_{cartId}                           a cart
 *                                     order_{orderId}                         an order made from one
 *   due     {shard}_{yyyy-MM-ddTHH}   {time}_{tenant}_{customer}_{cartId}     look at that cart at that time
 *                                     {time}_{tenant}_bulk_{bulkId}           look at that bulk order
 *   bulk    {tenant}_{bulkId}         {bulkId}                                a bulk order, or that it is being stored or purged
 *                                     {bulkId}_lane_{k}                       how far its lane k is
 *                                     {bulkId}_block_{n}                      its items from number n on
 *                                     {bulkId}_done_{n}                       how its item n ended
 *                                     {bulkId}_rejected_{n}                   items that it did not take
 *                                     {bulkId}_tail_{k}                       how many items its lane k has, where they come one by one
 *                                     {bulkId}_ref_{hash}                     that an item of this reference has come
 *           {tenant}                  {time backwards}_{bulkId}               the tenant's bulk orders, newest first
 *
 * The shard comes first, so that inserts of one hour do not all hit the last partition; a sweep asks each
 * shard for the range up to now.
 */
import type { BulkKey } from '../bulk/bulkOrder.ts';
import type { CartKey } from '../cart/cart.ts';
import type { BulkDueEntry, DueEntry } from '../ports.ts';

export const TABLES = { carts: 'carts', due: 'due', bulk: 'bulk' } as const;

/** Never lower it: hints in the upper shards would not be found again. */
export const DUE_SHARDS = 4;

export interface RowKeys {
  partitionKey: string;
  rowKey: string;
}

const partitionOf = (tenant: string, customer: string) => `${tenant}_${customer}`;

export const cartKeys = ({ tenant, customer, cartId }: CartKey): RowKeys => ({
  partitionKey: partitionOf(tenant, customer),
  rowKey: `cart_${cartId}`,
});

export const orderKeys = (tenant: string, customer: string, orderId: string): RowKeys => ({
  partitionKey: partitionOf(tenant, customer),
  rowKey: `order_${orderId}`,
});

/** All orders of a customer: '`' is the character after '_'. */
export const orderRange = (tenant: string, customer: string) => ({
  partitionKey: partitionOf(tenant, customer),
  from: 'order_',
  before: 'order`',
});

export function dueKeys(hint: DueEntry | BulkDueEntry): RowKeys {
  const time = new Date(hint.atMs).toISOString();
  const [who, id] = 'cartId' in hint ? [hint.customer, hint.cartId] : [BULK, hint.bulkOrderId];
  return {
    partitionKey: `${shardOf(id)}_${time.slice(0, 13)}`,
    rowKey: `${time}_${hint.tenant}_${who}_${id}`,
  };
}

/** What stands in place of a customer. */
const BULK = 'bulk';

/**
 * What is due in a shard up to a time, inclusive: every row of past hours, and of this hour those before the bound.
 * From `partitionRecent` on it is at most two hours old.
 */
export function dueRange(shard: number, untilMs: number) {
  return {
    partitionFrom: `${shard}_`,
    partitionRecent: duePartition(shard, untilMs - 3_600_000),
    partitionTo: duePartition(shard, untilMs),
    rowBefore: new Date(untilMs + 1).toISOString(),
  };
}

/** The hint that a row of the due index stands for. */
export function dueEntryOf(rowKey: string): DueEntry | BulkDueEntry {
  const [time = '', tenant = '', who = '', id = ''] = rowKey.split('_');
  const atMs = Date.parse(time);
  return who === BULK ? { atMs, tenant, bulkOrderId: id } : { atMs, tenant, customer: who, cartId: id };
}

const duePartition = (shard: number, atMs: number) => `${shard}_${new Date(atMs).toISOString().slice(0, 13)}`;

const shardOf = (id: string) => Number.parseInt(id.slice(-1), 16) % DUE_SHARDS;

const bulkPartition = ({ tenant, bulkOrderId }: BulkKey) => partitionOf(tenant, bulkOrderId);

export const bulkOrderKeys = (key: BulkKey): RowKeys => ({
  partitionKey: bulkPartition(key),
  rowKey: key.bulkOrderId,
});

/** What a bulk order has many of, each with a number. */
export type BulkPart = 'lane' | 'block' | 'done' | 'rejected' | 'tail';

export const bulkPartKeys = (key: BulkKey, part: BulkPart, number: number): RowKeys => ({
  partitionKey: bulkPartition(key),
  rowKey: `${key.bulkOrderId}_${part}_${digits(number)}`,
});

/** That an item of this reference has come; the hash is the caller's. */
export const bulkReferenceKeys = (key: BulkKey, hash: string): RowKeys => ({
  partitionKey: bulkPartition(key),
  rowKey: `${key.bulkOrderId}_ref_${hash}`,
});

/** All rows of one kind whose numbers are in the range, both ends included. */
export const bulkPartRange = (key: BulkKey, part: BulkPart, from: number, to: number) => ({
  partitionKey: bulkPartition(key),
  from: bulkPartKeys(key, part, from).rowKey,
  to: bulkPartKeys(key, part, to).rowKey,
});

/** The number in such a row key. */
export const bulkPartNumber = (rowKey: string): number => Number(rowKey.slice(rowKey.lastIndexOf('_') + 1));

/** The largest number of a part. */
export const LAST_NUMBER = 99_999;
const digits = (number: number) => String(number).padStart(5, '0');

/** An entry in the list of a tenant's bulk orders: what is newer comes first. */
export const bulkListKeys = ({ tenant, bulkOrderId }: BulkKey, createdMs: number): RowKeys => ({
  partitionKey: tenant,
  rowKey: `${String(LATEST_MS - createdMs).padStart(14, '0')}_${bulkOrderId}`,
});

/** Later than any bulk order will be submitted (in the year 2243), in epoch milliseconds. */
const LATEST_MS = 8_640_000_000_000;

/** The id in such a row key. */
export const listedBulkOrder = (rowKey: string): string => rowKey.slice(rowKey.indexOf('_') + 1);
