/**
 * What outlives a process: Azurite, the Service Bus emulator on a clock that only the test moves, and an
 * ordering desk. Every run gets new tables and an empty broker, so that no run sees another's.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableServiceClient } from '@azure/data-tables';
import { ServiceBusClient } from '@azure/service-bus';
import {
  type ManualClock,
  manualClock,
  type ServiceBusEmulator,
  startServiceBus,
} from '@cartwright/servicebus-emulator';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { startDesk } from '../../local/ordering-desk/desk.ts';
import { type LedgerLine, readLedger } from '../../local/ordering-desk/ledger.ts';
import type { ScriptRequest } from '../../local/ordering-desk/script.ts';
import type { CloudEvent } from '../../shared/events/cloudEvent.ts';
import { openBus } from '../../shared/messaging/bus.ts';
import { QUEUES, TOPICS } from '../../shared/messaging/queueNames.ts';
import { startAzurite } from '../support/azurite.ts';
import { NOW } from '../support/samples.ts';

const SUBSCRIPTION = 'all';

/** The connections of one process; a process that dies leaves them behind. */
export type Clients = ReturnType<typeof openClients>;

export interface Stack {
  storage: { connectionString: string };
  broker: ServiceBusEmulator;
  clock: ManualClock;
  deskUrl: string;
  /** The connections of the process that is alive. */
  clients: () => Clients;
  /** The process is gone: its connections are left behind, the next one has its own. */
  replaceClients(): Promise<void>;
  play(script: ScriptRequest): Promise<void>;
  /** What the desk has made for a customer, by its ledger file. */
  made(customer: string): Promise<LedgerLine[]>;
  /** Sends a message to a queue, as an order desk does. */
  send(queue: string, body: unknown): Promise<void>;
  /** Removes messages, tables and the ledger of earlier runs, which slow Azurite and reads of the ledger down. */
  clear(): Promise<void>;
  /** The events that are in the topic's subscription, taken out. */
  events(): Promise<CloudEvent[]>;
  stop(): Promise<void>;
}

/** Starts everything, but Azurite when a storage account is given. */
export async function startStack(account?: { connectionString: string }): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'crash-'));
  const ledgerFile = join(folder, 'ledger.jsonl');
  const clock = manualClock(NOW);
  const [azurite, broker, desk] = await Promise.all([
    account ? { ...account, stop: async () => undefined } : startAzurite(),
    startServiceBus({ entities, clock }),
    startDesk({ ledgerFile, nowMs: clock.now }),
  ]);
  const reader = new ServiceBusClient(broker.connectionString);
  const events = reader.createReceiver(TOPICS.cartEvents, SUBSCRIPTION, { receiveMode: 'receiveAndDelete' });
  const { connectionString } = azurite;
  const tables = TableServiceClient.fromConnectionString(connectionString, { allowInsecureConnection: true });
  let clients = openClients(broker.connectionString);
  return {
    storage: azurite,
    broker,
    clock,
    deskUrl: desk.url,
    clients: () => clients,
    async replaceClients() {
      await clients.close();
      clients = openClients(broker.connectionString);
    },
    async play(script) {
      await fetch(`${desk.url}/desk/script`, { method: 'POST', body: JSON.stringify(script) });
    },
    async made(customer) {
      return (await readLedger(ledgerFile)).filter((line) => line.customer === customer);
    },
    async send(queue, body) {
      const sender = reader.createSender(queue);
      await sender.sendMessages({ body });
      await sender.close();
    },
    async clear() {
      broker.clear();
      await writeFile(ledgerFile, '');
      for await (const { name } of tables.listTables()) if (name) await tables.deleteTable(name);
    },
    async events() {
      const received: CloudEvent[] = [];
      const { active } = broker.counts(`${TOPICS.cartEvents}/Subscriptions/${SUBSCRIPTION}`);
      while (received.length < active) {
        const messages = await events.receiveMessages(active - received.length);
        received.push(...messages.map(({ body }) => body as CloudEvent));
      }
      return received;
    },
    async stop() {
      await Promise.all([reader.close(), clients.close()]);
      await Promise.all([broker.close(), desk.close(), azurite.stop()]);
      await rm(folder, { recursive: true });
    },
  };
}

function openClients(connectionString: string) {
  const bus = openBus({ connectionString });
  const client = new ServiceBusClient(connectionString);
  // Locks end by the test's clock, which no renewal knows.
  const receiverOf = (queue: string) => client.createReceiver(queue, { maxAutoLockRenewalDurationInMs: 0 });
  const checkouts = receiverOf(QUEUES.checkout);
  const lanes = receiverOf(QUEUES.bulkLanes);
  const items = receiverOf(QUEUES.bulkOrders);
  const close = async () => {
    await Promise.all([bus.close(), client.close()]);
  };
  return { bus, checkouts, lanes, items, close };
}
