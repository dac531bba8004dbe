/** The bodies of queue messages, in the envelope that `envelope.ts` reads. */
import type * as z from 'zod';
import type { BulkMessage } from '../bulk/bulkPorts.ts';
import type { CheckoutMessage } from '../checkout/message.ts';
import type { CloudEvent } from '../events/cloudEvent.ts';
import type { DeliveryMessage } from '../webhooks/webhookPorts.ts';
import type { checkoutEnvelope } from './envelope.ts';

type Envelope = z.input<typeof checkoutEnvelope>;

/** The body of a checkout message. */
export function toEnvelope(message: CheckoutMessage, type: Envelope['type'] = 'checkout'): Envelope {
  return { type, version: 1, data: message };
}

/** The body of a bulk order message. */
export const toBulkEnvelope = (message: BulkMessage) => ({
  type: message.lane === undefined ? 'bulkOrder' : 'bulkLane',
  version: 1,
  data: message,
});

/** The body of a message of the queue `webhook-deliveries`. */
export const toWebhookEnvelope = (
  message:
    | { type: 'webhookDelivery' | 'webhookReplay'; data: DeliveryMessage }
    | { type: 'webhookEvent'; data: CloudEvent },
) => ({ type: message.type, version: 1, data: message.data });
