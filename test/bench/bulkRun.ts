/** One bulk order on a local stack: its time, its operations on storage, its messages and the memory of the service. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { RESERVATION } from '../e2e/orders.ts';
import { type Running, startService } from '../e2e/running.ts';
import { HEAP_REPORTS, memoryIn } from './memory.ts';
import { between, startStorage } from './storage.ts';

/** `BULK_IN_FLIGHT` as it is deployed. */
export const IN_FLIGHT = 32;
const CUSTOMERS = 500;

/** A bulk order of so many carts of one line item, on a separate stack. */
export async function measureBulk(items: number) {
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
