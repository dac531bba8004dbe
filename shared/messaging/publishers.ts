/** What the service sends: checkout, bulk order and webhook messages, parked messages, events. The broker detects duplicates by the message id. */
import type { BulkQueue } from '../bulk/bulkPorts.ts';
import { type CloudEvent, type TruncationLimits, truncateEvent } from '../events/cloudEvent.ts';
import type { CheckoutQueue, EventTopic, ParkedQueue } from '../ports.ts';
import type { DeliveryQueue } from '../webhooks/webhookPorts.ts';
import type { Bus } from './bus.ts';
import { QUEUES, TOPICS } from './queueNames.ts';
import { toBulkEnvelope, toEnvelope, toWebhookEnvelope } from './toEnvelope.ts';

/** The queue `checkout`. */
export const checkoutQueue = (bus: Bus): CheckoutQueue => ({
  async send(message, { id, atMs }) {
    const { traceparent } = message;
    await bus.send(
      QUEUES.checkout,
      {
        messageId: id,
        correlationId: message.checkoutId,
        contentType: 'application/json',
        subject: 'checkout',
        body: toEnvelope(message),
        ...(traceparent ? { applicationProperties: { traceparent } } : {}),
      },
      atMs,
    );
  },
});

/** The queues `bulk-lanes` and `bulk-orders`. */
export const bulkQueue = (bus: Bus): BulkQueue => ({
  async sendItem(body, { id, atMs }) {
    const message = { messageId: id, contentType: 'application/json', subject: 'bulkOrderItem', body };
    await bus.send(QUEUES.bulkOrders, message, atMs);
  },
  async send(messages) {
    await bus.sendAll(
      QUEUES.bulkLanes,
      messages.map(({ message, id, atMs }) => ({
        messageId: id,
        correlationId: message.bulkOrderId,
        contentType: 'application/json',
        subject: message.lane === undefined ? 'bulkOrder' : 'bulkLane',
        body: toBulkEnvelope(message),
        ...(message.traceparent ? { applicationProperties: { traceparent: message.traceparent } } : {}),
        ...(atMs === undefined ? {} : { scheduledEnqueueTimeUtc: new Date(atMs) }),
      })),
    );
  },
});

/** The queue `webhook-deliveries`. */
export const deliveryQueue = (bus: Bus): DeliveryQueue => {
  const send = (subject: string, body: object, { id, atMs }: Parameters<DeliveryQueue['send']>[1]) =>
    bus.send(
      QUEUES.webhookDeliveries,
      { messageId: id, contentType: 'application/json', subject, body },
      atMs,
    );
  return {
    send: (message, options) =>
      send('webhookDelivery', toWebhookEnvelope({ type: 'webhookDelivery', data: message }), options),
    sendReplay: (message, options) =>
      send('webhookReplay', toWebhookEnvelope({ type: 'webhookReplay', data: message }), options),
    sendEvent: (event, options) =>
      send('webhookEvent', toWebhookEnvelope({ type: 'webhookEvent', data: event }), options),
  };
};

/** The queue `parked`: the body unchanged, so that it can be replayed, with the reason as properties. The description is dropped when it does not fit beside a body of the maximum size. */
export function parkedQueue(bus: Bus): ParkedQueue {
  const park: ParkedQueue['park'] = async (body, { id, source, reason, description }) => {
    const send = (words: { description?: string }) =>
      bus.send(QUEUES.parked, {
        messageId: id,
        contentType: 'application/json',
        subject: source,
        body,
        applicationProperties: { source, reason, ...words },
      });
    await sendFirstThatFits([{ description: description.slice(0, 1_024) }, {}], send);
  };
  return {
    park,
    parkExpired: (message, why) => park(toEnvelope(message, 'checkoutReplay'), why),
    parkDelivery: (message, why) => park(toWebhookEnvelope({ type: 'webhookReplay', data: message }), why),
  };
}

/** How an event that is too large for the broker is cut: first its long lists and texts, then all lists. */
const TRUNCATIONS: readonly TruncationLimits[] = [
  { listLength: 20, textLength: 256 },
  { listLength: 0, textLength: 128 },
];

/** The topic `cart-events`: CloudEvents in structured mode. An event that is too large is truncated and published. */
export const eventTopic = (bus: Bus): EventTopic => ({
  async publish(event) {
    const versions: [CloudEvent, ...CloudEvent[]] = [
      event,
      ...TRUNCATIONS.map((limits) => truncateEvent(event, limits)),
    ];
    await sendFirstThatFits(versions, (body) =>
      bus.send(TOPICS.cartEvents, {
        messageId: event.id,
        contentType: 'application/cloudevents+json; charset=utf-8',
        subject: event.type,
        body,
      }),
    );
  },
});

/** Sends the first version that the broker does not reject for its size. Throws the last rejection, or any other error. */
async function sendFirstThatFits<Version>(
  [version, ...smaller]: readonly [Version, ...Version[]],
  send: (version: Version) => Promise<void>,
): Promise<void> {
  try {
    await send(version);
  } catch (error) {
    const [next, ...others] = smaller;
    if (next === undefined || (error as { code?: string }).code !== 'MessageSizeExceeded') throw error;
    await sendFirstThatFits([next, ...others], send);
  }
}
