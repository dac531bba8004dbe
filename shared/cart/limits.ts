/**
 * How much a cart may hold, however its line items came into it. What goes beyond could be kept, and its orders
 * could not be recorded: that takes one row for the cart, and one transaction for it and all of them. Pure.
 */
import { type ApiError, apiError } from '../errors.ts';
import { flatten, type LineItem } from './lineItem.ts';
import { groupKey } from './orderGroup.ts';

/** Line items of a cart, add-ons included (docs/contract.md 17.1). */
export const MAX_LINE_ITEMS = 200;
/** One transaction of storage, 100 entities at the most, records a cart and all its orders. */
export const MAX_ORDER_GROUPS = 99;
/** Of all line items as JSON in UTF-8. A row has a mebibyte, and what does not deflate at all has to leave room for the checkout. */
export const MAX_LINE_ITEM_BYTES = 900_000;

/** The error of line items that are too many for one cart, or too large. */
export function checkLimits(lineItems: readonly LineItem[]): ApiError | undefined {
  const lines = flatten(lineItems).length;
  if (lines > MAX_LINE_ITEMS) return limitExceeded('line items, add-ons included', MAX_LINE_ITEMS, lines);
  const groups = new Set(lineItems.map(groupKey)).size;
  if (groups > MAX_ORDER_GROUPS) return limitExceeded('order groups', MAX_ORDER_GROUPS, groups);
  const bytes = Buffer.byteLength(JSON.stringify(lineItems));
  if (bytes > MAX_LINE_ITEM_BYTES) return limitExceeded('bytes of line items', MAX_LINE_ITEM_BYTES, bytes);
  return undefined;
}

/** The error of a cart that has more of something than it may have. */
export function limitExceeded(what: string, most: number, count: number): ApiError {
  const description = `A cart has at most ${most} ${what}; this one has ${count}.`;
  return apiError('invalidInput', description, { data: [{ path: 'lineItems', message: 'too many' }] });
}
