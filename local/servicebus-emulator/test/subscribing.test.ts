/** Subscriptions of the real client: handlers, lock renewal, concurrency, and the limits of links and sessions. */

import { setTimeout } from 'node:timers/promises';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { expect, test } from 'vitest';
import { connect, eventually, openBus, receiveOne } from './fixture.ts';

const noErrors = async ({ error }: { error: Error }) => {
  throw error;
};

test('A message is completed when its handler returns and abandoned when it throws', async () => {
  const { client, emulator } = await openBus();
  const deliveries: string[] = [];

  client.createReceiver('orders').subscribe({
    async processMessage({ body, deliveryCount }) {
      deliveries.push(`${body}.${deliveryCount}`);
      if (body === 'bad' && deliveryCount! < 2) throw new Error('not yet');
    },
    processError: async () => {},
  });
  await client.createSender('orders').sendMessages([{ body: 'bad' }, { body: 'good' }]);

  await eventually(() => expect(emulator.counts('orders')).toMatchObject({ active: 0, locked: 0 }));
  expect(deliveries.sort()).toEqual(['bad.0', 'bad.1', 'bad.2', 'good.0']);
});

test('A message whose handler always throws is dead-lettered', async () => {
  const { client, emulator } = await openBus({ queues: { orders: { maxDeliveryCount: 4 } } });
  let deliveries = 0;

  client.createReceiver('orders').subscribe({
    async processMessage() {
      deliveries += 1;
      throw new Error('never');
    },
    processError: async () => {},
  });
  await client.createSender('orders').sendMessages({ body: 1 });

  await eventually(() => expect(emulator.counts('orders').deadLettered).toBe(1));
  expect(deliveries).toBe(4);
});

test('A lock is renewed while its handler runs', async () => {
  const { client, emulator } = await openBus({ queues: { orders: { lockDuration: 'PT2S' } } });
  const lockEnds = new Set<number>();
  const handled = Promise.withResolvers<void>();

  client.createReceiver('orders').subscribe({
    async processMessage(message) {
      const lockEnd = () => message.lockedUntilUtc!.getTime();
      // Longer than a lock duration.
      const until = lockEnd() + 1_000;
      lockEnds.add(lockEnd());
      while (Date.now() <= until) await setTimeout(until - Date.now() + 1);
      lockEnds.add(lockEnd());
      handled.resolve();
    },
    processError: noErrors,
  });
  await client.createSender('orders').sendMessages({ body: 1 });

  await handled.promise;
  await eventually(() => expect(emulator.counts('orders').locked).toBe(0));
  expect(lockEnds.size).toBeGreaterThanOrEqual(2);
  expect(emulator.counts('orders').active).toBe(0);
});

test('No more than maxConcurrentCalls handlers run concurrently', async () => {
  const { client } = await openBus();
  const release: (() => void)[] = [];
  let running = 0;

  client.createReceiver('orders').subscribe(
    {
      async processMessage() {
        running += 1;
        await new Promise<void>((resolve) => release.push(resolve));
      },
      processError: noErrors,
    },
    { maxConcurrentCalls: 3 },
  );
  await client.createSender('orders').sendMessages(Array.from({ length: 8 }, (_, body) => ({ body })));

  for (let started = 3; started <= 8; started++) {
    await eventually(() => expect(running).toBe(started));
    release.shift()?.();
  }
  for (const resolve of release) resolve();
});

test('Competing receivers share the messages, and each message is handled once', async () => {
  const { client, emulator } = await openBus();
  const handled: string[] = [];
  const receivers = new Set<number>();
  const both = Promise.withResolvers<void>();

  for (const at of [0, 1]) {
    const receiver = connect(emulator.connectionString).createReceiver('orders');
    receiver.subscribe(
      {
        async processMessage({ body }) {
          handled.push(body);
          // The first receiver waits until the other one has received a message too.
          if (receivers.add(at).size === 2) both.resolve();
          await both.promise;
        },
        processError: noErrors,
      },
      { maxConcurrentCalls: 4 },
    );
  }
  const sent = Array.from({ length: 200 }, (_, n) => `m${n}`);
  await client.createSender('orders').sendMessages(sent.map((body) => ({ body })));

  await eventually(() => expect(emulator.counts('orders')).toMatchObject({ active: 0, locked: 0 }));
  expect(handled.toSorted()).toEqual(sent.toSorted());
});

