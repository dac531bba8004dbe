/** Scheduling, cancelling and peeking with the real client, and the expiry of messages. */

import { expect, test } from 'vitest';
import { manualClock } from '../src/clock.ts';
import { eventually, isEmpty, openBus, receiveOne } from './fixture.ts';

test('A scheduled message becomes active at its time and gets a new sequence number', async () => {
  const clock = manualClock();
  const { client, emulator } = await openBus({ queues: { orders: {} } }, { clock });
  const at = new Date(clock.now() + 60_000);
  const receiver = client.createReceiver('orders');

  const [number] = await client.createSender('orders').scheduleMessages({ body: 1, messageId: 'later' }, at);
  clock.advance(59_999);
  const empty = await isEmpty(receiver);
  const counts = emulator.counts('orders');
  clock.advance(1);
  const message = await receiveOne(receiver);

  expect(empty).toBe(true);
  expect(counts).toEqual({ active: 0, scheduled: 1, locked: 0, deadLettered: 0 });
  expect(message).toMatchObject({ body: 1, messageId: 'later', state: 'scheduled' });
  expect(message.scheduledEnqueueTimeUtc).toEqual(at);
  expect(message.enqueuedTimeUtc).toEqual(at);
  expect(message.sequenceNumber!.toNumber()).toBeGreaterThan(number!.toNumber());
});

test('A message is scheduled when its enqueue time is in the future and active when it is in the past', async () => {
  const clock = manualClock();
  const { client, emulator } = await openBus({ queues: { orders: {} } }, { clock });

  await client.createSender('orders').sendMessages([
    { body: 'future', scheduledEnqueueTimeUtc: new Date(clock.now() + 1_000) },
    { body: 'past', scheduledEnqueueTimeUtc: new Date(clock.now() - 1_000) },
  ]);
  const before = emulator.counts('orders');
  clock.advance(1_000);

  expect(before).toMatchObject({ active: 1, scheduled: 1 });
  expect(emulator.counts('orders')).toMatchObject({ active: 2, scheduled: 0 });
});

test('A waiting receiver gets a scheduled message when it becomes active', async () => {
  const { client } = await openBus();
  const receiver = client.createReceiver('orders');
  const receiving = receiveOne(receiver);
  const dueMs = Date.now() + 400;

  await client.createSender('orders').scheduleMessages({ body: 1 }, new Date(dueMs));
  await receiving;

  expect(Date.now()).toBeGreaterThanOrEqual(dueMs);
});

test('Cancelling removes scheduled messages and fails with MessageNotFound for other messages', async () => {
  const { client, emulator } = await openBus();
  const sender = client.createSender('orders');
  const numbers = await sender.scheduleMessages([{ body: 1 }, { body: 2 }], new Date(Date.now() + 60_000));

  await sender.cancelScheduledMessages(numbers);

  expect(emulator.counts('orders').scheduled).toBe(0);
  await expect(sender.cancelScheduledMessages(numbers)).rejects.toMatchObject({ code: 'MessageNotFound' });
});

test('Peek returns messages in every state in the order of sequence numbers and removes none', async () => {
  const { client, emulator } = await openBus();
  const sender = client.createSender('orders');
  const receiver = client.createReceiver('orders');
  await sender.sendMessages([{ body: 'locked' }, { body: 'deferred' }]);
  await receiver.receiveMessages(1);
  await receiver.deferMessage(await receiveOne(receiver));
  await sender.scheduleMessages({ body: 'scheduled' }, new Date(Date.now() + 60_000));
  await sender.sendMessages({ body: 'active' });

  const peeked = await receiver.peekMessages(3);
  const rest = await receiver.peekMessages(3);
  const fromTwo = await receiver.peekMessages(1, { fromSequenceNumber: peeked[1]!.sequenceNumber! });

  expect(peeked.map((it) => [it.body, it.state])).toEqual([
    ['locked', 'active'],
    ['deferred', 'deferred'],
    ['scheduled', 'scheduled'],
  ]);
  expect(rest.map((it) => it.body)).toEqual(['active']);
  expect(fromTwo.map((it) => it.body)).toEqual(['deferred']);
  expect(emulator.counts('orders')).toEqual({ active: 2, scheduled: 1, locked: 1, deadLettered: 0 });
});

test('Peek returns at most 250 messages per request', async () => {
  const { client } = await openBus();
  const sender = client.createSender('orders');
  const receiver = client.createReceiver('orders');
  await sender.sendMessages(Array.from({ length: 300 }, (_, body) => ({ body })));

  const first = await receiver.peekMessages(300);
  const second = await receiver.peekMessages(300);

  expect([first.length, second.length]).toEqual([250, 50]);
  expect(second[0]!.body).toBe(250);
});

test('Peek returns no messages from an empty queue', async () => {
  const { client } = await openBus();

  const peeked = await client.createReceiver('orders').peekMessages(10);

  expect(peeked).toEqual([]);
});

