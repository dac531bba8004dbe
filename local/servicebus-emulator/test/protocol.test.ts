/** What the Azure client never does, with a plain AMQP client: attach without a token, send invalid bytes, use filters. */

import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import rhea, { type Connection, type EventContext, type link } from 'rhea';
import { expect, onTestFinished, test } from 'vitest';
import { openBus } from './fixture.ts';

const RAW_FORMAT = 0;

async function connectBare(port: number): Promise<Connection> {
  const container = rhea.create_container();
  container.on('error', () => {});
  container.on('disconnected', () => {});
  const connection = container.connect({ host: '127.0.0.1', port, username: 'any', reconnect: false });
  onTestFinished(() => connection.close());
  await once(connection, 'connection_open');
  return connection;
}

/** Puts a token and returns the status code of the response. */
async function putToken(connection: Connection, type: string): Promise<unknown> {
  const replies = connection.open_receiver({ source: '$cbs', target: 'reply' });
  const sender = connection.open_sender('$cbs');
  await once(sender, 'sendable');
  const resource = encodeURIComponent('sb://127.0.0.1/');
  const signature = createHmac('sha256', 'SAS_KEY_VALUE').update(`${resource}\n9999999999`).digest('base64');
  const sig = encodeURIComponent(signature);
  sender.send({
    message_id: 1,
    reply_to: 'reply',
    application_properties: { operation: 'put-token', type, name: 'sb://127.0.0.1/' },
    body: `SharedAccessSignature sr=${resource}&sig=${sig}&se=9999999999&skn=RootManageSharedAccessKey`,
  });
  const { message } = await contextOf(replies, 'message');
  return message?.application_properties?.['status-code'];
}

/** The context of the next event with this name. */
async function contextOf(emitter: link, event: string): Promise<EventContext> {
  const [context] = await once(emitter, event);
  return context;
}

async function openAuthorized() {
  const { emulator } = await openBus();
  const connection = await connectBare(emulator.port);
  await putToken(connection, 'servicebus.windows.net:sastoken');
  return { emulator, connection };
}

async function errorOf(rejected: link): Promise<unknown> {
  await once(rejected, rejected.is_sender() ? 'sender_error' : 'receiver_error');
  return (rejected.error as { condition?: string }).condition;
}

test('Every address except $cbs requires a token', async () => {
  const { emulator } = await openBus();
  const connection = await connectBare(emulator.port);

  const conditions = await Promise.all(
    [
      connection.open_sender('orders'),
      connection.open_receiver('orders'),
      connection.open_sender('orders/$management'),
      connection.open_receiver('nowhere'),
    ].map(errorOf),
  );

  expect(new Set(conditions)).toEqual(new Set(['amqp:unauthorized-access']));
});

test('A SAS token for the namespace authorizes every entity, and a token of another type is rejected', async () => {
  const { emulator } = await openBus();
  const [authorized, unauthorized] = [await connectBare(emulator.port), await connectBare(emulator.port)];

  const statuses = [
    await putToken(authorized, 'servicebus.windows.net:sastoken'),
    await putToken(unauthorized, 'jwt'),
  ];
  await once(authorized.open_sender('orders'), 'sendable');
  const condition = await errorOf(unauthorized.open_sender('orders'));

  expect(statuses).toEqual([200, 401]);
  expect(condition).toBe('amqp:unauthorized-access');
});

test('Transactions and filters are rejected with amqp:not-implemented', async () => {
  const { connection } = await openAuthorized();
  const filter = {
    'apache.org:selector-filter:string': rhea.types.wrap_described("a = 'b'", 0x468c00000004),
  };

  const coordinator = await errorOf(connection.open_sender({ target: {} }));
  const filtered = await errorOf(connection.open_receiver({ source: { address: 'orders', filter } }));

  expect([coordinator, filtered]).toEqual(['amqp:not-implemented', 'amqp:not-implemented']);
});

test('Bytes that are not a message are rejected, and the link stays open', async () => {
  const { emulator, connection } = await openAuthorized();
  const sender = connection.open_sender('orders');
  await once(sender, 'sendable');

  sender.send(Buffer.from('not a message'), undefined, RAW_FORMAT);
  const { delivery } = await contextOf(sender, 'rejected');
  sender.send({ body: 1 });
  await once(sender, 'accepted');

  expect(delivery?.remote_state).toMatchObject({ error: { condition: 'amqp:decode-error' } });
  expect(emulator.counts('orders').active).toBe(1);
});

test('A released message is redelivered with an unchanged delivery count', async () => {
  const { connection } = await openAuthorized();
  const sender = connection.open_sender('orders');
  await once(sender, 'sendable');
  sender.send({ body: 'again' });
  const receiver = connection.open_receiver({ source: 'orders', autoaccept: false });

  const first = await contextOf(receiver, 'message');
  first.delivery?.release();
  const second = await contextOf(receiver, 'message');

  expect(second.message).toMatchObject({ body: 'again', delivery_count: 0 });
});

test('Two senders of one session are both served', async () => {
  const { emulator, connection } = await openAuthorized();
  const senders = [connection.open_sender('orders'), connection.open_sender('orders')];
  await Promise.all(senders.map((sender) => once(sender, 'sendable')));

  for (const sender of senders) sender.send({ body: 1 });
  await Promise.all(senders.map((sender) => once(sender, 'accepted')));

  expect(emulator.counts('orders').active).toBe(2);
});
