/**
 * The envelope of every queue message: a type, a version, and the rest inside `data`, because the Functions
 * host lets members of a body overwrite what it reports about the message (docs/contract.md 20.1). A message of an unknown
 * type or version, or with invalid data, is returned as unreadable with the reason.
 *
 *   checkout         run this attempt of this checkout
 *   checkoutReplay   this checkout is exhausted: start a new one of its cart
 */
import * as z from 'zod';
import type { BulkMessage } from '../bulk/bulkPorts.ts';
import type { CheckoutMessage } from '../checkout/message.ts';

const guid = z.guid();

export const checkoutEnvelope = z.object({
  type: z.enum(['checkout', 'checkoutReplay']),
  version: z.literal(1),
  data: z.object({
    tenant: guid,
    customer: guid,
    cartId: guid,
    checkoutId: guid,
    attempt: z.int().min(1),
    traceparent: z.string().optional(),
    deferrals: z.int().min(0).optional(),
  }),
});

type Envelope = z.input<typeof checkoutEnvelope>;

/** The body of a checkout message. */
export function toEnvelope(message: CheckoutMessage, type: Envelope['type'] = 'checkout'): Envelope {
  return { type, version: 1, data: message };
}

/** The message in a body, by its type, or a sentence with the reason why the body cannot be read. */
export function readCheckoutMessage(
  body: unknown,
): { message: CheckoutMessage } | { replay: CheckoutMessage } | { unreadable: string } {
  const parsed = checkoutEnvelope.safeParse(body);
  if (parsed.success) {
    const { type, data } = parsed.data;
    return type === 'checkout' ? { message: data } : { replay: data };
  }
  return { unreadable: whyUnreadable(parsed.error) };
}

/** What is wrong with a body, as a sentence that names every invalid member. */
export const whyUnreadable = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ');

const about = { tenant: z.guid(), bulkOrderId: z.guid(), traceparent: z.string().optional() };

const bulkEnvelope = z.discriminatedUnion('type', [
  z.object({ type: z.literal('bulkOrder'), version: z.literal(1), data: z.object(about) }),
  z.object({
    type: z.literal('bulkLane'),
    version: z.literal(1),
    data: z.object({ ...about, lane: z.int().min(0) }),
  }),
]);

/** The body of a bulk order message. */
export const toBulkEnvelope = (message: BulkMessage) => ({
  type: message.lane === undefined ? 'bulkOrder' : 'bulkLane',
  version: 1,
  data: message,
});

/** The message in a body, or a sentence with the reason why the body cannot be read. */
export function readBulkMessage(body: unknown): { message: BulkMessage } | { unreadable: string } {
  const parsed = bulkEnvelope.safeParse(body);
  return parsed.success ? { message: parsed.data.data } : { unreadable: whyUnreadable(parsed.error) };
}
