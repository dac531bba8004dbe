/**
 * Finds the line items that are not purchasable. They do not fail the request: the cart is stored, the line item carries
 * the error, and the checkout is refused until it is corrected (docs/contract.md 9.3).
 */
import { findProduct } from '../catalog/catalog.ts';
import { type CartError, flatten, type LineItem } from './lineItem.ts';
import type { LineItemRules } from './lineRules.ts';
import * as rules from './lineRules.ts';

/**
 * The rules in order of precedence. A line item carries one error, so the most fundamental comes first: the product before
 * its conditions, and the maximum quantity before the minimum. Codes: docs/contract.md 9.4.
 */
const ERRORS: readonly (readonly [errorCode: number, rule: rules.LineRule])[] = [
  [10001, rules.catalogItem],
  [10004, rules.participants],
  [10000, rules.currency],
  [400041, rules.base],
  [10013, rules.billing],
  [10018, rules.baseSeats],
  [10015, rules.maxQuantity],
  [10019, rules.addonSeats],
  [10010, rules.minQuantity],
  [10012, rules.attestation],
  [10014, rules.promotion],
  [10016, rules.customEndProduct],
  [10017, rules.customEndDate],
];

/**
 * The errors of the line items and add-ons of a cart, by line item id, at a time in epoch milliseconds. The items are
 * numbered already.
 */
export function validateLineItems(
  lineItems: readonly LineItem[],
  given: LineItemRules,
  nowMs: number,
): Map<number, CartError> {
  const { catalog } = given;
  const cart = lineItems.flatMap((base) =>
    flatten([base]).map((item) => ({
      item,
      base: item === base ? undefined : base,
      product: catalog && findProduct(catalog, item.catalogItemId),
    })),
  );
  const errors = new Map<number, CartError>();
  for (const line of cart) {
    const error = firstError({ ...line, cart, rules: given, nowMs });
    if (error) errors.set(line.item.id, error);
  }
  return errors;
}

function firstError(line: rules.Line): CartError | undefined {
  for (const [errorCode, rule] of ERRORS) {
    const finding = rule(line);
    if (typeof finding === 'string') return { errorCode, errorDescription: finding };
    if (finding) return { errorCode, ...finding };
  }
  return undefined;
}
