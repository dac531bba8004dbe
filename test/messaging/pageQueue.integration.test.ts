/** The queue of pages on the emulator: what is in it can be read, whether it waits or is processed, and a repeat is dropped. */
import { ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';
import { type ServiceBusEmulator, startServiceBus } from '@cartwright/servicebus-emulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { type OpenBus, openBus } from '../../shared/messaging/bus.ts';
import { pageQueue, readPageMessage } from '../../shared/messaging/pageQueue.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { DISPATCH_LIMITS } from '../../shared/sweeper/dispatch.ts';

let emulator: ServiceBusEmulator;
let bus: OpenBus;
let client: ServiceBusClient;
let receiver: ServiceBusReceiver;
beforeAll(async () => {
  emulator = await startServiceBus({ entities });
  bus = openBus(emulator);
  client = new ServiceBusClient(emulator.connectionString);
  receiver = client.createReceiver(QUEUES.sweepPages);
});
afterAll(async () => {
  await client?.close();
  await bus?.close();
  await emulator?.close();
});

it('The queue of pages shows pages that wait and pages that are locked, and no page that ended', async () => {
  const queue = pageQueue(bus);
  const ranges = [0, 1, 2].map((shard) => ({ shard, fromMs: 1_000, toMs: 2_000 + shard }));
  const beforeMs = Date.now() - 1_000;
  await queue.send(ranges.map((range) => ({ range, id: `a.${range.shard}` })));
  const [ended, locked] = await receiver.receiveMessages(2);
  if (!ended || !locked) throw new Error('The pages did not arrive.');
  await receiver.completeMessage(ended);

  const queued = await queue.queued();

  expect(readPageMessage(ended.body)).toEqual({ page: ranges[0] });
  expect(queued.map(({ enqueuedMs: _, ...range }) => range)).toEqual(ranges.slice(1));
  expect(queued.every(({ enqueuedMs }) => enqueuedMs >= beforeMs && enqueuedMs <= Date.now())).toBe(true);
  await receiver.completeMessage(locked);
});

it('The queue of pages shows pages that are scheduled, from their time on', async () => {
  const queue = pageQueue(bus);
  const atMs = Math.ceil(Date.now() / 1_000) * 1_000 + 60_000;
  const range = { shard: 3, fromMs: 5_000, toMs: 6_000 };
  await queue.send([{ range, id: 'scheduled', atMs }]);

  expect(await queue.queued()).toContainEqual({ ...range, enqueuedMs: atMs });
});

it('The broker accepts as many pages as a run may dispatch in one batch, and drops those that are sent again', async () => {
  const queue = pageQueue(bus);
  const before = (await queue.queued()).length;
  const pages = Array.from({ length: DISPATCH_LIMITS.queuedPages }, (_, n) => ({
    range: { shard: n % 4, fromMs: Date.UTC(9_999, 0), toMs: Date.UTC(9_999, 1) + n },
    id: `${n % 4}.${Date.UTC(9_999, 0)}.${Date.UTC(9_999, 1) + n}.${Math.floor(Date.now() / 60_000)}`,
    atMs: Date.now() + 60_000,
  }));

  await queue.send(pages);
  await queue.send(pages);

  expect(await queue.queued()).toHaveLength(before + pages.length);
});
