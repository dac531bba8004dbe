/**
 * What makes a line item impossible to buy without making the request wrong: the cart is kept, the error
 * stands on the line, and checkout is refused until it is gone (docs/contract.md 9.3).
 */
import { findProduct } from '../catalog/catalog.ts';
import { type CartError, flatten, type LineItem } from './lineItem.ts';
import type { LineItemRules } from './lineRules.ts';
import * as rules from './lineRules.ts';

/**
 * What can be wrong, the most telling first: a line item carries one error, and mending that one should not be
 * in vain. What is sold at all comes before its conditions, the choice of a product before how many and how, and
 * the most that can be had before the least that must be. Codes: docs/contract.md 9.4.
 */
const ERRORS: readonly (readonly [errorCode: number, rule: rules.LineRule])[] = [
  [10001, rules.catalogItem],
  [10004, rules.participants],
  [10000, rules.currency],
  [400041, rules.base],
  [10013, rules.billing],
  [10018, rules.baseSeats],
  [10015, rules.mostQuantity],
  [10019, rules.addonSeats],
  [10010, rules.leastQuantity],
  [10012, rules.attestation],
  [10014, rules.promotion],
  [10016, rules.customEndProduct],
  [10017, rules.customEndDate],
];

/**
 * The errors of the line items and add-ons of a cart, by id, as it stands at a time (epoch milliseconds).
 * The items are numbered already.
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
