/** Settlement with the real client: on the link, after the link has closed, and after the lock has expired. */

import { expect, test } from 'vitest';
import { manualClock } from '../src/clock.ts';
import { isEmpty, openBus, receiveOne } from './fixture.ts';

test('A completed message is removed', async () => {
  const { client, emulator } = await openBus();
  await client.createSender('orders').sendMessages({ body: 1 });
  const receiver = client.createReceiver('orders');

  const message = await receiveOne(receiver);
  const held = emulator.counts('orders');
  await receiver.completeMessage(message);

  expect(held).toEqual({ active: 0, scheduled: 0, locked: 1, deadLettered: 0 });
  expect(emulator.counts('orders')).toEqual({ active: 0, scheduled: 0, locked: 0, deadLettered: 0 });
});

test('A message received in receiveAndDelete mode is removed on delivery', async () => {
  const { client, emulator } = await openBus();
  await client.createSender('orders').sendMessages([{ body: 1 }, { body: 2 }]);
  const receiver = client.createReceiver('orders', { receiveMode: 'receiveAndDelete' });

  const [message] = await receiver.receiveMessages(1);

  expect(message?.body).toBe(1);
  expect(message?.lockToken).toBeUndefined();
  expect(emulator.counts('orders')).toMatchObject({ active: 1, locked: 0 });
});

test('An abandoned message is redelivered first, with a higher delivery count and its changed properties', async () => {
  const { client } = await openBus();
  await client
    .createSender('orders')
    .sendMessages([{ body: 1, applicationProperties: { kept: 'yes', changed: 'old' } }, { body: 2 }]);
  const receiver = client.createReceiver('orders');

  await receiver.abandonMessage(await receiveOne(receiver), { changed: 'new', added: 3 });
  const again = await receiveOne(receiver);

  expect(again.body).toBe(1);
  expect(again.deliveryCount).toBe(1);
  expect(again.applicationProperties).toEqual({ kept: 'yes', changed: 'new', added: 3 });
});

test('A dead-lettered message is in the dead-letter queue with reason and description', async () => {
  const { client, emulator } = await openBus();
  await client
    .createSender('orders')
    .sendMessages({ body: 1, messageId: 'bad', applicationProperties: { a: 1 } });
  const receiver = client.createReceiver('orders');

  await receiver.deadLetterMessage(await receiveOne(receiver), {
    deadLetterReason: 'unreadable',
    deadLetterErrorDescription: 'not JSON',
    source: 'checkout',
  });
  const counts = emulator.counts('orders');
  const deadLetterReceiver = client.createReceiver('orders', { subQueueType: 'deadLetter' });
  const dead = await receiveOne(deadLetterReceiver);
  await deadLetterReceiver.completeMessage(dead);

  expect(counts).toEqual({ active: 0, scheduled: 0, locked: 0, deadLettered: 1 });
  expect(dead).toMatchObject({
    messageId: 'bad',
    deadLetterReason: 'unreadable',
    deadLetterErrorDescription: 'not JSON',
    applicationProperties: { a: 1, source: 'checkout' },
  });
  expect(dead.sequenceNumber?.toNumber()).toBe(1);
  expect(emulator.counts('orders').deadLettered).toBe(0);
});

test('A message is dead-lettered after maxDeliveryCount deliveries', async () => {
  const { client } = await openBus({ queues: { orders: { maxDeliveryCount: 3 } } });
  await client.createSender('orders').sendMessages({ body: 1 });
  const receiver = client.createReceiver('orders');

  const counts: (number | undefined)[] = [];
  for (let delivery = 0; delivery < 3; delivery++) {
    const message = await receiveOne(receiver);
    counts.push(message.deliveryCount);
    await receiver.abandonMessage(message);
  }
  const dead = await receiveOne(client.createReceiver('orders', { subQueueType: 'deadLetter' }));

  expect(counts).toEqual([0, 1, 2]);
  expect(dead.deadLetterReason).toBe('MaxDeliveryCountExceeded');
  expect(dead.deadLetterErrorDescription).toBe('Message could not be consumed after 3 delivery attempts.');
});

