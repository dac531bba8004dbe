// A Service Bus namespace on one machine, for tests and the local stack: real AMQP 1.0, so that the Azure client is the
// same everywhere. It promises Azure's behaviour for queues, topics and subscriptions and a clear refusal for what it
// has not (sessions, transactions, filters). Nothing is kept on disk: what is in it is lost when it stops.

import type { Broker } from './broker.ts';
import { type Clock, systemClock } from './clock.ts';
import { Faults } from './faults.ts';
import { listen } from './listener.ts';
import { type Counts, Namespace } from './namespace.ts';
import type { Entities } from './settings.ts';

export type { Counts } from './namespace.ts';
export type { Entities, QueueOptions, TopicOptions } from './settings.ts';

export interface ServiceBusOptions {
  readonly entities: Entities;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly keyName?: string;
  readonly key?: string;
  /** What locks, time to live and schedules go by. */
  readonly clock?: Clock;
  /** Above this many bytes of messages, senders get no more credit until receivers have caught up. */
  readonly memoryBytes?: number;
}

export interface ServiceBusEmulator {
  readonly port: number;
  readonly connectionString: string;
  /** What a test can make go wrong. */
  readonly faults: Omit<Faults, 'takeSend' | 'takeSettlement'>;
  /** How many messages of a queue, subscription or topic are where; throws when there is no such entity. */
  counts(entityPath: string): Counts;
  /** Cuts every connection; the clients come back by themselves. */
  dropConnections(): void;
  /** Loses all messages, locked ones included, and forgets what it knew of duplicates. */
  clear(): void;
  close(): Promise<void>;
}

const DEFAULT_MEMORY_BYTES = 512 * 1024 * 1024;

/** Starts an emulator on 127.0.0.1. Rejects with code `EADDRINUSE` when the port is taken. */
export async function startServiceBus(options: ServiceBusOptions): Promise<ServiceBusEmulator> {
  const { entities, port = 0, clock = systemClock, memoryBytes = DEFAULT_MEMORY_BYTES } = options;
  const key = { name: options.keyName ?? 'RootManageSharedAccessKey', value: options.key ?? 'SAS_KEY_VALUE' };
  const namespace = new Namespace(entities, clock);
  const faults = new Faults();
  const broker: Broker = { namespace, key, faults, hasMemory: () => namespace.bytes() < memoryBytes };
  const listener = await listen(port, broker);
  return {
    port: listener.port,
    // The client takes plain TCP and a port of one's own for exactly this form.
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
