/**
 * Measures bulk ordering on the local stack, end to end: items a second, operations on storage and messages an
 * item, the memory of the service, and how that stands beside the same operations by a bare client.
 *
 *   npm run bench:bulk -- [items]        10,000 unless told otherwise, after a tenth of it on a stack of its own
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import { MAX_ITEMS } from '../../shared/bulk/bulkOrder.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { RESERVATION } from '../e2e/orders.ts';
import { type Running, startService } from '../e2e/running.ts';
import { floorMs } from './floor.ts';
import { HEAP_REPORTS, memoryIn } from './memory.ts';
import { between, KINDS, startStorage, sumOf } from './storage.ts';

/** `BULK_IN_FLIGHT` as it is deployed. */
const IN_FLIGHT = 32;
const CUSTOMERS = 500;

const most = Number(process.argv[2] ?? MAX_ITEMS);
if (!(Number.isInteger(most) && most >= 1 && most <= MAX_ITEMS)) {
  console.error(`A bulk order has 1 to ${MAX_ITEMS} items, not ${process.argv[2]}.`);
  process.exit(2);
}
const tenth = await measure(Math.ceil(most / 10));
const whole = await measure(most);
const floorTookMs = await floorMs(whole.operations, IN_FLIGHT);

for (const { items, tookMs, operations, messages, memory } of [tenth, whole]) {
  console.log(`${items} items in ${seconds(tookMs)}: ${rate(items, tookMs)} items/s`);
  const kinds = KINDS.filter((kind) => operations[kind] > 0);
  const each = kinds.map((kind) => `${kind} ${perItem(operations[kind], items)}`).join(', ');
  console.log(`  storage operations an item  ${perItem(sumOf(operations), items)} (${each})`);
  console.log(`  messages                    ${messages} in all`);
  if (!memory) continue;
  const { earlyMiB, lateMiB, residentMiB } = memory;
  console.log(
    `  alive in the service's heap ${earlyMiB.toFixed(0)} MiB early on, ${lateMiB.toFixed(0)} at the end`,
  );
  console.log(`  of the machine              ${residentMiB.toFixed(0)} MiB at most`);
}
console.log(
  `the floor: the same ${sumOf(whole.operations)} operations by a bare client in ${seconds(floorTookMs)}; the service takes ${(whole.tookMs / floorTookMs).toFixed(1)} times as long`,
);

/** A bulk order of so many carts of one line item, on a stack of its own. */
async function measure(items: number) {
  const storage = await startStorage();
  const service = await startService({
    settings: { CartStorage: storage.connectionString, ...HEAP_REPORTS },
  });
  const [before, sentBefore] = [storage.tally(), await messagesSoFar(service)];
  const linesBefore = service.log.length;
  const begunMs = performance.now();

  const customers = Array.from({ length: CUSTOMERS }, () => randomUUID());
  const { body: submitted } = await service.call('POST', '/v1/bulkorders', {
    body: {
      items: Array.from({ length: items }, (_, n) => ({
        reference: `item ${n}`,
        customerId: customers[n % CUSTOMERS],
        cart: { lineItems: [RESERVATION] },
      })),
    },
  });
  await ended(service, `/v1/bulkorders/${submitted.id}`, items);

  const tookMs = performance.now() - begunMs;
  const operations = between(before, storage.tally());
  const messages = (await messagesSoFar(service)) - sentBefore;
  const memory = memoryIn(service.log.slice(linesBefore));
  await service.stop();
  await storage.stop();
  return { items, tookMs, operations, messages, memory };
}

async function ended({ call }: Running, path: string, items: number): Promise<void> {
  for (;;) {
    const { body } = await call('GET', path);
    if (body.state === 'completed') {
      const { succeeded } = body.counts as { succeeded: number };
      if (succeeded !== items) throw new Error(`${succeeded} of ${items} items were ordered.`);
      return;
    }
    await sleep(1_000);
  }
}

/** How many messages every queue has taken: each gets the next number, and so does one that is scheduled and taken back. */
async function messagesSoFar({ serviceBusConnection }: Running): Promise<number> {
  const bus = new ServiceBusClient(serviceBusConnection);
  let sum = 0;
  for (const queue of Object.values(QUEUES)) {
    const sender = bus.createSender(queue);
    const [number] = await sender.scheduleMessages(
      [{ body: 'how many?' }],
      new Date(Date.now() + 86_400_000),
    );
    await sender.cancelScheduledMessages(number!);
    sum += Number(number);
  }
  await bus.close();
  return sum;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function rate(items: number, ms: number): string {
  return (items / (ms / 1_000)).toFixed(0);
}

function perItem(count: number, items: number): string {
  return (count / items).toFixed(2);
}
