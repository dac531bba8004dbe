/** An order as a table row, and back: everything but the keys is packed JSON, because nothing is asked of it but the whole. */
import type { Order } from '../orders/order.ts';
import { fromJsonColumn, toJsonColumn } from './jsonColumn.ts';
import { orderKeys } from './keys.ts';

/** The row of an order, in the partition of its cart. */
export function toOrderRow(order: Order) {
  return {
    ...orderKeys(order.tenant, order.referenceCustomerId, order.orderId),
    rowVersion: 1,
    cartId: order.cartId,
    placed: new Date(order.placedMs).toISOString(),
    ...toJsonColumn('order', order),
  };
}

/** The order of a row. */
export const fromOrderRow = (row: Record<string, unknown>): Order => fromJsonColumn('order', row) as Order;
