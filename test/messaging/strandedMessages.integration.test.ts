/** Parked and dead-lettered messages are removed when they name the partner tenant and the customer, and no others. */
import { randomUUID } from 'node:crypto';
import { ServiceBusClient } from '@azure/service-bus';
import { type ServiceBusEmulator, startServiceBus } from '@cartwright/servicebus-emulator';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { type OpenBus, openBus } from '../../shared/messaging/bus.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { strandedMessages } from '../../shared/messaging/strandedMessages.ts';

let emulator: ServiceBusEmulator;
let client: ServiceBusClient;
let bus: OpenBus;
beforeAll(async () => {
  emulator = await startServiceBus({ entities });
  client = new ServiceBusClient(emulator.connectionString);
  bus = openBus(emulator);
});
beforeEach(() => emulator.clear());
afterAll(async () => {
  await Promise.all([client?.close(), bus?.close()]);
  await emulator?.close();
});

async function send(queue: string, ...bodies: object[]): Promise<void> {
  const sender = client.createSender(queue);
  await sender.sendMessages(bodies.map((body) => ({ body })));
  await sender.close();
}

const messageOf = (tenant: string, customer: string) => ({ type: 'checkout', data: { tenant, customer } });
const contentOf = (tenant: string, customer: string, { untilMs = Date.now() + 60_000, ids = [''] } = {}) => ({
  tenant,
  customer,
  untilMs,
  ids: new Set(ids),
});
const find = (...about: Parameters<typeof contentOf>) => strandedMessages(bus).find(contentOf(...about));
const remove = (...about: Parameters<typeof contentOf>) => strandedMessages(bus).remove(contentOf(...about));

it('An erasure keeps the parked messages of another partner about the same customer, and of another customer', async () => {
  const [tenant, otherTenant, customer, other] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await send(
    QUEUES.parked,
    messageOf(tenant, customer),
    messageOf(otherTenant, customer),
    messageOf(tenant, other),
  );
  await send(QUEUES.parked, { tenant, customerId: `{${customer.toUpperCase()}}` });

  const before = await find(tenant, customer);
  await remove(tenant, customer);

  expect([new Set(before).size, await find(tenant, customer)]).toEqual([2, []]);
  expect(await find(otherTenant, customer)).toHaveLength(1);
  expect(await find(tenant, other)).toHaveLength(1);
});

it('A message of the customer in the dead-letter queue of every queue is removed', async () => {
  const [tenant, customer] = [randomUUID(), randomUUID()];
  const queues = Object.values(QUEUES);
  for (const queue of queues) {
    await send(queue, messageOf(tenant, customer));
    const receiver = client.createReceiver(queue);
    for (const message of await receiver.receiveMessages(1)) await receiver.deadLetterMessage(message);
    await receiver.close();
  }

  const found = await find(tenant, customer);
  await remove(tenant, customer);

  expect(found.map((name) => name.replace(/\/\d+$/, '')).sort()).toEqual(
    queues.map((queue) => `${queue}/dead`).sort(),
  );
  for (const queue of queues)
    expect({ queue, ...emulator.counts(queue) }).toMatchObject({ queue, active: 0, deadLettered: 0 });
});

it('A message behind many others is found and removed, and the others stay in their order', async () => {
  const [tenant, customer] = [randomUUID(), randomUUID()];
  const others = Array.from({ length: 23 }, () => randomUUID());
  await send(QUEUES.parked, ...others.map((other) => messageOf(tenant, other)));
  await send(QUEUES.parked, messageOf(tenant, customer));
  const messages = strandedMessages(bus, { pageSize: 4, renewalMs: 0 });

  expect(await messages.find(contentOf(tenant, customer))).toHaveLength(1);
  await messages.remove(contentOf(tenant, customer));

  expect(await messages.find(contentOf(tenant, customer))).toEqual([]);
  const receiver = client.createReceiver(QUEUES.parked);
  const left = await receiver.peekMessages(50);
  await receiver.close();
  expect(left.map(({ body }) => body.data.customer)).toEqual(others);
  expect(emulator.counts(QUEUES.parked)).toMatchObject({ active: 23, locked: 0, deadLettered: 0 });
});

it('A message behind more than 1,000 others is removed', async () => {
  const [tenant, customer, other] = [randomUUID(), randomUUID(), randomUUID()];
  for (let n = 0; n < 3; n++) {
    await send(QUEUES.parked, ...Array.from({ length: 350 }, () => messageOf(tenant, other)));
  }
  await send(QUEUES.parked, messageOf(tenant, customer));

  await remove(tenant, customer);

  expect(await find(tenant, customer)).toEqual([]);
  expect(emulator.counts(QUEUES.parked)).toMatchObject({ active: 1_050, locked: 0 });
});

it('A message that was sent later is removed only when it names something that is erased', async () => {
  const [tenant, customer, cartId] = [randomUUID(), randomUUID(), randomUUID()];
  const deliveryId = `06866423400000-${'5f'.repeat(12)}`;
  await send(QUEUES.parked, { data: { tenant, customer, cartId } }, { data: { tenant, deliveryId } });
  await send(QUEUES.parked, { data: { tenant, customer, cartId: randomUUID() } });
  const earlier = { untilMs: Date.now() - 60_000 };

  expect(await find(tenant, customer, earlier)).toEqual([]);
  expect(await find(tenant, customer, { ...earlier, ids: [cartId, deliveryId] })).toHaveLength(2);
  await remove(tenant, customer, { ...earlier, ids: [cartId, deliveryId] });

  expect(await find(tenant, customer)).toHaveLength(1);
});

it('A removal fails when another receiver has locked a message, and succeeds when it is unlocked', async () => {
  const [tenant, customer] = [randomUUID(), randomUUID()];
  await send(QUEUES.parked, messageOf(tenant, customer));
  const receiver = client.createReceiver(QUEUES.parked);
  const [locked] = await receiver.receiveMessages(1);
  if (!locked) throw new Error('There is no message.');

  await expect(remove(tenant, customer)).rejects.toThrow('1 messages could not be removed yet.');
  await receiver.abandonMessage(locked);
  await receiver.close();
  await remove(tenant, customer);

  expect(await find(tenant, customer)).toEqual([]);
});
