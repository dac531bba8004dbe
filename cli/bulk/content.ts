/**
 * What an item orders, as a short text to compare: two items have the same content when they order the same for the same
 * customer, whatever the order of their rows and members, the spelling of names and values, or the case of GUIDs. Result
 * files keep it, so that an edited row is recognized in a later run. Pure.
 */
import { createHash } from 'node:crypto';
import type { BulkItem } from '../../shared/bulk/bulkOrder.ts';
import { canonicalContent } from '../../shared/bulk/itemIdentity.ts';

const LENGTH = 20;

/**
 * `c` and 20 hexadecimal digits of a hash of the content by which the service recognizes a repeat (docs/contract.md
 * 19.15). The letter keeps a spreadsheet from reading a number.
 */
export function contentOf({ customer, cartId, draft }: Omit<BulkItem, 'index' | 'reference'>): string {
  const content = draft ? canonicalContent(draft) : cartId;
  return `c${createHash('sha256').update(`${customer} ${content}`).digest('hex').slice(0, LENGTH)}`;
}
