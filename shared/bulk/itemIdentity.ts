/**
 * What identifies an item of a bulk order that skips repeats: its customer, its reference and what it orders, whatever
 * file, options, row order or spelling it comes in. The id of its cart is made of these, so a second submission finds the
 * cart of the first, and the checkout of an ordered cart returns the orders that exist. Pure.
 */
import type { CartDraft } from '../cart/cart.ts';
import { parseIsoDate } from '../time.ts';
import type { BulkItem, BulkKey } from './bulkOrder.ts';

/** Whether an item that an earlier bulk order ordered is ordered again (`order`) or returns the existing orders (`skip`). */
export const REPEATS = ['order', 'skip'] as const;
export type Repeats = (typeof REPEATS)[number];

export interface RepeatPolicy {
  repeats: Repeats;
  /** Distinguishes a deliberate second order of the same content from the first. */
  label?: string | undefined;
}

/**
 * The items with the ids of their carts (docs/contract.md 19.14). With `order`, and for an item that names a cart, the
 * id does not change. `uuidV8` derives a GUID from a name.
 */
export function identifyItems(
  items: readonly BulkItem[],
  { tenant }: Pick<BulkKey, 'tenant'>,
  { repeats, label = '' }: RepeatPolicy,
  uuidV8: (...name: string[]) => string,
): readonly BulkItem[] {
  if (repeats === 'order') return items;
  return items.map((item) => {
    if (!item.draft) return item;
    const name = [tenant, item.customer, item.reference, canonicalContent(item.draft), label];
    return { ...item, cartId: uuidV8('skippingItem', ...name) };
  });
}

/**
 * The content of a cart in one spelling (docs/contract.md 19.15): members and line items in order, without absent and
 * empty members and the ids of line items, GUIDs in lower case without braces, catalog item ids in capitals, dates as times.
 */
export const canonicalContent = (draft: CartDraft): string => JSON.stringify(canonicalValue(draft, ''));

const GUID = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i;

function canonicalValue(value: unknown, name: string): unknown {
  if (typeof value === 'string') return canonicalText(value, name);
  if (Array.isArray(value)) {
    const items = value.map((item) => canonicalValue(item, ''));
    return UNORDERED.has(name) ? items.sort(byText) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .filter(([member]) => !(member === 'id' && 'catalogItemId' in value))
    .map(([member, of]) => [member, canonicalValue(of, member)] as const)
    .filter(([, of]) => !isEmpty(of))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members);
}

/** Lists whose order means nothing to an order: a file whose rows were sorted orders the same. */
const UNORDERED = new Set(['lineItems', 'addonItems', 'participants']);

function byText(one: unknown, other: unknown): number {
  const [text, otherText] = [JSON.stringify(one), JSON.stringify(other)];
  return text < otherText ? -1 : Number(text > otherText);
}

function canonicalText(text: string, name: string): unknown {
  const [, guid] = GUID.exec(text.trim()) ?? [];
  if (guid !== undefined) return guid.toLowerCase();
  if (name === 'catalogItemId') return text.toUpperCase();
  return name === 'customTermEndDate' ? parseIsoDate(text) : text;
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
