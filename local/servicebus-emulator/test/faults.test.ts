// What can go wrong between a client and its broker, and what the real client makes of it.

import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { manualClock } from '../src/clock.ts';
import { startServiceBus } from '../src/emulator.ts';
import { connect, eventually, openBus, RETRY, receiveOne } from './bus.ts';

test('sender and receiver go on after their connection was cut', async () => {
  const { emulator } = await openBus();
  // A message that was written into the dying connection is sent again when its time is up.
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

test('a receiver whose connection is cut leaves its message locked, and nothing is lost', async () => {
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

test('a dead connection is given no messages', async () => {
  const { client, emulator } = await openBus();
  client.createReceiver('orders').subscribe({ processMessage: async () => {}, processError: async () => {} });
  const sender = client.createSender('orders');
  await sender.sendMessages({ body: 1 });
  await eventually(() => expect(emulator.counts('orders')).toMatchObject({ active: 0, locked: 0 }));
  await client.close();

  await connect(emulator.connectionString).createSender('orders').sendMessages({ body: 2 });

  expect(emulator.counts('orders')).toMatchObject({ active: 1, locked: 0 });
});

test('a subscriber waits for a broker that is restarted on its port', async () => {
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

test('an acknowledgement that is lost doubles the message, unless duplicates are detected', async () => {
  const { emulator } = await openBus({ queues: { twice: {}, once: { requiresDuplicateDetection: true } } });
  const hasty = connect(emulator.connectionString, { timeoutInMs: 300, retryDelayInMs: 50, maxRetries: 2 });

  emulator.faults.swallowNextAck('twice');
  emulator.faults.swallowNextAck('once');
  const planned = emulator.faults.pending();
  await hasty.createSender('twice').sendMessages({ body: 1, messageId: 'a' });
  await hasty.createSender('once').sendMessages({ body: 1, messageId: 'a' });

  expect([planned, emulator.faults.pending()]).toEqual([2, 0]);
  expect(emulator.counts('twice').active).toBe(2);
  expect(emulator.counts('once').active).toBe(1);
});

test('a delayed acknowledgement comes late, and the message is there before', async () => {
  const { client, emulator } = await openBus();
  const sender = client.createSender('orders');
  await sender.sendMessages({ body: 1 });
  let acknowledged = false;

  emulator.faults.delayNext(500);
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

test('a busy refusal is repeated by the client, and any other error is passed on', async () => {
  const { client, emulator } = await openBus();
  const sender = client.createSender('orders');

  emulator.faults.refuseNextSend();
  await sender.sendMessages({ body: 1 });
  emulator.faults.refuseNextSend({ condition: 'amqp:not-allowed', description: 'because' });
  const refused = sender.sendMessages({ body: 2 });

  await expect(refused).rejects.toThrow('because');
  expect(emulator.counts('orders').active).toBe(1);
});

test('a fault that is meant for one entity spares the others', async () => {
  const { client, emulator } = await openBus({ queues: { a: {}, b: {} } });

  emulator.faults.refuseNextSend({ condition: 'amqp:not-allowed', description: 'because' }, 'b');
  await client.createSender('a').sendMessages({ body: 1 });
  const refused = client.createSender('B').sendMessages({ body: 2 });

  await expect(refused).rejects.toThrow('because');
});

test('a settlement whose answer is lost has taken effect all the same', async () => {
  const { emulator } = await openBus();
  const hasty = connect(emulator.connectionString, { timeoutInMs: 300, retryDelayInMs: 50, maxRetries: 0 });
  await hasty.createSender('orders').sendMessages({ body: 1 });
  const receiver = hasty.createReceiver('orders');
  const message = await receiveOne(receiver);

  emulator.faults.swallowNextSettlement();
  const completing = receiver.completeMessage(message);

  await expect(completing).rejects.toMatchObject({ code: 'ServiceTimeout' });
  expect(emulator.counts('orders')).toMatchObject({ active: 0, locked: 0 });
});

test('a namespace that is cleared has lost what its receivers hold', async () => {
  const { client, emulator } = await openBus();
  await client.createSender('orders').sendMessages([{ body: 1 }, { body: 2 }]);
  const receiver = client.createReceiver('orders');
  const message = await receiveOne(receiver);

  emulator.clear();
  const completing = receiver.completeMessage(message);

  await expect(completing).rejects.toMatchObject({ code: 'MessageLockLost' });
  expect(emulator.counts('orders')).toEqual({ active: 0, scheduled: 0, locked: 0, deadLettered: 0 });
});

test('when memory is short senders are told to wait, and go on when receivers have caught up', async () => {
  const { emulator } = await openBus({ queues: { orders: {} } }, { memoryBytes: 100_000 });
  const client = connect(emulator.connectionString, { ...RETRY, timeoutInMs: 2_000, maxRetries: 0 });
  const sender = client.createSender('orders');
  const receiver = client.createReceiver('orders', { receiveMode: 'receiveAndDelete' });
  const message = { body: 'x'.repeat(500) };
  // As many as the credit that was granted while there was memory.
  await Promise.all(Array.from({ length: 1_000 }, () => sender.sendMessages(message)));

  const oneMore = sender.sendMessages(message);
  await expect(oneMore).rejects.toMatchObject({ retryable: true });
  await receiver.receiveMessages(1_000);
  await sender.sendMessages(message);

  expect(emulator.counts('orders').active).toBe(1);
});

test('a process that has closed its emulator ends by itself, connections that were cut or not', async () => {
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
    timeout: 10_000,
  });

  expect(stdout).toBe('closed\n');
});

test('from send to handler takes milliseconds, not the 40 of a delayed TCP acknowledgement', async () => {
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
    // The trap is for those who write again soon, but not at once.
    await setTimeout(5);
  }

  // In the trap, every one takes 40 ms; out of it, many take less on a machine that is busy, too.
  const quickMs = tookMs.toSorted((a, b) => a - b)[10];
  expect(quickMs).toBeLessThan(20);
});
