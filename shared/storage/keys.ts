/**
 * Every table, partition key and row key, each in one place. A row key is unique over all partitions, and
 * every partition of state begins with the partner tenant, so that no partner can address the cart of another.
 *
 *   carts   {tenant}_{customer}       cart_{cartId}                           a cart
 *                                     order_{orderId, encoded}                an order of a cart
 *                                     order_{orderId, encoded}~~{hash}        another order to which the gateway gave that id
 *   due     {shard}_{yyyy-MM-ddTHH}   {time}_{tenant}_{customer}_{cartId}     a due entry of a cart
 *                                     {time}_{tenant}_bulk_{bulkId}           a due entry of a bulk order
 *                                     {time}_{tenant}_delivery_{deliveryId}   a due entry of a webhook delivery
 *                                     {time}_{tenant}_erasure_{customer}      a due entry of an erasure
 *   bulk    {tenant}_{bulkId}         {bulkId}                                a bulk order, or the lock while it is stored or purged
 *                                     {bulkId}_lane_{k}                       its lane k: cursor, counters, lease
 *                                     {bulkId}_block_{n}                      its items from number n on
 *                                     {bulkId}_done_{n}                       the outcome of its item n
 *                                     {bulkId}_rejected_{n}                   rejected items
 *                                     {bulkId}_tail_{k}                       the length of its lane k, for queue submission
 *                                     {bulkId}_ref_{hash}                     an accepted reference, for queue submission
 *           {tenant}                  {time backwards}_{bulkId}               the tenant's bulk orders, newest first
 *   webhooks {tenant}                 {tenant}_registration                   the tenant's webhook
 *                                     {tenant}_delivery_{deliveryId}          a delivery of an event, newest first
 *   erasures {tenant}                 {tenant}_erasure_{hash of the customer} an erasure
 *            keys                     erasure_keys                            the keys that hash customers and sign receipts
 *
 * The shard comes first, so that inserts of one hour do not all hit the last partition; a sweep asks each
 * shard for the range up to now.
 */
import type { BulkKey } from '../bulk/bulkOrder.ts';
import type { CartKey } from '../cart/cart.ts';
import type { ErasureKey } from '../erasure/erasure.ts';
import { digestHex } from '../ids.ts';
import type { AnyDueEntry, DueRange } from '../ports.ts';
import type { DeliveryKey } from '../webhooks/delivery.ts';

export const TABLES = {
  carts: 'carts',
  due: 'due',
  bulk: 'bulk',
  webhooks: 'webhooks',
  erasures: 'erasures',
} as const;

/** Never lower it: entries in the upper shards would not be found again. */
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

/**
 * The keys of an order. Gateways choose order ids, so the id is encoded. `duplicate` is a hash of what was ordered: it
 * distinguishes orders to which the gateway gave one id.
 */
export const orderKeys = (
  tenant: string,
  customer: string,
  orderId: string,
  duplicate?: string,
): RowKeys => ({
  partitionKey: partitionOf(tenant, customer),
  rowKey: `order_${encodeKey(orderId)}${duplicate === undefined ? '' : `~~${duplicate}`}`,
});

/**
 * An id from outside as part of a key, reversibly: `~` and four hex digits in place of each UTF-16 code unit that is
 * not a lower-case letter, a digit, `-`, `_` or `.`. Storage rejects `/`, `\\`, `#`, `?` and control characters in keys,
 * advises against `%`, and must not confuse ids that differ in case. A result that is too long for a key is cut and
 * ends in a hash of the id.
 */
