/** Connection failures, lost acknowledgements and other faults, as the real client experiences them. */

import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { manualClock } from '../src/clock.ts';
import { startServiceBus } from '../src/emulator.ts';
import { connect, eventually, openBus, RETRY, receiveOne } from './fixture.ts';

test('Sender and receiver continue after their connection was cut', async () => {
  const { emulator } = await openBus();
  // The client resends a message that it wrote to a closed connection when its timeout has elapsed.
  const client = connect(emulator.connectionString, {
    timeoutInMs: 1_000,
    retryDelayInMs: 50,
    maxRetries: 5,
  });
  const sender = client.createSender('orders');
  const handled: number[] = [];
  client.createReceiver('orders').subscribe({
    async processMessage({ body }) {
      handled.push(body);
    },
    processError: async () => {},
  });

  for (const body of [1, 2, 3]) {
    await sender.sendMessages({ body });
    await eventually(() => expect(handled).toContain(body));
    if (body < 3) emulator.dropConnections();
  }

  await eventually(() => expect(emulator.counts('orders')).toMatchObject({ active: 0 }));
});

test('A message stays locked when its receiver loses the connection, and is redelivered when the lock expires', async () => {
  const clock = manualClock();
  const { client, emulator } = await openBus({ queues: { orders: {} } }, { clock });
  await client.createSender('orders').sendMessages({ body: 1 });
  await receiveOne(client.createReceiver('orders', { maxAutoLockRenewalDurationInMs: 0 }));

  emulator.dropConnections();
  const held = emulator.counts('orders');
  clock.advance(60_000);
  const again = await receiveOne(connect(emulator.connectionString).createReceiver('orders'));

  expect(held).toMatchObject({ active: 0, locked: 1 });
  expect(again.deliveryCount).toBe(1);
});

test('A closed connection receives no messages', async () => {
  const { client, emulator } = await openBus();
  client.createReceiver('orders').subscribe({ processMessage: async () => {}, processError: async () => {} });
  const sender = client.createSender('orders');
  await sender.sendMessages({ body: 1 });
  await eventually(() => expect(emulator.counts('orders')).toMatchObject({ active: 0, locked: 0 }));
  await client.close();

  await connect(emulator.connectionString).createSender('orders').sendMessages({ body: 2 });

  expect(emulator.counts('orders')).toMatchObject({ active: 1, locked: 0 });
});

test('A subscriber resumes when the emulator restarts on the same port', async () => {
  const entities = { queues: { orders: {} }, topics: {} };
  const first = await startServiceBus({ entities });
  const handled: number[] = [];
  const receiver = connect(first.connectionString).createReceiver('orders');
  receiver.subscribe({
    async processMessage({ body }) {
      handled.push(body);
    },
    processError: async () => {},
  });
  await connect(first.connectionString).createSender('orders').sendMessages({ body: 1 });
  await eventually(() => expect(handled).toEqual([1]));

  await first.close();
  const { emulator: second, client } = await openBus(entities, { port: first.port });
  await client.createSender('orders').sendMessages({ body: 2 });

  await eventually(() => expect(handled).toEqual([1, 2]));
  expect(second.port).toBe(first.port);
});

test('A lost acknowledgement duplicates the message unless duplicate detection is on', async () => {
  const { emulator } = await openBus({ queues: { twice: {}, once: { requiresDuplicateDetection: true } } });
  const hasty = connect(emulator.connectionString, { timeoutInMs: 300, retryDelayInMs: 50, maxRetries: 2 });

  emulator.faults.dropNextSendAck('twice');
  emulator.faults.dropNextSendAck('once');
  const planned = emulator.faults.pending();
  await hasty.createSender('twice').sendMessages({ body: 1, messageId: 'a' });
  await hasty.createSender('once').sendMessages({ body: 1, messageId: 'a' });

  expect([planned, emulator.faults.pending()]).toEqual([2, 0]);
  expect(emulator.counts('twice').active).toBe(2);
  expect(emulator.counts('once').active).toBe(1);
});

test('A message is stored before its delayed acknowledgement is sent', async () => {
  const { client, emulator } = await openBus();
  const sender = client.createSender('orders');
  await sender.sendMessages({ body: 1 });
  let acknowledged = false;

  emulator.faults.delayNextSendAck(500);
  const startedMs = performance.now();
  const sending = sender.sendMessages({ body: 2 }).then(() => {
    acknowledged = true;
  });
  await eventually(() => expect(emulator.counts('orders').active).toBe(2));
  const early = acknowledged;
  await sending;

  expect(early).toBe(false);
  expect(performance.now() - startedMs).toBeGreaterThan(490);
});

