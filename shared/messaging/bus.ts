/**
 * The Service Bus client, loaded and connected on first use. It has shorter timeouts than the SDK, where a lost
 * acknowledgement would delay an HTTP request by a minute and a half.
 */
import type { ServiceBusClient, ServiceBusMessage } from '@azure/service-bus';
import { unavailable } from '../errors.ts';
import { isTokenFailure } from '../identity/credential.ts';
import { inSendSpan } from '../telemetry/sending.ts';
import { BROKER_TIMEOUTS } from '../timeouts.ts';
import { QUEUES } from './queueNames.ts';
import { reconnectingClient } from './reconnectingClient.ts';

export type BusConnection =
  | { connectionString: string }
  | { namespace: string; credential: () => Promise<import('@azure/identity').TokenCredential> };

export type BusTimeouts = typeof BROKER_TIMEOUTS;

export interface Bus {
  /** Sends one message to a queue or topic, now or at a time. Throws when the broker does not accept it within seconds. */
  send(entity: string, message: ServiceBusMessage, atMs?: number): Promise<void>;
  /** Sends several messages in one batch, all or none; they must fit into one. Throws likewise. */
  sendAll(entity: string, messages: readonly ServiceBusMessage[]): Promise<void>;
  /** Checks that the broker responds; throws when it does not within seconds. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Errors that the broker itself returned: the connection works. */
const ANSWERS = [
  'MessageSizeExceeded',
  'MessagingEntityAlreadyExists',
  'MessagingEntityDisabled',
  'MessagingEntityNotFound',
  'QuotaExceeded',
  'ServiceBusy',
  'UnauthorizedAccess',
];

/** The bus of a connection. One client per process, one sender per queue or topic. */
export function openBus(connection: BusConnection, bounds: BusTimeouts = BROKER_TIMEOUTS): Bus {
  const client = reconnectingClient({
    open: () => connect(connection, bounds),
    timeoutMs: bounds.callMs,
    isAnswer: (error) => ANSWERS.includes((error as { code?: string }).code ?? ''),
  });
  type Connection = Awaited<ReturnType<typeof connect>>;
  const run = (operation: (connection: Connection) => Promise<unknown>) =>
    client.run(operation).catch((error: unknown) => {
      throw isTokenFailure(error) ? unavailable('The message broker', error) : error;
    });
  const sendAll: Bus['sendAll'] = (entity, messages) =>
    inSendSpan(entity, messages, async (traced) => {
      await run(({ senderTo }) => senderTo(entity).sendMessages(traced));
    });
  return {
    async send(entity, message, atMs) {
      const scheduled =
        atMs === undefined ? message : { ...message, scheduledEnqueueTimeUtc: new Date(atMs) };
      await sendAll(entity, [scheduled]);
    },
    sendAll,
    async ping() {
      // An open link proves nothing: a broker that stopped responding does not close it.
      await run(({ checkouts }) => checkouts.peekMessages(1));
    },
    close: () => client.close(),
  };
}

async function connect(connection: BusConnection, { retryOptions }: BusTimeouts) {
  const { ServiceBusClient } = await import('./sdk.ts');
  const client =
    'connectionString' in connection
      ? new ServiceBusClient(connection.connectionString, { retryOptions })
      : new ServiceBusClient(connection.namespace, await connection.credential(), { retryOptions });
  const senderTo = onePerEntity(client);
  return { senderTo, checkouts: client.createReceiver(QUEUES.checkout), close: () => client.close() };
}

function onePerEntity(client: ServiceBusClient) {
  const senders = new Map<string, ReturnType<ServiceBusClient['createSender']>>();
  return (entity: string) => {
    const sender = senders.get(entity) ?? client.createSender(entity);
    senders.set(entity, sender);
    return sender;
  };
}
