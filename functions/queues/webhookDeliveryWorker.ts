/**
 * Processes a message of the queue `webhook-deliveries`: an attempt of a delivery, an event whose deliveries could not be
 * stored, or the replay of an exhausted delivery. An unreadable message is parked immediately, with the reason.
 */
import type { InvocationContext } from '@azure/functions';
import { isUnavailable } from '../../shared/errors.ts';
import { jsonLogger } from '../../shared/jsonLogger.ts';
import { readWebhookMessage } from '../../shared/messaging/envelope.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import type { Ports } from '../../shared/ports.ts';
import { runDelivery } from '../../shared/webhooks/runDelivery.ts';
import { deliverEvent, resendDelivery } from '../../shared/webhooks/startDelivery.ts';
import { service } from '../container.ts';
import { parkUnreadable } from './parkUnreadable.ts';

/** How long after storage was unavailable the message is processed again, in milliseconds. */
const DEFERRAL_MS = 15_000;

type Readable = Exclude<ReturnType<typeof readWebhookMessage>, { unreadable: string }>;

export async function deliverWebhook(body: unknown, context: InvocationContext): Promise<void> {
  const ports = service().ports(jsonLogger(context));
  const read = readWebhookMessage(body);
  if (!('unreadable' in read)) {
    await processMessage(ports, read).catch((error: unknown) => {
      if (!isUnavailable(error)) throw error; // a bug: the broker redelivers, and finally dead-letters
      return deferMessage(ports, read);
    });
    return;
  }
  await parkUnreadable(ports, { body, context, source: QUEUES.webhookDeliveries }, read.unreadable);
}

async function processMessage(ports: Ports, read: Readable): Promise<void> {
  const { delivery: policy } = service().policies.webhooks;
  if ('message' in read) {
    return runDelivery(ports, read.message, policy);
  }
  if ('event' in read) {
    await deliverEvent(ports, read.event, policy);
    return;
  }
  const resent = await resendDelivery(ports, read.replay, policy);
  if ('error' in resent) {
    ports.log.warn('exhausted delivery not sent again', {
      deliveryId: read.replay.deliveryId,
      why: resent.error.description,
    });
  }
}

/** Schedules the message again and completes this delivery of it, so that an outage does not use up deliveries. */
async function deferMessage(ports: Ports, read: Readable): Promise<void> {
  const atMs = Math.ceil(ports.now() + DEFERRAL_MS * (1 + ports.random()));
  ports.log.warn('storage is unavailable; webhook message deferred', { atMs });
  if ('event' in read)
    return ports.deliveryQueue.sendEvent(read.event, { id: `${read.event.id}.${atMs}`, atMs });
  const message = 'message' in read ? read.message : read.replay;
  return 'message' in read
    ? ports.deliveryQueue.send(message, { id: `${message.deliveryId}.${message.attempt}.${atMs}`, atMs })
    : ports.deliveryQueue.sendReplay(message, { id: `${message.deliveryId}.replay.${atMs}`, atMs });
}
