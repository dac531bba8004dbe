/**
 * Reads the envelope of every queue message: a type, a version, and the rest inside `data`, because the Functions
 * host lets members of a body overwrite what it reports about the message (docs/contract.md 20.1). A message of an unknown
 * type or version, or with invalid data, is returned as unreadable with the reason.
 *
 *   checkout         run this attempt of this checkout
 *   checkoutReplay   this checkout is exhausted: start a new one of its cart
 *   webhookDelivery  run this attempt of this delivery
 *   webhookEvent     start the delivery of this event
 *   webhookReplay    this delivery is exhausted: send it again
 */
import * as z from 'zod';
import type { BulkMessage } from '../bulk/bulkPorts.ts';
import type { CheckoutMessage } from '../checkout/message.ts';
import type { CloudEvent } from '../events/cloudEvent.ts';
import { eventEnvelope } from '../events/schemas.ts';
import { validate } from '../validation.ts';
import { isDeliveryId } from '../webhooks/delivery.ts';
import type { DeliveryMessage } from '../webhooks/webhookPorts.ts';

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
    correlationId: z.string().max(128).optional(),
    deferrals: z.int().min(0).optional(),
  }),
});

/** The message in a body, by its type, or a sentence with the reason why the body cannot be read. */
export function readCheckoutMessage(
  body: unknown,
): { message: CheckoutMessage } | { replay: CheckoutMessage } | { unreadable: string } {
  const notUtf8 = whyNotUtf8(body);
  if (notUtf8 !== undefined) return { unreadable: notUtf8 };
  const read = readEnvelope(checkoutEnvelope, body);
  if ('unreadable' in read) return read;
  const { type, data } = read.value;
  return type === 'checkout' ? { message: data } : { replay: data };
}

/** A body as its schema reads it, or a sentence that names every invalid member. */
export function readEnvelope<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): { value: z.output<Schema> } | { unreadable: string } {
  const read = validate(schema, body);
  if ('value' in read) return read;
  return { unreadable: read.problems.map(({ path, message }) => `${path || 'body'}: ${message}`).join('; ') };
}

const REPLACEMENT = '\ufffd';
/** How much of a text is shown around a replacement character, on each side. */
const EXCERPT = 20;

/**
 * Why a body cannot have been UTF-8, as a sentence; `undefined` when it can. The Functions host delivers U+FFFD in place of
 * invalid bytes, so two names may have become one and no text can be trusted (docs/contract.md 20.9).
 */
export function whyNotUtf8(body: unknown): string | undefined {
  const open: unknown[] = [body]; // a list in place of recursion: a body may be nested more deeply than the stack allows
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string' && value.includes(REPLACEMENT)) {
      const at = value.indexOf(REPLACEMENT);
      const excerpt = value.slice(Math.max(0, at - EXCERPT), at + EXCERPT);
      return `body: must be UTF-8; the host delivered U+FFFD in place of other bytes, as in '${excerpt}'`;
    }
    if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) open.push(name, member);
    }
  }
  return undefined;
}

const about = { tenant: z.guid(), bulkOrderId: z.guid(), traceparent: z.string().optional() };

const bulkEnvelope = z.discriminatedUnion('type', [
  z.object({ type: z.literal('bulkOrder'), version: z.literal(1), data: z.object(about) }),
  z.object({
    type: z.literal('bulkLane'),
    version: z.literal(1),
    data: z.object({ ...about, lane: z.int().min(0) }),
  }),
]);

/** The message in a body, or a sentence with the reason why the body cannot be read. */
export function readBulkMessage(body: unknown): { message: BulkMessage } | { unreadable: string } {
  const notUtf8 = whyNotUtf8(body);
  if (notUtf8 !== undefined) return { unreadable: notUtf8 };
  const read = readEnvelope(bulkEnvelope, body);
  return 'value' in read ? { message: read.value.data } : read;
}

const delivery = z.object({
  tenant: guid,
  deliveryId: z.string().refine(isDeliveryId, 'must be the id of a delivery'),
  attempt: z.int().min(1),
  isDeferred: z.boolean().optional(),
});

const webhookEnvelope = z.discriminatedUnion('type', [
  z.object({ type: z.literal('webhookDelivery'), version: z.literal(1), data: delivery }),
  z.object({ type: z.literal('webhookReplay'), version: z.literal(1), data: delivery }),
  z.object({ type: z.literal('webhookEvent'), version: z.literal(1), data: eventEnvelope }),
]);

/** The message in a body, by its type, or a sentence with the reason why the body cannot be read. */
export function readWebhookMessage(
  body: unknown,
):
  | { message: DeliveryMessage }
  | { replay: DeliveryMessage }
  | { event: CloudEvent }
  | { unreadable: string } {
  const read = readEnvelope(webhookEnvelope, body);
  if ('unreadable' in read) return read;
  const { type, data } = read.value;
  if (type === 'webhookEvent') return { event: data };
  return type === 'webhookReplay' ? { replay: data } : { message: data };
}

/** The event in a message of the topic, or a sentence with the reason why it cannot be read. */
export function readEventMessage(body: unknown): { event: CloudEvent } | { unreadable: string } {
  const read = readEnvelope(eventEnvelope, body);
  return 'value' in read ? { event: read.value } : read;
}
