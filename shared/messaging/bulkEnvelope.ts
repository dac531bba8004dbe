/**
 * The envelope of a message on `bulk-lanes`, told apart from one that cannot be read.
 *
 *   bulkOrder   set all lanes of this bulk order going
 *   bulkLane    look at this lane
 */
import * as z from 'zod';
import type { BulkMessage } from '../bulk/bulkPorts.ts';
import { whyUnreadable } from './envelope.ts';

const about = { tenant: z.guid(), bulkOrderId: z.guid(), traceparent: z.string().optional() };

const bulkEnvelope = z.discriminatedUnion('type', [
  z.object({ type: z.literal('bulkOrder'), version: z.literal(1), data: z.object(about) }),
  z.object({
    type: z.literal('bulkLane'),
    version: z.literal(1),
    data: z.object({ ...about, lane: z.int().min(0) }),
  }),
]);

/** The body of a message. */
export const toBulkEnvelope = (message: BulkMessage) => ({
  type: message.lane === undefined ? 'bulkOrder' : 'bulkLane',
  version: 1,
  data: message,
});

/** The message in a body, or a sentence that says why it cannot be read. */
export function readBulkMessage(body: unknown): { message: BulkMessage } | { unreadable: string } {
  const parsed = bulkEnvelope.safeParse(body);
  return parsed.success ? { message: parsed.data.data } : { unreadable: whyUnreadable(parsed.error) };
}
