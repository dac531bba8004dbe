/**
 * Converts carts and orders to table rows and back. Times are ISO strings, which are readable in a table viewer; line
 * items and checkout are JSON columns. Rows of an unknown version are rejected.
 */
import * as z from 'zod';
import type { Cart, CartKey } from '../cart/cart.ts';
import type { Checkout } from '../cart/checkoutState.ts';
import type { LineItem } from '../cart/lineItem.ts';
import { digestHex } from '../ids.ts';
import type { Order } from '../orders/order.ts';
import { fromJsonColumn, hasJsonColumn, portableText, toJsonColumn } from './jsonColumn.ts';
import { cartKeys, orderKeys } from './keys.ts';

const ROW_VERSION = 1;

const isoTime = z.iso.datetime().transform((text) => Date.parse(text));

const cartRow = z.object({
  rowVersion: z.literal(ROW_VERSION),
  created: isoTime,
  modified: isoTime,
  expires: isoTime,
  expired: isoTime.optional(),
  modifiedBy: z.string(),
  bulkOrderId: z.string().optional(),
  isDirectOrder: z.literal(true).optional(),
  renewals: z.number().optional(),
  partnerOnRecordAttestationAccepted: z.boolean().optional(),
  writes: z.string(),
});

/** The row of a cart. */
export function toCartRow(cart: Cart) {
  const attested = cart.partnerOnRecordAttestationAccepted;
  return {
    ...cartKeys(cart),
    rowVersion: ROW_VERSION,
    created: isoText(cart.createdMs),
    modified: isoText(cart.modifiedMs),
    expires: isoText(cart.expiresMs),
    ...(cart.expiredMs === undefined ? {} : { expired: isoText(cart.expiredMs) }),
    modifiedBy: portableText(cart.modifiedBy),
    ...(cart.bulkOrderId === undefined ? {} : { bulkOrderId: cart.bulkOrderId }),
    ...(cart.isDirectOrder === undefined ? {} : { isDirectOrder: cart.isDirectOrder }),
    ...(cart.renewals === undefined ? {} : { renewals: cart.renewals }),
    ...(attested === undefined ? {} : { partnerOnRecordAttestationAccepted: attested }),
    writes: cart.idempotencyKeys.join(' '),
    ...toJsonColumn('lineItems', cart.lineItems),
    ...(cart.checkout ? toJsonColumn('checkout', cart.checkout) : {}),
  };
}

/** The cart of a row; throws when the row was not written by {@link toCartRow}. */
export function fromCartRow(key: CartKey, row: Record<string, unknown>): Cart {
  const { rowVersion: _, created, modified, expires, expired, writes, ...own } = cartRow.parse(row);
  return {
    tenant: key.tenant,
    customer: key.customer,
    cartId: key.cartId,
    createdMs: created,
    modifiedMs: modified,
    expiresMs: expires,
    ...(expired === undefined ? {} : { expiredMs: expired }),
    ...own,
    idempotencyKeys: writes === '' ? [] : writes.split(' '),
    lineItems: fromJsonColumn('lineItems', row) as LineItem[],
    checkout: hasJsonColumn('checkout', row) ? (fromJsonColumn('checkout', row) as Checkout) : undefined,
  };
}

const isoText = (ms: number) => new Date(ms).toISOString();

/** The row of an order, in the partition of its cart; under another key when another order has the same id. */
export function toOrderRow(order: Order, { isDuplicate = false }: { isDuplicate?: boolean } = {}) {
  return {
    ...orderKeys(
      order.tenant,
      order.referenceCustomerId,
      order.orderId,
      isDuplicate ? digestHex(16, ...contentOf(order)) : undefined,
    ),
    rowVersion: 1,
    cartId: order.cartId,
    placed: new Date(order.placedMs).toISOString(),
    ...toJsonColumn('order', order),
  };
}

/** The cart and order group that an order was made of. */
const contentOf = ({ cartId, isLegacy, billingCycle, currencyCode }: Order): string[] => [
  cartId,
  String(isLegacy),
  billingCycle,
  currencyCode,
];

/** Whether two orders were made of the same order group of the same cart. */
export const isSameGroup = (a: Order, b: Order): boolean => contentOf(a).join() === contentOf(b).join();

/** The order of a row. */
export const fromOrderRow = (row: Record<string, unknown>): Order => fromJsonColumn('order', row) as Order;
