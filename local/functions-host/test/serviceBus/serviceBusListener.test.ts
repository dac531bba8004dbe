import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import {
  ServiceBusClient,
  type ServiceBusMessage,
  type ServiceBusReceivedMessage,
  type ServiceBusSender,
} from '@azure/service-bus';
import { type ServiceBusEmulator, startServiceBus } from '@cartwright/servicebus-emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type AppFolders,
  buildApp,
  cleanUp,
  eventually,
  type HostProcess,
  masterKey,
  startProcess,
} from '../fixture.ts';
import { code } from './serviceBusApp.ts';

const hostJson = {
  functionTimeout: '00:00:05',
  extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.0.0, 5.0.0)' },
  extensions: { http: { routePrefix: '' }, serviceBus: { maxConcurrentCalls: 2 } },
};
const queue = { lockDuration: 'PT1M', maxDeliveryCount: 3 };

let bus: ServiceBusEmulator;
let client: ServiceBusClient;
let folders: AppFolders;
let host: HostProcess;

beforeAll(async () => {
  bus = await startServiceBus({
    entities: {
      queues: { plain: queue, bytes: queue, poison: queue, slow: { ...queue, lockDuration: 'PT10S' } },
      topics: { events: { subscriptions: { all: queue } } },
    },
  });
  client = new ServiceBusClient(bus.connectionString);
  folders = await buildApp({ code, hostJson });
  host = await start();
});
afterAll(async () => {
  await cleanUp();
  await client.close();
  await bus.close();
});

function start(connectionString = bus.connectionString): Promise<HostProcess> {
  return startProcess(folders, { Bus: connectionString, PLAIN: 'plain' });
}

async function send(
  entity: string,
  ...messages: Parameters<ServiceBusSender['sendMessages']>[0][]
): Promise<void> {
  const sender = client.createSender(entity);
  for (const message of messages) await sender.sendMessages(message);
  await sender.close();
}

async function receiveDead(queueName: string): Promise<ServiceBusReceivedMessage | undefined> {
  const receiver = client.createReceiver(queueName, {
    subQueueType: 'deadLetter',
    receiveMode: 'receiveAndDelete',
  });
  const [message] = await receiver.receiveMessages(1);
  await receiver.close();
  return message;
}

interface Reported {
  readonly message: unknown;
  readonly metadata: Record<string, unknown>;
  readonly trace?: unknown;
  readonly busy?: number;
}

function reportsOf(name: string, from = host): Reported[] {
  return from.stdout
    .filter((line) => line.startsWith(`${name} `))
    .map((line) => JSON.parse(line.slice(name.length)));
}

/** Sends a message and returns what the function reported. */
async function exchange(entity: string, name: string, message: ServiceBusMessage): Promise<Reported> {
  const before = reportsOf(name).length;
  await send(entity, message);
  return eventually(() => reportsOf(name)[before]);
}

test('The report of a start names the entity of each Service Bus function', () => {
  expect(host.report).toMatchObject({
    functions: [
      { name: 'bytes', trigger: 'serviceBus', entity: 'bytes' },
      { name: 'plain', trigger: 'serviceBus', entity: 'plain' },
      { name: 'poison', trigger: 'serviceBus', entity: 'poison' },
      { name: 'release' },
      { name: 'slow', trigger: 'serviceBus', entity: 'slow' },
      { name: 'subscribed', trigger: 'serviceBus', entity: 'events/Subscriptions/all' },
    ],
  });
});

test('A JSON body arrives parsed, and its members replace metadata entries of the same name', async () => {
  const { message, metadata } = await exchange('plain', 'plain', {
    messageId: 'order-1',
    body: { deliveryCount: 99, MessageId: 'mine', items: [1], nested: { A: true } },
  });

  expect(message).toEqual({ deliveryCount: 99, MessageId: 'mine', items: [1], nested: { A: true } });
  expect(metadata).toMatchObject({ deliveryCount: 99, messageId: 'mine', nested: { a: true } });
  expect(metadata).not.toHaveProperty('items');
});

test('Message ids that are JSON arrive parsed, and application property names in camel case', async () => {
  const { metadata } = await exchange('plain', 'plain', {
    messageId: '12345',
    correlationId: 'null',
    subject: 'order placed',
    applicationProperties: { TenantId: '7', N: 1 },
    body: 'x',
  });

  expect(metadata).toMatchObject({
    deliveryCount: 1,
    messageId: 12345,
    correlationId: null,
    subject: 'order placed',
    label: 'order placed',
    applicationProperties: { tenantId: '7', n: 1 },
    userProperties: { tenantId: '7', n: 1 },
    messageActions: {},
    sequenceNumber: expect.any(Number),
    lockToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
    enqueuedTimeUtc: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/),
    enqueuedTime: expect.stringMatching(/^\d{4}-.*\+00:00$/),
    expiresAtUtc: expect.stringMatching(/\d$/),
  });
  expect(metadata).not.toHaveProperty('sessionId');
});

test('The trace context of the sender becomes the trace context of the invocation', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  const { trace } = await exchange('plain', 'plain', {
    body: 'x',
    applicationProperties: { 'Diagnostic-Id': traceparent },
  });

  expect(trace).toMatchObject({ traceParent: traceparent });
});

