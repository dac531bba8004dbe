// A client that is not Azure's, and does what that one never would: attach without a token, send what is no message,
// ask for what nobody offers.

import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import rhea, { type Connection, type EventContext, type link } from 'rhea';
import { expect, onTestFinished, test } from 'vitest';
import { openBus } from './bus.ts';

const RAW_FORMAT = 0;

async function connectBare(port: number): Promise<Connection> {
  const container = rhea.create_container();
  container.on('error', () => {});
  container.on('disconnected', () => {});
  const connection = container.connect({ host: '127.0.0.1', port, username: 'anybody', reconnect: false });
  onTestFinished(() => connection.close());
  await once(connection, 'connection_open');
  return connection;
}

/** Shows a token to `$cbs` and returns the status of the answer. */
async function showToken(connection: Connection, type: string): Promise<unknown> {
  const replies = connection.open_receiver({ source: '$cbs', target: 'me' });
  const sender = connection.open_sender('$cbs');
  await once(sender, 'sendable');
  const resource = encodeURIComponent('sb://127.0.0.1/');
  const signature = createHmac('sha256', 'SAS_KEY_VALUE').update(`${resource}\n9999999999`).digest('base64');
  const sig = encodeURIComponent(signature);
  sender.send({
    message_id: 1,
    reply_to: 'me',
    application_properties: { operation: 'put-token', type, name: 'sb://127.0.0.1/' },
    body: `SharedAccessSignature sr=${resource}&sig=${sig}&se=9999999999&skn=RootManageSharedAccessKey`,
  });
  const { message } = await contextOf(replies, 'message');
  return message?.application_properties?.['status-code'];
}

/** What rhea says with the next event of this name. */
async function contextOf(emitter: link, event: string): Promise<EventContext> {
  const [context] = await once(emitter, event);
  return context;
}

async function openAuthorized() {
  const { emulator } = await openBus();
  const connection = await connectBare(emulator.port);
  await showToken(connection, 'servicebus.windows.net:sastoken');
  return { emulator, connection };
}

async function refusalOf(refused: link): Promise<unknown> {
  await once(refused, refused.is_sender() ? 'sender_error' : 'receiver_error');
  return (refused.error as { condition?: string }).condition;
}

test('nothing but $cbs opens without a token', async () => {
  const { emulator } = await openBus();
  const connection = await connectBare(emulator.port);

  const refusals = await Promise.all(
    [
      connection.open_sender('orders'),
      connection.open_receiver('orders'),
      connection.open_sender('orders/$management'),
      connection.open_receiver('nowhere'),
    ].map(refusalOf),
  );

  expect(new Set(refusals)).toEqual(new Set(['amqp:unauthorized-access']));
});

test('a token for the namespace opens all of it, and a token of another kind nothing', async () => {
  const { emulator } = await openBus();
  const [known, stranger] = [await connectBare(emulator.port), await connectBare(emulator.port)];

  const statuses = [
    await showToken(known, 'servicebus.windows.net:sastoken'),
    await showToken(stranger, 'jwt'),
  ];
  await once(known.open_sender('orders'), 'sendable');
  const refusal = await refusalOf(stranger.open_sender('orders'));

  expect(statuses).toEqual([200, 401]);
  expect(refusal).toBe('amqp:unauthorized-access');
});

test('transactions and filters are refused as what they are', async () => {
  const { connection } = await openAuthorized();
  const filter = {
    'apache.org:selector-filter:string': rhea.types.wrap_described("a = 'b'", 0x468c00000004),
  };

  const coordinator = await refusalOf(connection.open_sender({ target: {} }));
  const filtered = await refusalOf(connection.open_receiver({ source: { address: 'orders', filter } }));

  expect([coordinator, filtered]).toEqual(['amqp:not-implemented', 'amqp:not-implemented']);
});

test('what is no message is refused, and the link lives on', async () => {
  const { emulator, connection } = await openAuthorized();
  const sender = connection.open_sender('orders');
  await once(sender, 'sendable');

  sender.send(Buffer.from('no message'), undefined, RAW_FORMAT);
  const { delivery } = await contextOf(sender, 'rejected');
  sender.send({ body: 1 });
  await once(sender, 'accepted');

  expect(delivery?.remote_state).toMatchObject({ error: { condition: 'amqp:decode-error' } });
  expect(emulator.counts('orders').active).toBe(1);
});

test('a message that is released comes again as if it had not been delivered', async () => {
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

test('a link that is opened twice on one session is served twice', async () => {
  const { emulator, connection } = await openAuthorized();
  const senders = [connection.open_sender('orders'), connection.open_sender('orders')];
  await Promise.all(senders.map((sender) => once(sender, 'sendable')));

  for (const sender of senders) sender.send({ body: 1 });
  await Promise.all(senders.map((sender) => once(sender, 'accepted')));

  expect(emulator.counts('orders').active).toBe(2);
});
