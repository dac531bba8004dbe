/**
 * The real ports of a process in a run: Azurite and the emulator through the SDKs, on tables that the run has
 * to itself, by the clock of the test.
 */
import { randomUUID } from 'node:crypto';
import { pageQueue } from '../../shared/messaging/pageQueue.ts';
import { bulkQueue, checkoutQueue, eventTopic, parkedQueue } from '../../shared/messaging/publishers.ts';
import type { Ports } from '../../shared/ports.ts';
import { bulkList } from '../../shared/storage/bulkList.ts';
import { bulkStore } from '../../shared/storage/bulkStore.ts';
import { cartStore, orderStore } from '../../shared/storage/cartStore.ts';
import { dueIndex } from '../../shared/storage/dueIndex.ts';
import { TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { erasurePorts } from '../support/erasurePorts.ts';
import type { Random } from '../support/random.ts';
import { webhookPorts } from '../support/webhookPorts.ts';
import type { Clients, Stack } from './stack.ts';

export interface RunParts {
  stack: Stack;
  gateway: Ports['gateway'];
  random: Random;
  /** How many due entries are read at a time. */
  duePageSize?: number;
}

/** For each process of a run, its ports on the connections that it has. */
export function portsOfRun({ stack, gateway, random, duePageSize }: RunParts): (clients: Clients) => Ports {
  const run = randomUUID().replaceAll('-', '');
  return ({ bus }) => {
    const carts = new Table(stack.storage, `${TABLES.carts}${run}`);
    const bulk = new Table(stack.storage, `${TABLES.bulk}${run}`);
    return {
      carts: cartStore(carts),
      orders: orderStore(carts),
      due: dueIndex(new Table(stack.storage, `${TABLES.due}${run}`), duePageSize),
      bulk: bulkStore(bulk),
      bulkList: bulkList(bulk),
      bulkQueue: bulkQueue(bus),
      checkouts: checkoutQueue(bus),
      pageQueue: pageQueue(bus),
      parked: parkedQueue(bus),
      events: eventTopic(bus),
      ...erasurePorts({ carts, bulk, erasures: new Table(stack.storage, `${TABLES.erasures}${run}`) }, bus),
      ...webhookPorts(new Table(stack.storage, `${TABLES.webhooks}${run}`), bus, stack.clock.now),
      gateway,
      ping: async () => undefined,
      now: stack.clock.now,
      random: random.next,
      newId: randomUUID,
      // Whole milliseconds, as the machine's clock gives them.
      sleep: async (ms) => stack.clock.advance(Math.ceil(ms)),
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    };
  };
}
