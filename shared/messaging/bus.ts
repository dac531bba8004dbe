/**
 * The Service Bus client, loaded and connected on first use. It has shorter timeouts than the SDK, where a lost
 * acknowledgement would delay an HTTP request by a minute and a half.
 */
import type { ServiceBusClient, ServiceBusMessage } from '@azure/service-bus';
import { accessPending, unavailable } from '../errors.ts';
import { type AccessGrace, accessGrace } from '../identity/accessGrace.ts';
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

export interface OpenBus extends Bus {
  /** Runs an operation on a separate client of the namespace, which takes as long as it takes. */
  use<Result>(operation: (client: ServiceBusClient) => Promise<Result>): Promise<Result>;
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
export function openBus(connection: BusConnection, bounds: BusTimeouts = BROKER_TIMEOUTS): OpenBus {
  const client = reconnectingClient({
    open: () => connect(connection, bounds),
    timeoutMs: bounds.callMs,
    isAnswer: (error) => ANSWERS.includes((error as { code?: string }).code ?? ''),
  });
  type Connection = Awaited<ReturnType<typeof connect>>;
  // One grace for each queue and topic, because each has its own role. Keys hold at once.
  const graces = new Map<string, AccessGrace>();
  const graceOf = (entity: string): AccessGrace | undefined => {
    if (!('credential' in connection)) return undefined;
    const grace = graces.get(entity) ?? accessGrace(() => performance.now());
    graces.set(entity, grace);
    return grace;
  };
  async function run(entity: string, operation: (connection: Connection) => Promise<unknown>): Promise<void> {
    const grace = graceOf(entity);
    try {
      await client.run(operation);
      grace?.granted();
    } catch (error) {
      if (isTokenFailure(error)) throw unavailable('The message broker', error);
      if (isDenial(error) && grace?.isPending()) throw accessPending('The message broker', error);
      throw error;
    }
  }
  const sendAll: Bus['sendAll'] = (entity, messages) =>
    inSendSpan(entity, messages, async (traced) => {
      await run(entity, ({ senderTo }) => senderTo(entity).sendMessages(traced));
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
      await run(QUEUES.checkout, ({ checkouts }) => checkouts.peekMessages(1));
    },
    async use(operation) {
      // A client of its call: the SDK continues a peek after what the same client has peeked.
      const separate = await openClient(connection, bounds);
      try {
        return await operation(separate);
      } finally {
        await separate.close();
      }
    },
    close: () => client.close(),
  };
}

const isDenial = (error: unknown): boolean => (error as { code?: string }).code === 'UnauthorizedAccess';

async function openClient(connection: BusConnection, { retryOptions }: BusTimeouts) {
  const { ServiceBusClient } = await import('./sdk.ts');
  return 'connectionString' in connection
    ? new ServiceBusClient(connection.connectionString, { retryOptions })
    : new ServiceBusClient(connection.namespace, await connection.credential(), { retryOptions });
}

async function connect(connection: BusConnection, bounds: BusTimeouts) {
  const client = await openClient(connection, bounds);
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
