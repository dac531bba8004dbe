/**
 * Every table, partition key and row key, each in one place. A row key is unique over all partitions, and
 * every partition of state begins with the partner tenant, so that nobody can address another's cart.
 *
 *   carts   {tenant}_{customer}       cart_{cartId}                           a cart
 *                                     order_{orderId}                         an order made from one
 *   due     {shard}_{yyyy-MM-ddTHH}   {time}_{tenant}_{customer}_{cartId}     look at that cart at that time
 *
 * The shard comes first, so that inserts of one hour do not all hit the last partition; a sweep asks each
 * shard for the range up to now.
 */
import type { CartKey } from '../cart/cart.ts';
import type { Hint } from '../ports.ts';

export const TABLES = { carts: 'carts', due: 'due' } as const;

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

export function dueKeys({ atMs, tenant, customer, cartId }: Hint): RowKeys {
  const time = new Date(atMs).toISOString();
  return {
    partitionKey: `${shardOf(cartId)}_${time.slice(0, 13)}`,
    rowKey: `${time}_${tenant}_${customer}_${cartId}`,
  };
}

/** What is due in a shard up to a time, inclusive: every row of past hours, and of this hour those before the bound. */
export function dueRange(shard: number, untilMs: number) {
  return {
    partitionFrom: `${shard}_`,
    partitionTo: `${shard}_${new Date(untilMs).toISOString().slice(0, 13)}`,
    rowBefore: new Date(untilMs + 1).toISOString(),
  };
}

/** The hint that a row of the due index stands for. */
export function hintOf(rowKey: string): Hint {
  const [time = '', tenant = '', customer = '', cartId = ''] = rowKey.split('_');
  return { atMs: Date.parse(time), tenant, customer, cartId };
}

const shardOf = (cartId: string) => Number.parseInt(cartId.slice(-1), 16) % DUE_SHARDS;
