/**
 * The envelope of items that order desks send to the queue `bulk-orders`, published as a JSON Schema. Its version changes
 * when an old reader could misunderstand it; unknown members are ignored (docs/contract.md 20.2, 20.3).
 */
import * as z from 'zod';
import type { BulkItem } from '../bulk/bulkOrder.ts';
import type { QueuedItem } from '../bulk/ingestItem.ts';
import { sameText } from '../bulk/itemIdentity.ts';
import { bulkItemRequest, readItem } from '../http/bulkRequest.ts';
import { guid } from '../http/path.ts';
import { readEnvelope, whyNotUtf8 } from './envelope.ts';

const about = {
  tenant: z.guid().describe('The partner tenant that orders.'),
  bulkOrderId: z
    .guid()
    .describe(
      'The bulk order that the item belongs to: a GUID that the order desk generates once for all of its items.',
    ),
  bulkOrderReference: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('The order desk’s name for the bulk order; the first item sets it.'),
};

const envelope = z.object({
  type: z.literal('bulkOrderItem'),
  version: z.literal(1),
  data: z.looseObject(about),
});

/** The message of an order desk, for the published schema. */
export const bulkItemMessage = z
  .object({
    type: z.literal('bulkOrderItem'),
    version: z.literal(1),
    data: bulkItemRequest.extend(about),
  })
  .describe('An item of a bulk order, as an order desk sends it to the queue `bulk-orders`.');

/**
 * The item in a body, or a sentence with the reason why the body cannot be read. The index is assigned later. References
 * that count as equal (docs/contract.md 19.2) have one cart.
 */
export function readBulkItemMessage(
  body: unknown,
  cartIdOf: (key: QueuedItem['key'], reference: string) => string,
): QueuedItem | { unreadable: string } {
  const notUtf8 = whyNotUtf8(body);
  if (notUtf8 !== undefined) return { unreadable: notUtf8 };
  const enveloped = readEnvelope(envelope, body);
  if ('unreadable' in enveloped) return enveloped;
  const { data } = enveloped.value;
  const { tenant, bulkOrderId, bulkOrderReference } = data;
  const key = { tenant: guid(tenant) ?? '', bulkOrderId: guid(bulkOrderId) ?? '' };
  const read = readItem({ json: data }, 0, { cartIdOf: (reference) => cartIdOf(key, sameText(reference)) });
  if ('problems' in read) {
    const sentences = read.problems.map(({ path, message }) => `data${path && `.${path}`}: ${message}`);
    return { unreadable: sentences.join('; ') };
  }
  const { index: _, ...item }: BulkItem = read.item;
  return { key, bulkOrderReference, item };
}
