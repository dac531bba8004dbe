/**
 * The queue functions: which queue or subscription triggers each. What a function runs is loaded with its first message,
 * because each queue function has its own instances, and HTTP functions run none of them.
 */
import { app, type InvocationContext } from '@azure/functions';
import { QUEUES, SUBSCRIPTIONS, TOPICS } from '../../shared/messaging/queueNames.ts';

const connection = 'ServiceBusConnection';

/** Handles one message. */
type Handler = (body: unknown, context: InvocationContext) => Promise<void>;

const lazily =
  (load: () => Promise<Handler>): Handler =>
  async (body, context) =>
    (await load())(body, context);

app.serviceBusQueue('runCheckout', {
  connection,
  queueName: QUEUES.checkout,
  handler: lazily(async () => (await import('./checkoutWorker.ts')).runCheckout),
});

app.serviceBusQueue('runBulk', {
  connection,
  queueName: QUEUES.bulkLanes,
  handler: lazily(async () => (await import('./bulkLaneWorker.ts')).runBulk),
});

app.serviceBusQueue('takeBulkItem', {
  connection,
  queueName: QUEUES.bulkOrders,
  handler: lazily(async () => (await import('./bulkItemIntake.ts')).takeBulkItem),
});

app.serviceBusQueue('sweepPage', {
  connection,
  queueName: QUEUES.sweepPages,
  handler: lazily(async () => (await import('./sweepPageWorker.ts')).sweepPage),
});

app.serviceBusQueue('deliverWebhook', {
  connection,
  queueName: QUEUES.webhookDeliveries,
  handler: lazily(async () => (await import('./webhookDeliveryWorker.ts')).deliverWebhook),
});

app.serviceBusTopic('startDeliveries', {
  connection,
  topicName: TOPICS.cartEvents,
  subscriptionName: SUBSCRIPTIONS.webhooks,
  handler: lazily(async () => (await import('./webhookEvents.ts')).startDeliveries),
});
