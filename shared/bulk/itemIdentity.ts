/**
 * What identifies an item of a bulk order that skips repeats: its customer, its reference and what it orders, whatever
 * file, options, row order or spelling it comes in. The id of its cart is made of these, so a second submission finds the
 * cart of the first, and the checkout of an ordered cart returns the orders that exist. Pure.
 */
import type { CartDraft } from '../cart/cart.ts';
import type { LineItemDraft } from '../cart/lineItem.ts';
import { termOf } from '../cart/term.ts';
import { isDate, parseIsoDate } from '../time.ts';
import type { BulkItem, BulkKey } from './bulkOrder.ts';

/** Whether an item that an earlier bulk order ordered is ordered again (`order`) or returns the existing orders (`skip`). */
export const REPEATS = ['order', 'skip'] as const;
export type Repeats = (typeof REPEATS)[number];

export interface RepeatPolicy {
  repeats: Repeats;
  /** Distinguishes a deliberate second order of the same content from the first. */
  label?: string | undefined;
}

export interface IdentityContext {
  /** Derives a GUID from a name. */
  uuidV8: (...name: string[]) => string;
  /** The currency of a line item that names none. */
  currencyCode?: string | undefined;
}

/**
 * The items with the ids of their carts (docs/contract.md 19.14). With `order`, and for an item that names a cart, the
 * id does not change.
 */
export function identifyItems(
  items: readonly BulkItem[],
  { tenant }: Pick<BulkKey, 'tenant'>,
  { repeats, label = '' }: RepeatPolicy,
  { uuidV8, currencyCode }: IdentityContext,
): readonly BulkItem[] {
  if (repeats === 'order') return items;
  return items.map((item) => {
    if (!item.draft) return item;
    const reference = sameText(item.reference);
    const content = canonicalContent(item.draft, currencyCode);
    const name = [tenant, item.customer, reference, content, sameText(label)];
    return { ...item, cartId: uuidV8('skippingItem', ...name) };
  });
}

/**
 * A text in one form for all texts that look the same: composed, without invisible characters, and with one
 * space for any blanks. Programs and file systems change these when a file is copied.
 */
export const sameText = (text: string): string =>
  text
    .replace(/\p{Cf}+/gu, '')
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .trim();

/**
 * The content of a cart in one spelling (docs/contract.md 19.15): what an order of it would have. Line items are in
 * order, and without their ids, absent and empty members, and what has no effect: a currency of an add-on, an attestation
 * that is `false`. Term and currency are those that the order gets; without `currencyCode`, a line item that names no currency
 * differs from one that does. Letter case counts in friendly names only.
 */
export const canonicalContent = ({ lineItems, ...cart }: CartDraft, currencyCode?: string): string =>
  JSON.stringify(
    canonicalValue({ ...cart, lineItems: lineItems.map((item) => effective(item, currencyCode)) }, ''),
  );

/** A line item with the members that its order depends on. */
function effective({ id: _, addonItems, ...item }: LineItemDraft, currencyCode?: string): object {
  return {
    ...item,
    currencyCode: item.currencyCode ?? currencyCode,
    termDuration: termOf(item),
    addonItems: addonItems?.map((addon) => effective({ ...addon, currencyCode: undefined })),
  };
}

const GUID = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i;

type Canonical = string | Canonical[];

function canonicalValue(value: unknown, name: string): Canonical {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonicalValue(item, ''));
    return UNORDERED.has(name) ? items.sort(byText) : items;
  }
  if (typeof value !== 'object' || value === null) return canonicalText(String(value ?? ''), name);
  return Object.entries(value)
    .map(([member, of]): [string, Canonical] => [member.toLowerCase(), canonicalValue(of, member)])
    .filter(([member, of]) => of.length > 0 && !(of === 'FALSE' && ATTESTATIONS.has(member)))
    .sort(byText);
}

/** Lists whose order means nothing to an order: a file whose rows were sorted orders the same. */
const UNORDERED = new Set(['lineItems', 'addonItems', 'participants']);
/** In lower case. */
const ATTESTATIONS = new Set(['attestationaccepted', 'partneronrecordattestationaccepted']);

function byText(one: Canonical, other: Canonical): number {
  const [text, otherText] = [JSON.stringify(one), JSON.stringify(other)];
  return text < otherText ? -1 : Number(text > otherText);
}

function canonicalText(written: string, name: string): string {
  const text = sameText(written);
  const [, guid] = GUID.exec(text) ?? [];
  if (guid !== undefined) return guid.toUpperCase();
  if (name === 'friendlyName') return text;
  return isDate(text) ? String(parseIsoDate(text)) : text.toUpperCase();
}
