/**
 * Starts a Service Bus namespace in this process. It speaks AMQP 1.0, so clients are the same as in Azure. Queues, topics
 * and subscriptions behave as in Azure; features that are not supported (sessions, transactions, filters) fail with an
 * error. All state is in memory and is lost when the emulator closes.
 */

import type { Broker } from './broker.ts';
import { type Clock, systemClock } from './clock.ts';
import { Faults } from './faults.ts';
import { listen } from './listener.ts';
import { type Counts, Namespace } from './namespace.ts';
import type { Entities } from './settings.ts';

export type { Counts } from './namespace.ts';
export type { Entities, QueueOptions, SubscriptionOptions, TopicOptions } from './settings.ts';

export interface ServiceBusOptions {
  /** The queues, topics and subscriptions of the namespace. */
  readonly entities: Entities;
  /** The TCP port on 127.0.0.1. Default: 0, a free port. */
  readonly port?: number;
  /** The name of the shared access key. Default: `RootManageSharedAccessKey`. */
  readonly keyName?: string;
  /** The shared access key. Default: `SAS_KEY_VALUE`. */
  readonly key?: string;
  /** The clock for locks, time to live and schedules. Default: the system clock. */
  readonly clock?: Clock;
  /** While the stored messages exceed this many bytes, senders get no further credit. Default: 512 MiB. */
  readonly memoryBytes?: number;
}

/** A running emulator. */
export interface ServiceBusEmulator {
  readonly port: number;
  /** The connection string for `ServiceBusClient`, with the emulator's port and key. */
  readonly connectionString: string;
  /** Fault injection for tests. */
  readonly faults: Omit<Faults, 'takeSend' | 'takeSettlement'>;
  /** The message counts of a queue, topic or subscription. Throws when the entity does not exist. */
  counts(entityPath: string): Counts;
  /** Closes every connection without an AMQP close frame, as a network failure does. Clients reconnect. */
  dropConnections(): void;
  /** Deletes all messages, locked ones included, and the duplicate detection history. */
  clear(): void;
  /** Closes every connection and the port. The process can then exit. */
  close(): Promise<void>;
}

const DEFAULT_MEMORY_BYTES = 512 * 1024 * 1024;

/** Starts an emulator on 127.0.0.1. Rejects with code `EADDRINUSE` when the port is in use. */
export async function startServiceBus(options: ServiceBusOptions): Promise<ServiceBusEmulator> {
  const { entities, port = 0, clock = systemClock, memoryBytes = DEFAULT_MEMORY_BYTES } = options;
  const key = { name: options.keyName ?? 'RootManageSharedAccessKey', value: options.key ?? 'SAS_KEY_VALUE' };
  const namespace = new Namespace(entities, clock);
  const faults = new Faults();
  const broker: Broker = { namespace, key, faults, hasMemory: () => namespace.bytes() < memoryBytes };
  const listener = await listen(port, broker);
  return {
    port: listener.port,
    // Clients use plain TCP and a custom port only with this exact form.
    connectionString:
      `Endpoint=sb://127.0.0.1:${listener.port};SharedAccessKeyName=${key.name};` +
      `SharedAccessKey=${key.value};UseDevelopmentEmulator=true;`,
    faults,
    counts: (entityPath) => namespace.counts(entityPath),
    dropConnections: () => listener.dropConnections(),
    clear: () => namespace.clear(),
    async close() {
      await listener.close();
      namespace.stop();
    },
  };
}