// 2,048 is the window of a session and the size of rhea's buffer: a broker that ignores either stalls there.
test('More than 2,048 messages pass through one sender and one receiver', { timeout: 60_000 }, async () => {
  const { client, emulator } = await openBus();
  const sender = client.createSender('orders');
  const bodies = Array.from({ length: 2_100 }, (_, n) => n);
  const handled = new Set<number>();

  client.createReceiver('orders').subscribe(
    {
      async processMessage({ body }) {
        handled.add(body);
      },
      processError: noErrors,
    },
    { maxConcurrentCalls: 32 },
  );
  for (let from = 0; from < bodies.length; from += 100) {
    await Promise.all(bodies.slice(from, from + 100).map((body) => sender.sendMessages({ body })));
  }

  await eventually(() => expect(handled.size).toBe(bodies.length));
  await eventually(() => expect(emulator.counts('orders')).toMatchObject({ active: 0, locked: 0 }));
});

test('A receiver that filled its window of 2,048 messages receives more after it settled some', async () => {
  const { client, emulator } = await openBus();
  const sender = client.createSender('orders');
  for (let batch = 0; batch < 4; batch++) {
    await sender.sendMessages(Array.from({ length: 525 }, (_, n) => ({ body: n })));
  }
  const receiver = client.createReceiver('orders');

  const held: ServiceBusReceivedMessage[] = [];
  while (held.length < 2_048) held.push(...(await receiver.receiveMessages(2_048 - held.length)));
  const withFullWindow = emulator.counts('orders');
  await Promise.all(held.slice(0, 60).map((message) => receiver.completeMessage(message)));
  const rest: ServiceBusReceivedMessage[] = [];
  while (rest.length < 52) rest.push(...(await receiver.receiveMessages(52 - rest.length)));

  expect(withFullWindow).toMatchObject({ active: 52, locked: 2_048 });
  expect(emulator.counts('orders')).toMatchObject({ active: 0, locked: 2_040 });
});

test('A receiver in receiveAndDelete mode receives more than 2,048 messages in one call', async () => {
  const { client, emulator } = await openBus();
  const sender = client.createSender('orders');
  for (let batch = 0; batch < 4; batch++) {
    await sender.sendMessages(Array.from({ length: 525 }, (_, n) => ({ body: n })));
  }
  const receiver = client.createReceiver('orders', { receiveMode: 'receiveAndDelete' });

  const messages = await receiver.receiveMessages(2_100, { maxWaitTimeInMs: 8_000 });

  expect(messages).toHaveLength(2_100);
  expect(emulator.counts('orders')).toMatchObject({ active: 0, locked: 0 });
});

test('A receiver can settle its messages when it requested more than were available', async () => {
  const { client, emulator } = await openBus();
  await client.createSender('orders').sendMessages([{ body: 1 }, { body: 2 }]);
  const receiver = client.createReceiver('orders');

  const messages = await receiver.receiveMessages(10, { maxWaitTimeInMs: 100 });
  for (const message of messages) await receiver.completeMessage(message);

  expect(messages).toHaveLength(2);
  expect(emulator.counts('orders')).toMatchObject({ active: 0, locked: 0 });
});

test('A drain is answered immediately', async () => {
  const { client } = await openBus();
  const receiver = client.createReceiver('orders');

  const tookMs: number[] = [];
  for (let time = 0; time < 10; time++) {
    const startedMs = performance.now();
    await receiver.receiveMessages(10, { maxWaitTimeInMs: 10 });
    tookMs.push(performance.now() - startedMs);
  }

  // Without a response, the client waits for 200 ms each time and then opens another link.
  expect(Math.min(...tookMs)).toBeLessThan(200);
});

test('A closed subscription receives no more messages', async () => {
  const { client } = await openBus();
  const receiver = client.createReceiver('orders');
  let handled = 0;
  const subscription = receiver.subscribe({
    async processMessage() {
      handled += 1;
    },
    processError: noErrors,
  });
  await client.createSender('orders').sendMessages({ body: 1 });
  await eventually(() => expect(handled).toBe(1));

  await subscription.close();
  await client.createSender('orders').sendMessages({ body: 2 });
  const message = await receiveOne(client.createReceiver('orders'));

  expect(message.body).toBe(2);
  expect(handled).toBe(1);
});
