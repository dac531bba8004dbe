/**
 * The Service Bus client, loaded and connected on first use, with time-outs that are ours: the SDK's own
 * would let a lost acknowledgement hold an HTTP request for a minute and a half.
 */
import type { ServiceBusClient, ServiceBusMessage, ServiceBusSender } from '@azure/service-bus';
import { QUEUES } from './entities.ts';

export type BusConnection =
  | { connectionString: string }
  | { namespace: string; credential: () => Promise<import('@azure/identity').TokenCredential> };

const RETRY_OPTIONS = { timeoutInMs: 5_000, retryDelayInMs: 250, maxRetries: 2 };

export interface Bus {
  /** Sends one message to a queue or topic, now or at a time. Throws when the broker does not take it within seconds. */
  send(entity: string, message: ServiceBusMessage, atMs?: number): Promise<void>;
  /** Opens the link to the checkout queue, if it is not open; throws when the broker does not answer within seconds. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** The bus of a connection. One client a process, one sender an entity. */
export function openBus(connection: BusConnection): Bus {
  let client: Promise<ServiceBusClient> | undefined;
  const senders = new Map<string, ServiceBusSender>();

  async function sender(entity: string): Promise<ServiceBusSender> {
    client ??= connect(connection).catch((error: unknown) => {
      client = undefined; // the next send tries again
      throw error;
    });
    const connected = await client;
    const known = senders.get(entity) ?? connected.createSender(entity);
    senders.set(entity, known);
    return known;
  }

  return {
    async send(entity, message, atMs) {
      const scheduled =
        atMs === undefined ? message : { ...message, scheduledEnqueueTimeUtc: new Date(atMs) };
      await (await sender(entity)).sendMessages(scheduled);
    },
    async probe() {
      await (await sender(QUEUES.checkout)).createMessageBatch();
    },
    async close() {
      await (await client)?.close();
    },
  };
}

async function connect(connection: BusConnection): Promise<ServiceBusClient> {
  const { ServiceBusClient } = await import('./sdk.ts');
  const options = { retryOptions: RETRY_OPTIONS };
  if ('connectionString' in connection) return new ServiceBusClient(connection.connectionString, options);
  return new ServiceBusClient(connection.namespace, await connection.credential(), options);
}