export function encodeKey(id: string): string {
  const encoded = id.replaceAll(
    /[^a-z0-9._-]/g,
    (unit) => `~${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  if (encoded.length <= MAX_ENCODED_CHARACTERS) return encoded;
  return `${encoded.slice(0, MAX_ENCODED_CHARACTERS - 65)}~${digestHex(64, 'key', id)}`;
}

/** A key has at most 512 characters. */
const MAX_ENCODED_CHARACTERS = 400;

/** All carts of a customer: '`' is the character after '_'. */
export const cartRange = (tenant: string, customer: string) => ({
  partitionKey: partitionOf(tenant, customer),
  from: 'cart_',
  before: 'cart`',
});

/** All orders of a customer: '`' is the character after '_'. */
export const orderRange = (tenant: string, customer: string) => ({
  partitionKey: partitionOf(tenant, customer),
  from: 'order_',
  before: 'order`',
});

export function dueKeys(entry: AnyDueEntry): RowKeys {
  const time = new Date(entry.atMs).toISOString();
  const [owner, id] = dueOwner(entry);
  return {
    partitionKey: `${shardOf(id)}_${time.slice(0, 13)}`,
    rowKey: `${time}_${entry.tenant}_${owner}_${id}`,
  };
}

/** In place of a customer id. */
const BULK = 'bulk';
const DELIVERY = 'delivery';
const ERASURE = 'erasure';

function dueOwner(entry: AnyDueEntry): [owner: string, id: string] {
  if ('cartId' in entry) return [entry.customer, entry.cartId];
  if ('bulkOrderId' in entry) return [BULK, entry.bulkOrderId];
  return 'deliveryId' in entry ? [DELIVERY, entry.deliveryId] : [ERASURE, entry.erasedCustomer];
}

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

/** The entries of a shard between two times, both included. The time in the row keys decides across partitions. */
export const dueWithin = ({ shard, fromMs, toMs }: DueRange) => ({
  partitionFrom: duePartition(shard, fromMs),
  partitionTo: duePartition(shard, toMs),
  rowFrom: new Date(fromMs).toISOString(),
  rowBefore: new Date(toMs + 1).toISOString(),
});

/** The due entry of a row key. */
export function dueEntryOf(rowKey: string): AnyDueEntry {
  const [time = '', tenant = '', owner = '', id = ''] = rowKey.split('_');
  const atMs = Date.parse(time);
  if (owner === BULK) return { atMs, tenant, bulkOrderId: id };
  if (owner === DELIVERY) return { atMs, tenant, deliveryId: id };
  return owner === ERASURE
    ? { atMs, tenant, erasedCustomer: id }
    : { atMs, tenant, customer: owner, cartId: id };
}

const duePartition = (shard: number, atMs: number) => `${shard}_${new Date(atMs).toISOString().slice(0, 13)}`;

const shardOf = (id: string) => Number.parseInt(id.slice(-1), 16) % DUE_SHARDS;

const bulkPartition = ({ tenant, bulkOrderId }: BulkKey) => partitionOf(tenant, bulkOrderId);

export const bulkOrderKeys = (key: BulkKey): RowKeys => ({
  partitionKey: bulkPartition(key),
  rowKey: key.bulkOrderId,
});

/** The numbered rows of a bulk order. */
export type BulkPart = 'lane' | 'block' | 'done' | 'rejected' | 'tail';

export const bulkPartKeys = (key: BulkKey, part: BulkPart, number: number): RowKeys => ({
  partitionKey: bulkPartition(key),
  rowKey: `${key.bulkOrderId}_${part}_${digits(number)}`,
});

/** The row of an accepted reference; the caller hashes it. */
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

/** An entry in the list of a tenant's bulk orders, newest first. */
export const bulkListKeys = ({ tenant, bulkOrderId }: BulkKey, createdMs: number): RowKeys => ({
  partitionKey: tenant,
  rowKey: `${String(LATEST_MS - createdMs).padStart(14, '0')}_${bulkOrderId}`,
});

/** Later than any bulk order will be submitted (in the year 2243), in epoch milliseconds. */
const LATEST_MS = 8_640_000_000_000;

/** The id in such a row key. */
export const listedBulkOrder = (rowKey: string): string => rowKey.slice(rowKey.indexOf('_') + 1);

export const registrationKeys = (tenant: string): RowKeys => ({
  partitionKey: tenant,
  rowKey: `${tenant}_registration`,
});

export const deliveryKeys = ({ tenant, deliveryId }: DeliveryKey): RowKeys => ({
  partitionKey: tenant,
  rowKey: `${tenant}_delivery_${deliveryId}`,
});

/** All deliveries of a tenant behind a delivery id: '`' is the character after '_'. */
export const deliveryRange = (tenant: string, after = '') => ({
  partitionKey: tenant,
  after: `${tenant}_delivery_${after}`,
  before: `${tenant}_delivery\``,
});

export const erasureKeys = ({ tenant, customerHash }: ErasureKey): RowKeys => ({
  partitionKey: tenant,
  rowKey: `${tenant}_erasure_${customerHash}`,
});

/** The row with the keys of erasures. */
export const ERASURE_KEY_ROW: RowKeys = { partitionKey: 'keys', rowKey: 'erasure_keys' };