test('The client retries a send that is rejected as busy and reports any other error', async () => {
  const { client, emulator } = await openBus();
  const sender = client.createSender('orders');

  emulator.faults.rejectNextSend();
  await sender.sendMessages({ body: 1 });
  emulator.faults.rejectNextSend({ condition: 'amqp:not-allowed', description: 'not now' });
  const refused = sender.sendMessages({ body: 2 });

  await expect(refused).rejects.toThrow('not now');
  expect(emulator.counts('orders').active).toBe(1);
});

test('A fault for one entity does not affect other entities', async () => {
  const { client, emulator } = await openBus({ queues: { a: {}, b: {} } });

  emulator.faults.rejectNextSend({ condition: 'amqp:not-allowed', description: 'not now' }, 'b');
  await client.createSender('a').sendMessages({ body: 1 });
  const refused = client.createSender('B').sendMessages({ body: 2 });

  await expect(refused).rejects.toThrow('not now');
});

test('A settlement takes effect when its acknowledgement is lost', async () => {
  const { emulator } = await openBus();
  const hasty = connect(emulator.connectionString, { timeoutInMs: 300, retryDelayInMs: 50, maxRetries: 0 });
  await hasty.createSender('orders').sendMessages({ body: 1 });
  const receiver = hasty.createReceiver('orders');
  const message = await receiveOne(receiver);

  emulator.faults.dropNextSettlementAck();
  const completing = receiver.completeMessage(message);

  await expect(completing).rejects.toMatchObject({ code: 'ServiceTimeout' });
  expect(emulator.counts('orders')).toMatchObject({ active: 0, locked: 0 });
});

test('clear() also deletes locked messages', async () => {
  const { client, emulator } = await openBus();
  await client.createSender('orders').sendMessages([{ body: 1 }, { body: 2 }]);
  const receiver = client.createReceiver('orders');
  const message = await receiveOne(receiver);

  emulator.clear();
  const completing = receiver.completeMessage(message);

  await expect(completing).rejects.toMatchObject({ code: 'MessageLockLost' });
  expect(emulator.counts('orders')).toEqual({ active: 0, scheduled: 0, locked: 0, deadLettered: 0 });
});

test('Senders wait while the memory limit is exceeded and continue when it is not', async () => {
  const { emulator } = await openBus({ queues: { orders: {} } }, { memoryBytes: 100_000 });
  const client = connect(emulator.connectionString, { ...RETRY, timeoutInMs: 15_000, maxRetries: 0 });
  const sender = client.createSender('orders');
  const receiver = client.createReceiver('orders', { receiveMode: 'receiveAndDelete' });
  await sender.sendMessages({ body: 'x'.repeat(150_000) });
  // Uses up the credit that was granted below the memory limit.
  await Promise.all(Array.from({ length: 999 }, () => sender.sendMessages({ body: 1 })));

  const oneMore = sender.sendMessages({ body: 1 });
  await expect(oneMore).rejects.toMatchObject({ retryable: true });
  await receiver.receiveMessages(1);
  await sender.sendMessages({ body: 1 });

  expect(emulator.counts('orders').active).toBe(1_000);
});

test('A process exits after it closed its emulator, whether or not a connection was cut', async () => {
  const script = `
    const { startServiceBus } = await import('${new URL('../src/emulator.ts', import.meta.url)}');
    const { ServiceBusClient } = await import('@azure/service-bus');
    const emulator = await startServiceBus({ entities: { queues: { orders: {} }, topics: {} } });
    for (const cut of [true, false]) {
      const client = new ServiceBusClient(emulator.connectionString);
      await client.createSender('orders').sendMessages({ body: 1, timeToLive: 60_000 });
      await client.createReceiver('orders').receiveMessages(1);
      if (!cut) await client.close();
      else {
        emulator.dropConnections();
        client.close();
      }
    }
    await emulator.close();
    console.log('closed');
  `;

  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    timeout: 25_000,
  });

  expect(stdout).toBe('closed\n');
});

test('A message reaches its handler without the 40 ms of a delayed TCP acknowledgement', async () => {
  const { client } = await openBus();
  const sender = client.createSender('orders');
  let arrived = () => {};
  client.createReceiver('orders').subscribe({
    processMessage: async () => arrived(),
    processError: async () => {},
  });

  const tookMs: number[] = [];
  for (let sent = 0; sent < 50; sent++) {
    const startedMs = performance.now();
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await sender.sendMessages({ body: sent });
    await arrival;
    tookMs.push(performance.now() - startedMs);
    // The delay affects a write that follows soon, but not immediately, after the previous one.
    await setTimeout(5);
  }

  // With the delay, every message takes 40 ms; without it, many take less, even on a busy machine.
  const quickMs = tookMs.toSorted((a, b) => a - b)[10];
  expect(quickMs).toBeLessThan(20);
});
