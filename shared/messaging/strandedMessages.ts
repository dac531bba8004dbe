/**
 * Finds and removes messages in `parked` and in the dead-letter queues that name a partner tenant and one of some ids. Messages are
 * peeked first: only when there is one to remove, messages are locked, and those that stay are unlocked again.
 */
import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import type { MessageContent, StrandedMessages } from '../erasure/erasurePorts.ts';
import type { OpenBus } from './bus.ts';
import { QUEUES, SUBSCRIPTIONS, TOPICS } from './queueNames.ts';

type Open = (client: ServiceBusClient) => ServiceBusReceiver;

const PLACES: Open[] = [
  (client) => client.createReceiver(QUEUES.parked),
  ...[QUEUES.checkout, QUEUES.bulkOrders, QUEUES.webhookDeliveries].map(
    (queue): Open =>
      (client) =>
        client.createReceiver(queue, { subQueueType: 'deadLetter' }),
  ),
  (client) =>
    client.createReceiver(TOPICS.cartEvents, SUBSCRIPTIONS.webhooks, { subQueueType: 'deadLetter' }),
];

const PAGE_SIZE = 250;
/** How many messages are locked at most; their locks last a minute. */
const MOST_LOCKED = 1_000;
const PATIENCE_MS = 1_000;

/** The messages of the namespace of a bus. */
export const strandedMessages = (bus: Pick<OpenBus, 'use'>): StrandedMessages => ({
  async count(content) {
    const counts = await Promise.all(
      PLACES.map((open) => bus.use((client) => countAt(client, open, content))),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  },
  async remove(content) {
    for (const open of PLACES) {
      const wanted = await bus.use((client) => countAt(client, open, content));
      if (wanted > 0) await bus.use((client) => removeAt(client, open, { content, wanted }));
    }
  },
});

const contains = (
  { body }: Pick<ServiceBusReceivedMessage, 'body'>,
  { tenant, ids }: MessageContent,
): boolean => {
  const text = (Buffer.isBuffer(body) ? body.toString('utf8') : (JSON.stringify(body) ?? '')).toLowerCase();
  return text.includes(tenant) && ids.some((id) => text.includes(id));
};

async function countAt(client: ServiceBusClient, open: Open, content: MessageContent): Promise<number> {
  const receiver = open(client);
  try {
    let count = 0;
    let page = await receiver.peekMessages(PAGE_SIZE);
    while (page.length > 0) {
      count += page.filter((message) => contains(message, content)).length;
      page = await receiver.peekMessages(PAGE_SIZE);
    }
    return count;
  } finally {
    await receiver.close();
  }
}

async function removeAt(
  client: ServiceBusClient,
  open: Open,
  { content, wanted }: { content: MessageContent; wanted: number },
): Promise<void> {
  const receiver = open(client);
  const others: ServiceBusReceivedMessage[] = [];
  let removed = 0;
  try {
    while (removed < wanted && others.length < MOST_LOCKED) {
      const messages = await receiver.receiveMessages(PAGE_SIZE, { maxWaitTimeInMs: PATIENCE_MS });
      if (messages.length === 0) break;
      for (const message of messages) {
        if (!contains(message, content)) others.push(message);
        else {
          await receiver.completeMessage(message);
          removed++;
        }
      }
    }
  } finally {
    await Promise.allSettled(others.map((message) => receiver.abandonMessage(message)));
    await receiver.close();
  }
  if (removed < wanted) throw new Error(`${wanted - removed} messages could not be removed yet.`);
}
