/** Messages that the real client sends, and what it receives of them. */

import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { expect, test } from 'vitest';
import { openBus, receiveOne } from './fixture.ts';

type AmqpMessage = ServiceBusReceivedMessage['_rawAmqpMessage'];

test('A message is received with every property that was sent', async () => {
  const { client } = await openBus();
  const sent = {
    body: { cart: 'c1', lines: [1, 2.5, null], text: 'Grüße 🛒' },
    messageId: 'm1',
    correlationId: 'corr',
    contentType: 'application/json',
    subject: 'checkout',
    to: 'there',
    replyTo: 'back',
    replyToSessionId: 'back-session',
    sessionId: 'session',
    partitionKey: 'session',
    timeToLive: 60_000,
    applicationProperties: { text: 'a', count: 7, ratio: 0.5, yes: true, none: null },
  };
  const sentAtMs = Date.now();

  await client.createSender('orders').sendMessages(sent);
  const received = await receiveOne(client.createReceiver('orders'));

  expect(received).toMatchObject(sent);
  expect(received.state).toBe('active');
  expect(received.deliveryCount).toBe(0);
  expect(received.sequenceNumber?.toNumber()).toBe(1);
  expect(received.enqueuedTimeUtc!.getTime()).toBeGreaterThanOrEqual(sentAtMs);
  expect(received.expiresAtUtc!.getTime()).toBe(received.enqueuedTimeUtc!.getTime() + 60_000);
  expect(received.lockedUntilUtc!.getTime()).toBeGreaterThan(received.enqueuedTimeUtc!.getTime());
  expect(received.lockToken).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test.each([
  ['an object', { a: [1, { b: 'c' }] }],
  ['a string', 'text'],
  ['a number', 42.5],
  ['null', null],
  ['bytes that are not UTF-8', Buffer.from([0, 1, 255, 0xc3, 0x28])],
  ['an empty string', ''],
])('A body of %s is received unchanged', async (_kind, body) => {
  const { client } = await openBus();

  await client.createSender('orders').sendMessages({ body });
  const received = await receiveOne(client.createReceiver('orders'));

  expect(received.body).toEqual(body);
});

test.each<[string, AmqpMessage]>([
  ['an AMQP value', { bodyType: 'value', body: { nested: { map: 1 } } }],
  ['an AMQP sequence', { bodyType: 'sequence', body: [1, 'two', true] }],
  ['AMQP data', { bodyType: 'data', body: Buffer.from('raw') }],
])('A body of %s is received as such, with its header, annotations and footer', async (_kind, message) => {
  const { client } = await openBus();
  const sent: AmqpMessage = {
    ...message,
    header: { durable: true, priority: 7 },
    messageAnnotations: { mine: 'kept' },
    properties: { messageId: 'id', groupId: 'group' },
    applicationProperties: { a: 1 },
    footer: { foot: 'note' },
  };

  await client.createSender('orders').sendMessages(sent);
  const { _rawAmqpMessage: raw, ...received } = await receiveOne(client.createReceiver('orders'));

  expect(raw.bodyType).toBe(message.bodyType);
  expect(message.bodyType === 'sequence' ? [received.body].flat() : received.body).toEqual(message.body);
  expect(raw.header).toMatchObject({ durable: true, priority: 7, deliveryCount: 0 });
  expect(raw.messageAnnotations).toMatchObject({ mine: 'kept' });
  expect(raw.footer).toEqual({ foot: 'note' });
  expect(received.messageId).toBe('id');
});

test('A received message that is sent again gets new broker properties', async () => {
  const { client } = await openBus();
  const sender = client.createSender('orders');
  await sender.sendMessages([{ body: 'first' }, { body: 'second' }]);
  const receiver = client.createReceiver('orders', { receiveMode: 'receiveAndDelete' });
  const [, second] = await receiver.receiveMessages(2);

  await sender.sendMessages({ ...second!._rawAmqpMessage, bodyType: 'value', body: 'again' });
  const [peeked] = await receiver.peekMessages(1);

  expect(peeked).toMatchObject({ body: 'again', deliveryCount: 0, messageId: second!.messageId });
  expect(peeked!.sequenceNumber!.toNumber()).toBe(3);
  expect(peeked!.lockedUntilUtc).toBeUndefined();
});

test('A message without a message id gets one', async () => {
  const { client } = await openBus();

  await client.createSender('orders').sendMessages({ body: 1, subject: 'no id' });
  const received = await receiveOne(client.createReceiver('orders'));

  expect(received.messageId).toMatch(/^[0-9a-f-]{36}$/);
  expect(received.subject).toBe('no id');
});

test('The messages of an array and of a batch are received separately, each with its own properties', async () => {
  const { client } = await openBus();
  const sender = client.createSender('orders');
  const batch = await sender.createMessageBatch();
  for (const messageId of ['c', 'd'])
    batch.tryAddMessage({ body: messageId, messageId, subject: `of ${messageId}` });

  await sender.sendMessages([
    { body: 'a', messageId: 'a', applicationProperties: { only: 'a' } },
    { body: 'b', messageId: 'b' },
  ]);
  await sender.sendMessages(batch);
  const received = await receiveAll(client.createReceiver('orders'), 4);

  expect(received.map((it) => it.body)).toEqual(['a', 'b', 'c', 'd']);
  expect(received.map((it) => it.messageId)).toEqual(['a', 'b', 'c', 'd']);
  expect(received.map((it) => it.applicationProperties)).toEqual([
    { only: 'a' },
    undefined,
    undefined,
    undefined,
  ]);
  expect(received[3]?.subject).toBe('of d');
});

test('A message of 200 kB is sent and received in several frames', async () => {
  const { client } = await openBus();
  const body = Buffer.alloc(200_000, 'cartwright');

  await client.createSender('orders').sendMessages({ body });
  const received = await receiveOne(client.createReceiver('orders'));

  expect(body.equals(received.body)).toBe(true);
});

test('A message above 256 KiB does not fit into a batch and is rejected with MessageSizeExceeded', async () => {
  const { client, emulator } = await openBus();
  const sender = client.createSender('orders');
  const body = Buffer.alloc(256 * 1024);

  const batch = await sender.createMessageBatch();
  const fits = batch.tryAddMessage({ body });
  const sending = sender.sendMessages({ body });

  expect(batch.maxSizeInBytes).toBe(256 * 1024);
  expect(fits).toBe(false);
  await expect(sending).rejects.toMatchObject({ code: 'MessageSizeExceeded', retryable: false });
  expect(emulator.counts('orders').active).toBe(0);
});

test('maxMessageSizeInKilobytes raises the size limit of messages and batches', async () => {
  const { client, emulator } = await openBus({ queues: { large: { maxMessageSizeInKilobytes: 1_024 } } });
  const sender = client.createSender('large');

  const batch = await sender.createMessageBatch();
  await sender.sendMessages({ body: Buffer.alloc(1_000_000) });
  const sending = sender.sendMessages({ body: Buffer.alloc(1_100_000) });

  expect(batch.maxSizeInBytes).toBe(1_024 * 1_024);
  await expect(sending).rejects.toMatchObject({ code: 'MessageSizeExceeded' });
  expect(emulator.counts('large').active).toBe(1);
});

test('A full queue rejects messages with QuotaExceeded, which is not retryable', async () => {
  const { client } = await openBus({ queues: { small: { maxSizeInMegabytes: 1 } } });
  const sender = client.createSender('small');
  for (let sent = 0; sent < 5; sent++) await sender.sendMessages({ body: Buffer.alloc(200_000) });

  const oneTooMany = sender.sendMessages({ body: Buffer.alloc(200_000) });

  await expect(oneTooMany).rejects.toMatchObject({ code: 'QuotaExceeded', retryable: false });
});

test('A duplicate is acknowledged and discarded when duplicate detection is on', async () => {
  const { client, emulator } = await openBus({ queues: { once: { requiresDuplicateDetection: true } } });
  const sender = client.createSender('once');

  await sender.sendMessages({ body: 1, messageId: 'a' });
  await sender.sendMessages([
    { body: 2, messageId: 'a' },
    { body: 3, messageId: 'b' },
  ]);

  expect(emulator.counts('once').active).toBe(2);
});

async function receiveAll(receiver: ServiceBusReceiver, count: number): Promise<ServiceBusReceivedMessage[]> {
  const received: ServiceBusReceivedMessage[] = [];
  while (received.length < count) received.push(...(await receiver.receiveMessages(count - received.length)));
  return received;
}
