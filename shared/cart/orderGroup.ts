/**
 * Which line items go into one order. Evidence: the samples of Partner Center's cart pages, where term,
 * product and participants never split an order, but the purchase system and what is order-level does.
 */
import { flatten, type LineItem } from './lineItem.ts';

/** The part of a line item that decides its group. */
type Grouped = Pick<LineItem, 'catalogItemId' | 'billingCycle' | 'currencyCode'>;

export interface OrderGroup {
  /** What the members share: `{legacy|modern}|{billingCycle}|{currencyCode}`. Stable while a cart is edited. */
  key: string;
  /** What the wire calls it: `0`, `1`, … or `OMS-0` for the legacy purchase system. */
  label: string;
  lineItems: LineItem[];
}

const MODERN_CATALOG_ITEM = /^[^:]+:[^:]+(:[^:]+)?$/;

/** Legacy offers are a GUID or `MS-AZR-…`; modern catalogue items are `product:sku[:availability]`. */
export function isLegacy(catalogItemId: string): boolean {
  return !MODERN_CATALOG_ITEM.test(catalogItemId);
}

/** The key of the group that an item belongs to. An add-on goes with its base, so pass the base. */
export function groupKey(item: Grouped): string {
  return `${isLegacy(item.catalogItemId) ? 'legacy' : 'modern'}|${item.billingCycle}|${item.currencyCode}`;
}

/** Labels for keys in order of first appearance, each purchase system counting for itself. */
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

/** The order groups of a cart, legacy ones first as orders are listed; the members in cart order, add-ons after their base. */
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
