/**
 * The limits of a cart, for line items that are sent and for those that are kept. They ensure that the orders of a stored
 * cart can be recorded, which takes one row for the cart and one transaction for the cart and all orders. Pure.
 */
import { type ApiError, apiError } from '../errors.ts';
import { flatten, type LineItem } from './lineItem.ts';
import { groupKey } from './orderGroup.ts';

/** Line items of a cart, including add-ons (docs/contract.md 17.1). */
export const MAX_LINE_ITEMS = 200;
/** A storage transaction of at most 100 entities records a cart and all its orders. */
export const MAX_ORDER_GROUPS = 99;
/** Bytes of all line items as JSON in UTF-8. A row has 1 MiB, and incompressible line items must leave room for the checkout. */
export const MAX_LINE_ITEM_BYTES = 900_000;

/** The error of line items that exceed a limit. */
export function checkLimits(lineItems: readonly LineItem[]): ApiError | undefined {
  const lines = flatten(lineItems).length;
  if (lines > MAX_LINE_ITEMS) return limitExceeded('line items, add-ons included', MAX_LINE_ITEMS, lines);
  const groups = new Set(lineItems.map(groupKey)).size;
  if (groups > MAX_ORDER_GROUPS) return limitExceeded('order groups', MAX_ORDER_GROUPS, groups);
  const bytes = Buffer.byteLength(JSON.stringify(lineItems));
  if (bytes > MAX_LINE_ITEM_BYTES) return limitExceeded('bytes of line items', MAX_LINE_ITEM_BYTES, bytes);
  return undefined;
}

/** The error of a cart that exceeds a limit. */
export function limitExceeded(what: string, most: number, count: number): ApiError {
  const description = `A cart has at most ${most} ${what}; this one has ${count}.`;
  return apiError('invalidInput', description, {
    data: [{ path: 'lineItems', message: `must have at most ${most} ${what}` }],
  });
}
