/**
 * What an item orders, as a short text to compare: two items have the same content when they order the same for the same
 * customer, whatever the order of their rows and members, the spelling of names and values, or the case of GUIDs. Result
 * files keep it, so that an edited row is recognized in a later run. Pure.
 */
import { createHash } from 'node:crypto';
import type { BulkItem } from '../../shared/bulk/bulkOrder.ts';
import { guid } from '../../shared/http/path.ts';

const LENGTH = 20;

/** `c` and 20 hexadecimal digits; the letter keeps a spreadsheet from reading a number. */
export function contentOf({ customer, cartId, draft }: Omit<BulkItem, 'index' | 'reference'>): string {
  const content = draft ? { customer, cart: sorted(draft) } : { customer, cartId };
  return `c${createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, LENGTH)}`;
}

/** A value with members by name, lists in one order, GUIDs in one spelling; line item ids, which order nothing, are left out. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).sort(byText);
  if (typeof value === 'string') return guid(value.replace(/^\{(.*)\}$/, '$1')) ?? value;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name, member]) => name !== 'id' && member !== undefined);
  return Object.fromEntries(
    members.sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, member]) => [name, sorted(member)]),
  );
}

function byText(one: unknown, other: unknown): number {
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)];
  return a < b ? -1 : Number(a > b);
}