test('A deferred message is received by its sequence number and can be settled', async () => {
  const { client, emulator } = await openBus();
  await client.createSender('orders').sendMessages({ body: 'later' });
  const receiver = client.createReceiver('orders');
  const message = await receiveOne(receiver);
  const sequenceNumber = message.sequenceNumber!;

  await receiver.deferMessage(message, { why: 'early' });
  const empty = await isEmpty(receiver);
  const [deferred] = await receiver.receiveDeferredMessages(sequenceNumber);
  await receiver.completeMessage(deferred!);

  expect(empty).toBe(true);
  expect(deferred).toMatchObject({
    body: 'later',
    state: 'deferred',
    applicationProperties: { why: 'early' },
  });
  expect(emulator.counts('orders')).toEqual({ active: 0, scheduled: 0, locked: 0, deadLettered: 0 });
  await expect(receiver.receiveDeferredMessages(sequenceNumber)).rejects.toMatchObject({
    code: 'MessageNotFound',
  });
});

test.each(['complete', 'abandon', 'defer', 'deadLetter'] as const)(
  'Another receiver can %s a message whose receiver has closed',
  async (decision) => {
    const { client, emulator } = await openBus();
    await client.createSender('orders').sendMessages({ body: 1 });
    const first = client.createReceiver('orders');
    const message = await receiveOne(first);
    await first.close();

    const second = client.createReceiver('orders');
    await second[`${decision}Message`](message);

    const expected = {
      complete: { active: 0, deadLettered: 0 },
      abandon: { active: 1, deadLettered: 0 },
      defer: { active: 1, deadLettered: 0 },
      deadLetter: { active: 0, deadLettered: 1 },
    };
    expect(emulator.counts('orders')).toMatchObject({ ...expected[decision], locked: 0 });
  },
);

test('A message whose lock expired goes to the next receiver, and the first one gets MessageLockLost', async () => {
  const clock = manualClock();
  const { client } = await openBus({ queues: { orders: { lockDuration: 'PT30S' } } }, { clock });
  await client.createSender('orders').sendMessages({ body: 1 });
  const [slow, next] = [client.createReceiver('orders'), client.createReceiver('orders')];
  const message = await receiveOne(slow);

  clock.advance(30_000);
  const again = await receiveOne(next);

  expect(again.deliveryCount).toBe(1);
  await expect(slow.completeMessage(message)).rejects.toMatchObject({ code: 'MessageLockLost' });
  await expect(slow.renewMessageLock(message)).rejects.toMatchObject({ code: 'MessageLockLost' });
  await next.completeMessage(again);
});

test('An expired lock cannot be settled through another receiver either', async () => {
  const clock = manualClock();
  const { client } = await openBus({ queues: { orders: { lockDuration: 'PT30S' } } }, { clock });
  await client.createSender('orders').sendMessages({ body: 1 });
  const first = client.createReceiver('orders');
  const message = await receiveOne(first);
  await first.close();

  clock.advance(30_000);
  const late = client.createReceiver('orders').completeMessage(message);

  await expect(late).rejects.toMatchObject({ code: 'MessageLockLost' });
});

test('A renewed lock lasts for the full lock duration', async () => {
  const clock = manualClock();
  const { client } = await openBus({ queues: { orders: { lockDuration: 'PT30S' } } }, { clock });
  await client.createSender('orders').sendMessages({ body: 1 });
  const receiver = client.createReceiver('orders');
  const message = await receiveOne(receiver);

  clock.advance(20_000);
  const until = await receiver.renewMessageLock(message);
  clock.advance(29_999);
  await receiver.completeMessage(message);

  expect(until.getTime()).toBe(clock.now() + 1);
});

test('Abandoned messages are redelivered in the order of their sequence numbers', async () => {
  const { client } = await openBus();
  await client.createSender('orders').sendMessages([1, 2, 3, 4].map((body) => ({ body })));
  const receiver = client.createReceiver('orders');
  const messages = await receiver.receiveMessages(4);

  for (const at of [2, 0, 3, 1]) await receiver.abandonMessage(messages[at]!);
  const again = await receiver.receiveMessages(4);

  expect(again.map((it) => it.body)).toEqual([1, 2, 3, 4]);
});
