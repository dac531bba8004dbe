/** A page of due entries through the running service: its worker processes the entries of the stretch, and no others. */
import { randomUUID } from 'node:crypto';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBus } from '../../shared/messaging/bus.ts';
import { pageQueue } from '../../shared/messaging/pageQueue.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import type { DueEntry } from '../../shared/ports.ts';
import { dueIndex } from '../../shared/storage/dueIndex.ts';
import { TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { eventually, type Service, sharedService } from './running.ts';

/** Not due for days: no sweep of another test finds the entries. */
const atMs = Date.now() + 30 * 86_400_000;

let service: Service;
let client: ServiceBusClient;
beforeAll(async () => {
  service = await sharedService('default');
  client = new ServiceBusClient(service.serviceBusConnection);
});
afterAll(() => client?.close());

it('The worker processes the due entries of a page and leaves those beside it', async () => {
  const due = dueIndex(new Table({ connectionString: service.storageConnection }, TABLES.due));
  const entryAt = (ms: number, shard: number): DueEntry => ({
    tenant: randomUUID(),
    customer: randomUUID(),
    cartId: `${randomUUID().slice(0, -1)}${shard}`,
    atMs: ms,
  });
  const inPage = [entryAt(atMs, 1), entryAt(atMs + 1, 1)];
  const beside = [entryAt(atMs - 1, 1), entryAt(atMs + 2, 1), entryAt(atMs, 2)];
  for (const entry of [...inPage, ...beside]) await due.put(entry);
  const left = async () => {
    const ranges = [1, 2].map((shard) => ({ shard, fromMs: atMs - 1, toMs: atMs + 2 }));
    const entries = await Promise.all(ranges.map((range) => Array.fromAsync(due.within(range))));
    return entries
      .flat()
      .filter((entry) => [...inPage, ...beside].some(({ tenant }) => tenant === entry.tenant));
  };
  const bus = openBus({ connectionString: service.serviceBusConnection });

  await pageQueue(bus).send([{ range: { shard: 1, fromMs: atMs, toMs: atMs + 1 }, id: randomUUID() }]);

  // Entries without a cart are deleted.
  await eventually(async () => (await left()).length <= beside.length);
  const byTime = (a: { atMs: number }, b: { atMs: number }) => a.atMs - b.atMs;
  expect((await left()).sort(byTime)).toEqual(beside.toSorted(byTime));
  await bus.close();
});

it('A page that cannot be read is parked with its reason', async () => {
  const body = { type: 'sweepPage', version: 1, data: { shard: 'first', note: randomUUID() } };
  const sender = client.createSender(QUEUES.sweepPages);
  await sender.sendMessages({ body });
  const receiver = client.createReceiver(QUEUES.parked);

  const parked = await eventually(async () => {
    const messages = await receiver.peekMessages(1_000);
    return messages.find((message) => JSON.stringify(message.body) === JSON.stringify(body));
  });

  expect(parked.applicationProperties).toMatchObject({
    source: QUEUES.sweepPages,
    reason: 'Unreadable',
    description: expect.stringContaining('data.shard'),
  });
});
