/** Rejected clients and operations, and the error codes that the real client reports for them. */

import { connect as connectTcp } from 'node:net';
import { networkInterfaces } from 'node:os';
import { ServiceBusClient } from '@azure/service-bus';
import { expect, onTestFinished, test } from 'vitest';
import { startServiceBus } from '../src/emulator.ts';
import { connect, openBus, RETRY } from './fixture.ts';

const ENTITIES = { queues: { orders: {} }, topics: { events: { subscriptions: { all: {} } } } };

test.each(['nowhere', 'orders/nowhere'])(
  'Sending to and receiving from the unknown entity "%s" fails with MessagingEntityNotFound',
  async (path) => {
    const { client } = await openBus();

    const sending = client.createSender(path).sendMessages({ body: 1 });
    const receiving = client.createReceiver(path).receiveMessages(1);
    const peeking = client.createReceiver(path).peekMessages(1);

    const notFound = { code: 'MessagingEntityNotFound', retryable: false };
    await expect(sending).rejects.toMatchObject(notFound);
    await expect(receiving).rejects.toMatchObject(notFound);
    await expect(peeking).rejects.toMatchObject({ message: expect.stringContaining('could not be found') });
  },
);

test('The error handler of a subscriber reports MessagingEntityNotFound', async () => {
  const { client } = await openBus();

  const error = await new Promise<Error>((resolve) => {
    const subscription = client.createReceiver('nowhere').subscribe({
      processMessage: async () => {},
      processError: async (args) => resolve(args.error),
    });
    onTestFinished(() => subscription.close());
  });

  expect(error).toMatchObject({ code: 'MessagingEntityNotFound' });
});

test.each([
  ['a wrong key', 'SharedAccessKey=SAS_KEY_VALUE', 'SharedAccessKey=guess', 'InvalidSignature'],
  ['an unknown key name', 'SharedAccessKeyName=Root', 'SharedAccessKeyName=Other', 'UnknownKeyName'],
])('A connection with %s is rejected with UnauthorizedAccess', async (_what, right, wrong, reason) => {
  const { emulator } = await openBus();
  const connectionString = emulator.connectionString.replace(right, wrong);
  const unauthorized = connect(connectionString, { ...RETRY, maxRetries: 0 });

  const attempts = [
    unauthorized.createSender('orders').sendMessages({ body: 1 }),
    unauthorized.createReceiver('orders').receiveMessages(1),
    unauthorized.createReceiver('orders').peekMessages(1),
  ];

  for (const error of await errorsOf(attempts)) {
    expect(error).toMatchObject({ code: 'UnauthorizedAccess', message: expect.stringContaining(reason) });
  }
  expect(emulator.counts('orders').active).toBe(0);
});

test('A configured key replaces the default key', async () => {
  const { client, emulator } = await openBus(ENTITIES, { keyName: 'Custom', key: 'b3duIGtleQ==' });

  await client.createSender('orders').sendMessages({ body: 1 });

  expect(emulator.connectionString).toContain('SharedAccessKeyName=Custom;SharedAccessKey=b3duIGtleQ==;');
  expect(emulator.counts('orders').active).toBe(1);
});

test('Accepting a session fails with SessionCannotBeLocked', async () => {
  const { client } = await openBus();

  const attempts = [client.acceptSession('orders', 's1'), client.acceptNextSession('orders')];

  for (const error of await errorsOf(attempts)) {
    expect(error).toMatchObject({ code: 'SessionCannotBeLocked' });
  }
});

test('Creating a rule fails with an error that names the operation', async () => {
  const { client } = await openBus(ENTITIES);

  const adding = client.createRuleManager('events', 'all').createRule('big', { subject: 'big' });

  await expect(adding).rejects.toThrow("does not support the operation 'com.microsoft:add-rule'");
});

test('Sending to a subscription or a dead-letter queue and receiving from a topic are invalid operations', async () => {
  const { client } = await openBus(ENTITIES);

  const attempts = [
    client.createSender('events/Subscriptions/all').sendMessages({ body: 1 }),
    client.createSender('orders/$DeadLetterQueue').sendMessages({ body: 1 }),
    client.createReceiver('events').receiveMessages(1),
  ];

  for (const error of await errorsOf(attempts)) {
    expect(error).toMatchObject({ message: expect.stringContaining('InvalidOperationError') });
  }
});

test('A client that does not speak AMQP loses its connection, and other clients are not affected', async () => {
  const { client, emulator } = await openBus();
  const sender = client.createSender('orders');
  await sender.sendMessages({ body: 1 });

  const closed = new Promise((resolve) => {
    const socket = connectTcp(emulator.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\n\r\n'));
    socket
      .on('close', resolve)
      .on('error', () => {})
      .resume();
  });
  await closed;
  await sender.sendMessages({ body: 2 });

  expect(emulator.counts('orders').active).toBe(2);
});

test('The port is not reachable from other machines', async () => {
  const { emulator } = await openBus();
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((it) => it?.family === 'IPv4' && !it.internal)?.address;
  if (!outside) return;

  const connected = await new Promise<boolean>((resolve) => {
    const socket = connectTcp(emulator.port, outside, () => resolve(true));
    socket.on('error', () => resolve(false));
    onTestFinished(() => void socket.destroy());
  });

  expect(connected).toBe(false);
});

test('Starting on a port that is in use rejects with EADDRINUSE', async () => {
  const { emulator } = await openBus();

  const second = startServiceBus({ entities: { queues: {}, topics: {} }, port: emulator.port });

  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('Sending to a closed emulator fails immediately with ECONNREFUSED', async () => {
  const emulator = await startServiceBus({ entities: { queues: { orders: {} }, topics: {} } });
  await emulator.close();
  const client = new ServiceBusClient(emulator.connectionString, { retryOptions: RETRY });
  onTestFinished(() => client.close());

  const sending = client.createSender('orders').sendMessages({ body: 1 });

  await expect(sending).rejects.toThrow('ECONNREFUSED');
});

/** The errors of operations that must all fail. Waits for all of them, so that no rejection is unhandled. */
async function errorsOf(attempts: Promise<unknown>[]): Promise<unknown[]> {
  const results = await Promise.allSettled(attempts);
  return results.map((result) => (result.status === 'rejected' ? result.reason : 'succeeded'));
}
