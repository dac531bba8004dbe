/** Parked and dead-lettered messages are removed when they name the partner tenant and the customer, and no others. */
import { randomUUID } from 'node:crypto';
import { ServiceBusClient } from '@azure/service-bus';
import { type ServiceBusEmulator, startServiceBus } from '@cartwright/servicebus-emulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { openBus } from '../../shared/messaging/bus.ts';
import { strandedMessages } from '../../shared/messaging/strandedMessages.ts';

let emulator: ServiceBusEmulator;
let client: ServiceBusClient;
beforeAll(async () => {
  emulator = await startServiceBus({ entities });
  client = new ServiceBusClient(emulator.connectionString);
});
afterAll(async () => {
  await client?.close();
  await emulator?.close();
});

async function send(queue: string, ...bodies: object[]): Promise<void> {
  const sender = client.createSender(queue);
  await sender.sendMessages(bodies.map((body) => ({ body })));
  await sender.close();
}

const messageOf = (tenant: string, customer: string) => ({ type: 'checkout', data: { tenant, customer } });

it('An erasure keeps the parked messages of another partner about the same customer, and of another customer', async () => {
  const [tenant, otherTenant, customer, other] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await send(
    'parked',
    messageOf(tenant, customer),
    messageOf(otherTenant, customer),
    messageOf(tenant, other),
  );
  await send('parked', { tenant, customerId: `{${customer.toUpperCase()}}` });
  await send('checkout', messageOf(tenant, customer));
  const receiver = client.createReceiver('checkout');
  for (const message of await receiver.receiveMessages(1)) await receiver.deadLetterMessage(message);
  await receiver.close();
  const bus = openBus(emulator);
  const content = { tenant, ids: [customer] };

  const before = await strandedMessages(bus).count(content);
  await strandedMessages(bus).remove(content);

  expect([before, await strandedMessages(bus).count(content)]).toEqual([3, 0]);
  expect(await strandedMessages(bus).count({ tenant: otherTenant, ids: [customer] })).toBe(1);
  expect(await strandedMessages(bus).count({ tenant, ids: [other] })).toBe(1);
  expect(emulator.counts('checkout')).toMatchObject({ deadLettered: 0 });
  await bus.close();
});
