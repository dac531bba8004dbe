/**
 * Makes the line items of a cart from those of a request: numbers them, sets the currency, assigns order groups and
 * validates them. Ids, order groups and errors of the request are ignored (docs/contract.md 5.6, 8.2, 8.4, 10.4).
 */
import { findProduct } from '../catalog/catalog.ts';
import { flatten, type LineItem, type LineItemDraft } from './lineItem.ts';
import type { LineItemRules } from './lineRules.ts';
import { groupKey, labelGroups } from './orderGroup.ts';
import { validateLineItems } from './validateLineItems.ts';

/** What line items are normalized with. */
export interface NormalizeContext {
  rules: LineItemRules;
  /** Epoch milliseconds. */
  nowMs: number;
  /** Line items of frozen order groups. They come first and keep everything but their ids and labels. */
  frozen?: readonly LineItem[];
}

/** The line items of a cart: ids `0…n-1` depth first, one currency per base and its add-ons, labels by first appearance. */
export function normalizeLineItems(
  drafts: readonly LineItemDraft[],
  { rules, nowMs, frozen = [] }: NormalizeContext,
): LineItem[] {
  const normalized = drafts.map((draft) => normalize(draft, draft.currencyCode ?? rules.currencyCode, rules));
  const items = [...frozen.map(copy), ...normalized];
  const labels = labelGroups(items.map(groupKey));
  flatten(items).forEach((item, id) => {
    item.id = id;
  });
  for (const item of items) {
    for (const member of flatten([item])) member.orderGroup = labels.get(groupKey(item)) ?? '0';
  }
  const errors = validateLineItems(items, rules, nowMs);
  for (const item of flatten(normalized)) {
    const error = errors.get(item.id);
    if (error) item.error = error;
    else delete item.error;
  }
  return items;
}

function normalize(draft: LineItemDraft, currencyCode: string, rules: LineItemRules): LineItem {
  const { addonItems, ...own } = draft;
  return {
    ...own,
    id: 0,
    currencyCode,
    orderGroup: '0',
    title: rules.catalog && findProduct(rules.catalog, own.catalogItemId)?.title,
    addonItems: addonItems?.map((addon) => normalize(addon, currencyCode, rules)),
  };
}

const copy = (item: LineItem): LineItem => ({ ...item, addonItems: item.addonItems?.map(copy) });
