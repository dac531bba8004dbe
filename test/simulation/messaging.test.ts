/** The broker in memory keeps the same promises as the real one: it goes through the same suite. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { checkoutQueue, eventTopic, parkedQueue } from '../../shared/messaging/publishers.ts';
import { QUEUES, TOPICS } from '../../shared/messaging/queueNames.ts';
import { describeMessaging, type Received } from '../contract/messaging.ts';
import { memoryBus } from './memoryBus.ts';

const ENTITIES = { checkout: QUEUES.checkout, parked: QUEUES.parked, events: TOPICS.cartEvents };
const PATIENCE_MS = 1_000;

describeMessaging('in memory', async () => {
  const bus = memoryBus(Date.now);
  return {
    checkouts: checkoutQueue(bus),
    parked: parkedQueue(bus),
    events: eventTopic(bus),
    async receive(from, count) {
      const received: Received[] = [];
      for (let sinceMs = Date.now(); received.length < count && Date.now() < sinceMs + PATIENCE_MS; ) {
        const held = bus.receive(ENTITIES[from]);
        if (!held) {
          await pause(5);
          continue;
        }
        bus.complete(held.token);
        sinceMs = Date.now();
        const { messageId, body, applicationProperties = {} } = held.message;
        received.push({ id: String(messageId), body, properties: applicationProperties, atMs: sinceMs });
      }
      return received;
    },
    close: bus.close,
  };
});

it('The broker in memory redelivers a message after its lock has expired, and rejects a late settlement', async () => {
  let nowMs = 0;
  const bus = memoryBus(() => nowMs);
  await bus.send(QUEUES.checkout, { messageId: 'm', body: {} });
  const first = bus.receive(QUEUES.checkout);
  const meanwhile = bus.receive(QUEUES.checkout);

  nowMs = 60_000;
  const isCompleted = bus.complete(first?.token ?? 0);
  const second = bus.receive(QUEUES.checkout);

  expect([meanwhile, isCompleted]).toEqual([undefined, false]);
  expect(second).toMatchObject({ message: { messageId: 'm' }, deliveries: 2 });
});

it('The broker in memory dead-letters a message after ten deliveries', async () => {
  const bus = memoryBus(() => 0);
  await bus.send(QUEUES.checkout, { messageId: 'm', body: {} });

  for (let n = 0; n < 10; n++) bus.abandon(bus.receive(QUEUES.checkout)?.token ?? 0);

  expect(bus.receive(QUEUES.checkout)).toBeUndefined();
  expect(bus.deadLetters).toHaveLength(1);
});