test('A binary trigger receives the bytes of the body', async () => {
  expect(await exchange('bytes', 'bytes', { body: Buffer.from([0, 255]) })).toEqual({ message: '00ff' });
});

test('A message to a topic reaches the function through its subscription', async () => {
  expect(await exchange('events', 'subscribed', { body: { type: 'cart.expired' } })).toMatchObject({
    message: { type: 'cart.expired' },
  });
});

test('A message is completed when the handler returns', async () => {
  await exchange('plain', 'plain', { body: 'last' });

  await eventually(() => total('plain') === 0);
});

test('A message whose handler throws is redelivered immediately until the broker dead-letters it', async () => {
  await send('poison', { messageId: 'p', body: 'x' });
  const dead = await receiveDead('poison');

  expect(dead).toMatchObject({ messageId: 'p', deadLetterReason: 'MaxDeliveryCountExceeded' });
  expect(reportsOf('poison').map(({ metadata }) => metadata.deliveryCount)).toEqual([1, 2, 3]);
});

test('A body that is not UTF-8 is delivered with replacement characters and completed', async () => {
  const { message } = await exchange('plain', 'plain', { body: Buffer.from('{"name":"grün"}', 'latin1') });

  expect(message).toEqual({ name: 'gr\uFFFDn' });
  await eventually(() => total('plain') === 0);
});

test('An AMQP value that is a string is delivered as its text and completed', async () => {
  const amqp = { bodyType: 'value', body: 'an AMQP value' } as const;

  expect(await exchange('plain', 'plain', amqp)).toMatchObject({ message: 'an AMQP value' });
  await eventually(() => total('plain') === 0);
});

test.each([
  ['an AMQP value that is not a string', { bodyType: 'value', body: 1 }],
  ['an AMQP sequence', { bodyType: 'sequence', body: [['a']] }],
] as const)(
  'A message with %s is redelivered without an invocation until the broker dead-letters it',
  async (_, amqp) => {
    const before = reportsOf('plain').length;

    await send('plain', amqp);
    const dead = await receiveDead('plain');

    expect(dead?.deadLetterReason).toBe('MaxDeliveryCountExceeded');
    expect(reportsOf('plain')).toHaveLength(before);
  },
);

test('A Service Bus function can be run on demand with a given body', async () => {
  const before = reportsOf('plain').length;
  const { status } = await fetch(`${host.url}/admin/functions/plain`, {
    method: 'POST',
    headers: { 'x-functions-key': masterKey },
    body: JSON.stringify({ input: '{"typed":"in"}' }),
  });
  const reported = await eventually(() => reportsOf('plain')[before]);

  expect(status).toBe(202);
  expect(reported).toMatchObject({ message: { typed: 'in' }, metadata: { typed: 'in', deliveryCount: 0 } });
});

test('The listener reconnects after the broker closed its connections', async () => {
  // Only the connections of the listener are cut.
  await client.close();
  bus.dropConnections();
  client = new ServiceBusClient(bus.connectionString);

  expect(await exchange('plain', 'plain', { body: 'after the cut' })).toMatchObject({
    message: 'after the cut',
  });
});

test('No more invocations run concurrently than maxConcurrentCalls allows', async () => {
  await send('slow', { body: 'a' }, { body: 'b' }, { body: 'c' });
  await eventually(() => reportsOf('slow').length === 2);
  await exchange('plain', 'plain', { body: 'time for a third to start' });
  expect(reportsOf('slow')).toHaveLength(2);

  await eventually(async () => {
    await fetch(`${host.url}/release`);
    return total('slow') === 0;
  });

  expect(reportsOf('slow').map(({ busy }) => busy)).toEqual([1, 2, expect.toBeOneOf([1, 2])]);
});

test('A message whose function exceeds the timeout is abandoned before the worker ends', async () => {
  await send('slow', { body: 'too long' });

  expect((await host.exit).code).toBe(1);
  host = await start();
  const reported = await eventually(() => reportsOf('slow')[0]);

  expect(reported.metadata.deliveryCount).toBe(2);
});

test('A shutdown completes the message in flight', async () => {
  host.child.kill('SIGTERM');

  expect((await host.exit).code).toBe(0);
  expect(total('slow')).toBe(0);
});

test('A shutdown does not wait for a broker that does not respond', async () => {
  const sockets: Socket[] = [];
  const proxy = createServer((socket) => {
    const upstream = connect(bus.port, '127.0.0.1');
    sockets.push(socket, upstream);
    socket.pipe(upstream).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  host = await start(bus.connectionString.replace(String(bus.port), String(port)));
  await exchange('plain', 'plain', { body: 'connected' });
  await eventually(() => total('plain') === 0);

  for (const socket of sockets) socket.unpipe().pause();
  host.child.kill('SIGTERM');

  expect((await host.exit).code).toBe(0);
  for (const socket of sockets) socket.destroy();
  proxy.close();
});

function total(entity: string): number {
  const { active, deadLettered: _, ...others } = bus.counts(entity);
  return active + Object.values(others).reduce((sum, count) => sum + count, 0);
}
