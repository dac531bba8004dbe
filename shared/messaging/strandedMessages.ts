/**
 * Finds and removes the messages of a customer in `parked` and in the dead-letter queues, however many others there are.
 * Messages are peeked first, in the order of their sequence numbers. Only when there is one to remove, messages are locked;
 * those of others are kept locked until the end, because an unlocked one would be received again in place of the next.
 */
import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import type { MessageContent, StrandedMessages } from '../erasure/erasurePorts.ts';
import type { OpenBus } from './bus.ts';
import { QUEUES, SUBSCRIPTIONS, TOPICS } from './queueNames.ts';

interface Place {
  name: string;
  open: (client: ServiceBusClient) => ServiceBusReceiver;
}

/** The SDK renews locks by message id, which a message from another sender may not have; they are renewed here. */
const OPTIONS = { maxAutoLockRenewalDurationInMs: 0 };
const DEAD = { ...OPTIONS, subQueueType: 'deadLetter' } as const;

const PLACES: readonly Place[] = [
  { name: QUEUES.parked, open: (client) => client.createReceiver(QUEUES.parked, OPTIONS) },
  ...Object.values(QUEUES).map((queue) => ({
    name: `${queue}/dead`,
    open: (client: ServiceBusClient) => client.createReceiver(queue, DEAD),
  })),
  {
    name: `${TOPICS.cartEvents}/dead`,
    open: (client) => client.createReceiver(TOPICS.cartEvents, SUBSCRIPTIONS.webhooks, DEAD),
  },
];

export interface StrandedMessagesOptions {
  /** How many messages are peeked or locked in one call. */
  pageSize?: number;
  /** How often the locks of others' messages are renewed, in milliseconds; the locks last a minute. */
  renewalMs?: number;
}

const PAGE_SIZE = 250;
const RENEWAL_MS = 20_000;
const PATIENCE_MS = 1_000;

/** The messages of the namespace of a bus. */
export const strandedMessages = (
  bus: Pick<OpenBus, 'use'>,
  { pageSize = PAGE_SIZE, renewalMs = RENEWAL_MS }: StrandedMessagesOptions = {},
): StrandedMessages => ({
  async find(content) {
    const found = await bus.use((client) =>
      Promise.all(PLACES.map((place) => findAt(client, place, { content, pageSize }))),
    );
    return found.flatMap(({ names }) => names);
  },
  async remove(content) {
    await bus.use(async (client) => {
      for (const place of PLACES) {
        const found = await findAt(client, place, { content, pageSize });
        if (found.names.length > 0) await removeAt(client, place, { content, found, pageSize, renewalMs });
      }
    });
  },
});

/** Whether a message names the partner, and the customer before a time or one of the ids at any time. */
function contains(
  { body, enqueuedTimeUtc }: Pick<ServiceBusReceivedMessage, 'body' | 'enqueuedTimeUtc'>,
  { tenant, customer, untilMs, ids }: MessageContent,
): boolean {
  const text = (Buffer.isBuffer(body) ? body.toString('utf8') : (JSON.stringify(body) ?? '')).toLowerCase();
  if (!text.includes(tenant)) return false;
  const isBefore = (enqueuedTimeUtc?.getTime() ?? 0) <= untilMs;
  if (isBefore && text.includes(customer)) return true;
  return (text.match(ID) ?? []).some((id) => ids.has(id));
}

/** The ids of carts and deliveries: hexadecimal digits in groups. */
const ID = /[0-9a-f]+(?:-[0-9a-f]+)+/g;

interface Found {
  /** The messages, each by its place and sequence number. */
  names: string[];
  /** How many messages there are up to the last of them. */
  upTo: number;
}

/** The messages at a place. */
async function findAt(
  client: ServiceBusClient,
  { name, open }: Place,
  { content, pageSize }: { content: MessageContent; pageSize: number },
): Promise<Found> {
  const receiver = open(client);
  const found: Found = { names: [], upTo: 0 };
  let peeked = 0;
  try {
    let page = await receiver.peekMessages(pageSize);
    for (let last = page.at(-1); last?.sequenceNumber !== undefined; last = page.at(-1)) {
      for (const message of page) {
        peeked++;
        if (!contains(message, content)) continue;
        found.names.push(`${name}/${message.sequenceNumber}`);
        found.upTo = peeked;
      }
      page = await receiver.peekMessages(pageSize, { fromSequenceNumber: last.sequenceNumber.add(1) });
    }
    return found;
  } finally {
    await receiver.close();
  }
}

interface Removal {
  content: MessageContent;
  found: Found;
  pageSize: number;
  renewalMs: number;
}

async function removeAt(
  client: ServiceBusClient,
  { open }: Place,
  { content, found, pageSize, renewalMs }: Removal,
): Promise<void> {
  const receiver = open(client);
  const others: ServiceBusReceivedMessage[] = [];
  const wanted = found.names.length;
  let removed = 0;
  let renewedMs = performance.now();
  try {
    while (removed < wanted) {
      // No more than the last one needs: the SDK waits for the number that it was asked for.
      const expected = found.upTo - removed - others.length;
      const most = expected > 0 ? Math.min(expected, pageSize) : pageSize;
      const messages = await receiver.receiveMessages(most, { maxWaitTimeInMs: PATIENCE_MS });
      if (messages.length === 0) break;
      const matching = messages.filter((message) => contains(message, content));
      await Promise.all(matching.map((message) => receiver.completeMessage(message)));
      removed += matching.length;
      others.push(...messages.filter((message) => !matching.includes(message)));
      if (performance.now() - renewedMs < renewalMs) continue;
      renewedMs = performance.now();
      await inPages(others, pageSize, (message) => receiver.renewMessageLock(message));
    }
  } finally {
    await inPages(others, pageSize, (message) => receiver.abandonMessage(message));
    await receiver.close();
  }
  if (removed < wanted) throw new Error(`${wanted - removed} messages could not be removed yet.`);
}

/** Settles messages a page at a time. One that fails has lost its lock: the broker delivers it again. */
async function inPages(
  messages: readonly ServiceBusReceivedMessage[],
  pageSize: number,
  settle: (message: ServiceBusReceivedMessage) => Promise<unknown>,
): Promise<void> {
  for (let n = 0; n < messages.length; n += pageSize) {
    await Promise.allSettled(messages.slice(n, n + pageSize).map(settle));
  }
}
