/**
 * A process that works on pages as the Functions host hands them to `sweepPage`, 16 at a time. Arguments: the connection
 * string of the broker, and that of storage, or `slow` for stores and queues that take 20 ms for each effect. Sends its
 * parent the number of processed entries of each page.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import type { CartKey } from '../../shared/cart/cart.ts';
import { openBus } from '../../shared/messaging/bus.ts';
import { readPageMessage } from '../../shared/messaging/pageQueue.ts';
import { eventTopic } from '../../shared/messaging/publishers.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import type { DueRange } from '../../shared/ports.ts';
import type { EntryPorts } from '../../shared/sweeper/runEntry.ts';
import { openGuards, sweepPage } from '../../shared/sweeper/sweep.ts';
import { newWorld } from '../support/ports.ts';
import { cartOf, HOUR, KEY, LIFECYCLE } from '../support/samples.ts';
import { sweepPorts } from './dueStand.ts';

const EFFECT_MS = 20;
/** How many entries a page has, where storage is not a real one. */
const ENTRIES_OF_PAGE = 25;
const CONCURRENT_PAGES = 16;

/** Carts whose last notice is due, as many in each page; each effect takes 20 ms. */
function slowPorts(): EntryPorts {
  const expiries = new Map<string, number>();
  let made = 0;
  const { ports } = newWorld(Date.now());
  const slowly = async () => void (await sleep(EFFECT_MS));
  return {
    ...ports,
    now: Date.now,
    carts: {
      ...ports.carts,
      async read({ cartId }: CartKey) {
        await slowly();
        return { cart: cartOf(undefined, { cartId, expiresMs: expiries.get(cartId) ?? 0 }), etag: '' };
      },
    },
    due: {
      ...ports.due,
      async *within({ fromMs }: DueRange) {
        await slowly();
        for (let n = 0; n < ENTRIES_OF_PAGE; n++) {
          const cartId = `${process.pid}-${made++}`;
          expiries.set(cartId, fromMs + HOUR);
          yield { ...KEY, cartId, atMs: fromMs };
        }
      },
      put: slowly,
      async remove(entry) {
        await slowly();
        if ('cartId' in entry) expiries.delete(entry.cartId);
      },
    },
    events: { publish: slowly },
  };
}

const [, , broker = '', storage = ''] = process.argv;
const bus = openBus({ connectionString: broker });
const ports =
  storage === 'slow' ? slowPorts() : sweepPorts({ connectionString: storage }, eventTopic(bus), bus);
const guards = openGuards(ports.now);
const client = new ServiceBusClient(broker);
const receiver = client.createReceiver(QUEUES.sweepPages);
receiver.subscribe(
  {
    async processMessage({ body }) {
      const read = readPageMessage(body);
      if (!('page' in read)) throw new Error('The queue holds something else than pages.');
      const report = await sweepPage(ports, read.page, LIFECYCLE, guards);
      process.send?.(report?.processed ?? 0);
    },
    async processError({ error }) {
      console.error(error);
    },
  },
  { maxConcurrentCalls: CONCURRENT_PAGES },
);
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
