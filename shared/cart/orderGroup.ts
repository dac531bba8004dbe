/**
 * Order groups: which line items become one order (docs/contract.md 10.1). Term, product and participants never split an
 * order; the purchase system and the properties of the order do.
 */
import { flatten, type LineItem } from './lineItem.ts';

/** The properties of a line item that decide its order group. */
type Grouped = Pick<LineItem, 'catalogItemId' | 'billingCycle' | 'currencyCode'>;

export interface OrderGroup {
  /** `{legacy|modern}|{billingCycle}|{currencyCode}`. It does not change while the cart is edited. */
  key: string;
  /** The name in responses: `0`, `1`, … or `OMS-0` for the legacy purchase system. */
  label: string;
  lineItems: LineItem[];
}

const MODERN_CATALOG_ITEM = /^[^:]+:[^:]+(:[^:]+)?$/;

/** Legacy offers are a GUID or `MS-AZR-…`; modern catalogue items are `product:sku[:availability]`. */
export function isLegacy(catalogItemId: string): boolean {
  return !MODERN_CATALOG_ITEM.test(catalogItemId);
}

/** The key of a line item's order group. An add-on belongs to the group of its base, so pass the base. */
export function groupKey(item: Grouped): string {
  return `${isLegacy(item.catalogItemId) ? 'legacy' : 'modern'}|${item.billingCycle}|${item.currencyCode}`;
}

/** Labels for group keys in order of first appearance, counted separately for each purchase system. */
export function labelGroups(keys: Iterable<string>): Map<string, string> {
  const labels = new Map<string, string>();
  let legacy = 0;
  let modern = 0;
  for (const key of keys) {
    if (labels.has(key)) continue;
    labels.set(key, key.startsWith('legacy') ? `OMS-${legacy++}` : String(modern++));
  }
  return labels;
}

/** The order groups of a cart, legacy ones first; their line items in cart order, add-ons after their base. */
export function orderGroups(lineItems: readonly LineItem[]): OrderGroup[] {
  const labels = labelGroups(lineItems.map(groupKey));
  const groups = [...labels].map(([key, label]) => ({
    key,
    label,
    lineItems: lineItems.filter((item) => groupKey(item) === key).flatMap((item) => flatten([item])),
  }));
  const isOms = (group: OrderGroup) => group.label.startsWith('OMS-');
  return [...groups.filter(isOms), ...groups.filter((group) => !isOms(group))];
}