test('An expired message is dead-lettered when the queue has deadLetteringOnMessageExpiration', async () => {
  const clock = manualClock();
  const queue = { defaultMessageTimeToLive: 'PT10S', deadLetteringOnMessageExpiration: true };
  const { client, emulator } = await openBus({ queues: { orders: queue } }, { clock });
  await client.createSender('orders').sendMessages([{ body: 'default' }, { body: 'own', timeToLive: 5_000 }]);

  clock.advance(5_000);
  const first = emulator.counts('orders');
  clock.advance(5_000);
  const deadLetterReceiver = client.createReceiver('orders', { subQueueType: 'deadLetter' });
  const [own, byDefault] = [await receiveOne(deadLetterReceiver), await receiveOne(deadLetterReceiver)];

  expect(first).toMatchObject({ active: 1, deadLettered: 1 });
  expect([own.body, byDefault.body].sort()).toEqual(['default', 'own']);
  expect(own.deadLetterReason).toBe('TTLExpiredException');
  expect(own.deadLetterErrorDescription).toBe('The message expired and was dead lettered.');
});

test('A scheduled message above the size limit is rejected with MessageSizeExceeded', async () => {
  const { client, emulator } = await openBus();

  const scheduling = client
    .createSender('orders')
    .scheduleMessages({ body: Buffer.alloc(256 * 1024) }, new Date(Date.now() + 60_000));

  await expect(scheduling).rejects.toMatchObject({ code: 'MessageSizeExceeded' });
  expect(emulator.counts('orders').scheduled).toBe(0);
});

test('A time to live above 49.7 days, the maximum of the AMQP header, is honored', async () => {
  const DAY_MS = 86_400_000;
  const clock = manualClock();
  const { client, emulator } = await openBus({ queues: { orders: {} } }, { clock });
  const header = { timeToLive: 60 * DAY_MS };
  await client.createSender('orders').sendMessages({ bodyType: 'value', body: 1, header });

  clock.advance(60 * DAY_MS - 1);
  const before = emulator.counts('orders').active;
  const [peeked] = await client.createReceiver('orders').peekMessages(1);
  clock.advance(1);

  expect(before).toBe(1);
  expect(peeked!.timeToLive).toBe(60 * DAY_MS);
  expect(emulator.counts('orders').active).toBe(0);
});

test('A queue with a time to live above 49.7 days states it by the absolute expiry time', async () => {
  const { client } = await openBus({ queues: { orders: { defaultMessageTimeToLive: 'P365D' } } });
  await client.createSender('orders').sendMessages({ body: 1, subject: 'kept' });

  const { subject, _rawAmqpMessage: raw } = await receiveOne(client.createReceiver('orders'));
  const { absoluteExpiryTime, creationTime } = raw.properties!;

  expect(subject).toBe('kept');
  expect(absoluteExpiryTime! - creationTime!).toBe(365 * 86_400_000);
});

test('A message without a time to live is received with that of its queue', async () => {
  const { client } = await openBus({ queues: { orders: { defaultMessageTimeToLive: 'PT10S' } } });

  await client.createSender('orders').sendMessages({ body: 1 });
  const message = await receiveOne(client.createReceiver('orders'));

  expect(message.timeToLive).toBe(10_000);
  expect(message.expiresAtUtc!.getTime()).toBe(message.enqueuedTimeUtc!.getTime() + 10_000);
});

test('Every subscription of a topic gets a copy of the message and has its own dead-letter queue', async () => {
  const subscriptions = { billing: {}, audit: { maxDeliveryCount: 1 } };
  const { client, emulator } = await openBus({ topics: { events: { subscriptions } } });
  const audit = client.createReceiver('events', 'audit');

  await client.createSender('events').sendMessages({ body: 'expired', subject: 'cart' });
  const billed = await receiveOne(client.createReceiver('events', 'billing'));
  await audit.abandonMessage(await receiveOne(audit));
  const dead = await receiveOne(client.createReceiver('events', 'audit', { subQueueType: 'deadLetter' }));

  expect(billed).toMatchObject({ body: 'expired', subject: 'cart' });
  expect(dead).toMatchObject({ body: 'expired', deadLetterReason: 'MaxDeliveryCountExceeded' });
  expect(emulator.counts('events/Subscriptions/billing')).toMatchObject({ locked: 1, deadLettered: 0 });
  expect(emulator.counts('events/Subscriptions/audit')).toMatchObject({ locked: 0, deadLettered: 1 });
});

test('Duplicate detection and scheduling of a topic apply to all of its subscriptions', async () => {
  const topic = { requiresDuplicateDetection: true, subscriptions: { one: {}, two: {} } };
  const { client, emulator } = await openBus({ topics: { events: topic } });
  const sender = client.createSender('events');

  for (const body of [1, 2]) await sender.sendMessages({ body, messageId: 'cart.PT1H' });
  await sender.scheduleMessages({ body: 3 }, new Date(Date.now() + 2_000));
  const scheduled = emulator.counts('events').scheduled;

  expect(scheduled).toBe(1);
  for (const subscription of ['one', 'two']) {
    await eventually(() => expect(emulator.counts(`events/Subscriptions/${subscription}`).active).toBe(2));
  }
});
