/** Starts the webhook deliveries of published events, from the service's subscription of the topic `cart-events`. */
import type { InvocationContext } from '@azure/functions';
import { isUnavailable } from '../../shared/errors.ts';
import { jsonLogger } from '../../shared/jsonLogger.ts';
import { readEventMessage } from '../../shared/messaging/envelope.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { deliverEvent } from '../../shared/webhooks/startDelivery.ts';
import { service } from '../container.ts';
import { parkUnreadable } from './parkUnreadable.ts';

/** How long after storage was unavailable the event is delivered, in milliseconds. */
const DEFERRAL_MS = 15_000;

export async function startDeliveries(body: unknown, context: InvocationContext): Promise<void> {
  const ports = service().ports(jsonLogger(context));
  const read = readEventMessage(body);
  if ('event' in read) {
    try {
      await deliverEvent(ports, read.event, service().policies.webhooks.delivery);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      // Not to the topic: its other subscriptions would get the event twice.
      const atMs = Math.ceil(ports.now() + DEFERRAL_MS * (1 + ports.random()));
      await ports.deliveryQueue.sendEvent(read.event, { id: `${read.event.id}.${atMs}`, atMs });
      ports.log.warn('storage is unavailable; event deferred', { id: read.event.id });
    }
    return;
  }
  await parkUnreadable(ports, { body, context, source: QUEUES.webhookDeliveries }, read.unreadable);
}
