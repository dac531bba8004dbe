// Whom the emulator sends away, and that the real client understands why.

import { connect as connectTcp } from 'node:net';
import { networkInterfaces } from 'node:os';
import { ServiceBusClient } from '@azure/service-bus';
import { expect, onTestFinished, test } from 'vitest';
import { startServiceBus } from '../src/emulator.ts';
import { connect, openBus, RETRY } from './bus.ts';

const ENTITIES = { queues: { orders: {} }, topics: { events: { subscriptions: { all: {} } } } };

test.each(['nowhere', 'orders/nowhere'])(
  'there is no entity "%s" to send to or receive from',
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

test('a subscriber of an unknown entity hears of it in its error handler', async () => {
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
])('%s opens nothing', async (_what, right, wrong, reason) => {
  const { emulator } = await openBus();
  const connectionString = emulator.connectionString.replace(right, wrong);
  const stranger = connect(connectionString, { ...RETRY, maxRetries: 0 });

  const attempts = [
    stranger.createSender('orders').sendMessages({ body: 1 }),
    stranger.createReceiver('orders').receiveMessages(1),
    stranger.createReceiver('orders').peekMessages(1),
  ];

  for (const refusal of await refusalsOf(attempts)) {
    expect(refusal).toMatchObject({ code: 'UnauthorizedAccess', message: expect.stringContaining(reason) });
  }
  expect(emulator.counts('orders').active).toBe(0);
});

test('a key of one’s own is the one that opens', async () => {
  const { client, emulator } = await openBus(ENTITIES, { keyName: 'Mine', key: 'b3duIGtleQ==' });

  await client.createSender('orders').sendMessages({ body: 1 });

  expect(emulator.connectionString).toContain('SharedAccessKeyName=Mine;SharedAccessKey=b3duIGtleQ==;');
  expect(emulator.counts('orders').active).toBe(1);
});

test('a session cannot be had', async () => {
  const { client } = await openBus();

  const attempts = [client.acceptSession('orders', 's1'), client.acceptNextSession('orders')];

  for (const refusal of await refusalsOf(attempts)) {
    expect(refusal).toMatchObject({ code: 'SessionCannotBeLocked' });
  }
});

test('rules cannot be had', async () => {
  const { client } = await openBus(ENTITIES);

  const adding = client.createRuleManager('events', 'all').createRule('big', { subject: 'big' });

  await expect(adding).rejects.toThrow("no operation 'com.microsoft:add-rule'");
});

test('one cannot send to a subscription or a dead-letter queue, nor receive from a topic', async () => {
  const { client } = await openBus(ENTITIES);

  const attempts = [
    client.createSender('events/Subscriptions/all').sendMessages({ body: 1 }),
    client.createSender('orders/$DeadLetterQueue').sendMessages({ body: 1 }),
    client.createReceiver('events').receiveMessages(1),
  ];

  for (const refusal of await refusalsOf(attempts)) {
    expect(refusal).toMatchObject({ message: expect.stringContaining('InvalidOperationError') });
  }
});

test('a client that does not speak AMQP loses its own connection and no one else’s', async () => {
  const { client, emulator } = await openBus();
  const sender = client.createSender('orders');
  await sender.sendMessages({ body: 1 });

  const closed = new Promise((resolve) => {
    const stranger = connectTcp(emulator.port, '127.0.0.1', () => stranger.write('GET / HTTP/1.1\r\n\r\n'));
    stranger
      .on('close', resolve)
      .on('error', () => {})
      .resume();
  });
  await closed;
  await sender.sendMessages({ body: 2 });

  expect(emulator.counts('orders').active).toBe(2);
});

test('only this machine can connect', async () => {
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

test('a port that is taken is refused with the code of the system', async () => {
  const { emulator } = await openBus();

  const second = startServiceBus({ entities: { queues: {}, topics: {} }, port: emulator.port });

  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('sending to a broker that is gone fails at once with the code of the system', async () => {
  const emulator = await startServiceBus({ entities: { queues: { orders: {} }, topics: {} } });
  await emulator.close();
  const client = new ServiceBusClient(emulator.connectionString, { retryOptions: RETRY });
  onTestFinished(() => client.close());

  const sending = client.createSender('orders').sendMessages({ body: 1 });

  await expect(sending).rejects.toThrow('ECONNREFUSED');
});

/** The errors of attempts that must all fail; waits for all at once, so that none is left unhandled. */
async function refusalsOf(attempts: Promise<unknown>[]): Promise<unknown[]> {
  const results = await Promise.allSettled(attempts);
  return results.map((result) => (result.status === 'rejected' ? result.reason : 'not refused'));
}
