/** Items that an order desk puts on the queue itself: taken in, ordered and followed; what cannot be taken in is parked with its reason. */
import { randomUUID } from 'node:crypto';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { localCaller } from '../../local/issuer/localCaller.ts';
import { depth, repeatCommand, seed } from '../support/depth.ts';
import { randomOf } from '../support/random.ts';
import { RESERVATION, SEATS } from './orders.ts';
import { parkedSoon } from './parkedMessages.ts';
import { type Body, eventually, type Service, sharedService } from './running.ts';

const OTHER_TENANT = randomUUID();

let service: Service;
let bus: ServiceBusClient;
beforeAll(async () => {
  service = await sharedService('default', { tenant: localCaller.tenant });
  bus = new ServiceBusClient(service.serviceBusConnection);
});
afterAll(() => bus?.close());

interface Item {
  reference: string;
  [member: string]: unknown;
}

const newItem = (reference: string): Item => ({
  reference,
  customerId: randomUUID(),
  cart: { lineItems: [RESERVATION, SEATS] },
});

const messageOf = (bulkOrderId: string, item: Item) => ({
  type: 'bulkOrderItem',
  version: 1,
  data: { tenant: localCaller.tenant, bulkOrderId, bulkOrderReference: 'renewals', ...item },
});

async function send(...bodies: unknown[]): Promise<void> {
  const sender = bus.createSender('bulk-orders');
  for (let n = 0; n < bodies.length; n += 500) {
    await sender.sendMessages(bodies.slice(n, n + 500).map((body) => ({ body })));
  }
  await sender.close();
}

/** The bulk order once so many of its items have ended. */
const endedItems = (bulkOrderId: string, count: number) =>
  eventually(async () => {
    const { body } = await service.call('GET', `/v1/bulkorders/${bulkOrderId}`);
    const { succeeded = 0, failed = 0, cancelled = 0 } = (body.counts ?? {}) as Record<string, number>;
    return succeeded + failed + cancelled === count && body.state === 'completed' && body;
  }, 30_000);

const itemsOf = async (bulkOrderId: string) =>
  (await service.call('GET', `/v1/bulkorders/${bulkOrderId}/items`)).body.items as unknown as Body[];

/** The parked copies of messages that were sent with these bodies. */
function parked(...bodies: unknown[]): Promise<ServiceBusReceivedMessage[]> {
  const sent = new Set(bodies.map((body) => JSON.stringify(body)));
  return parkedSoon(service, ({ body }) => sent.has(JSON.stringify(body)), bodies.length);
}

const whyParked = ({ applicationProperties = {} }: ServiceBusReceivedMessage) => applicationProperties;

describe('Items from the queue', () => {
  it('Items from the queue are ordered and reported as items of a list are', async () => {
    const bulkOrderId = randomUUID();
    const items = Array.from({ length: 20 }, (_, n) => newItem(`desk ${n}`));

    await send(...items.map((item) => messageOf(bulkOrderId, item)));
    const ended = await endedItems(bulkOrderId, items.length);

    expect(ended).toMatchObject({ reference: 'renewals', counts: { total: 20, succeeded: 20, waiting: 0 } });
    const followed = await itemsOf(bulkOrderId);
    expect(followed.map(({ reference }) => reference).sort()).toEqual(
      items.map(({ reference }) => reference).sort(),
    );
    for (const { orders, customerId } of followed) {
      expect(orders).toHaveLength(2);
      const { body } = await service.call('GET', `/v1/customers/${customerId}/orders`);
      expect(body.items).toHaveLength(2);
    }
  });

  it('An item is ordered once, however often its message is delivered', async () => {
    const bulkOrderId = randomUUID();
    const items = Array.from({ length: 5 }, (_, n) => newItem(`again ${n}`));
    const messages = items.map((item) => messageOf(bulkOrderId, item));

    await send(...messages, ...messages);
    await endedItems(bulkOrderId, items.length);
    await send(...messages);
    await eventually(async () => (await service.counts('bulk-orders')).active === 0);
    await endedItems(bulkOrderId, items.length);

    for (const { customerId } of items) {
      const { body } = await service.call('GET', `/v1/customers/${customerId}/orders`);
      expect(body.items).toHaveLength(2);
    }
  });

  it('New items reopen a bulk order that has ended', async () => {
    const bulkOrderId = randomUUID();
    await send(messageOf(bulkOrderId, newItem('first')));
    await endedItems(bulkOrderId, 1);

    await send(messageOf(bulkOrderId, newItem('second')));

    await endedItems(bulkOrderId, 2);
  });
});

it('The JSON Schema of an item on the queue is published', async () => {
  const { body } = await service.call('GET', '/schemas/bulk-order-item.json');
  const published = z.fromJSONSchema(body as Parameters<typeof z.fromJSONSchema>[0]);
  const message = messageOf(randomUUID(), newItem('as published'));
  const { reference: _, ...unnamed } = message.data;

  expect(body).toMatchObject({ $schema: expect.stringContaining('2020-12'), title: 'BulkOrderItem' });
  expect(published.safeParse(message).success).toBe(true);
  expect(published.safeParse({ ...message, version: 2 }).success).toBe(false);
  expect(published.safeParse({ ...message, data: unnamed }).success).toBe(false);
});

describe('A message that cannot be ingested', () => {
  it.each([
    [
      'that is not a message of an item',
      { lineItems: [randomUUID()] },
      'Unreadable',
      /^type: .*; version: .*; data: /,
    ],
    [
      'of another version',
      { ...messageOf(randomUUID(), newItem('v')), version: 2 },
      'Unreadable',
      /^version: /,
    ],
    [
      'whose item is malformed',
      messageOf(randomUUID(), { ...newItem('m'), customerId: 'somebody' }),
      'Unreadable',
      /data\.customerId: must be a GUID/,
    ],
    [
      'whose cart is malformed',
      messageOf(randomUUID(), { ...newItem('m'), cart: { lineItems: [{ ...SEATS, quantity: 0 }] } }),
      'Unreadable',
      /data\.cart\.lineItems\[0\]\.quantity/,
    ],
    [
      'of a partner tenant that BULK_QUEUE_TENANTS does not name',
      {
        ...messageOf(randomUUID(), newItem('u')),
        data: { ...messageOf(randomUUID(), newItem('u')).data, tenant: OTHER_TENANT },
      },
      'Unauthorized',
      new RegExp(`^BULK_QUEUE_TENANTS does not name the partner tenant ${OTHER_TENANT}`),
    ],
  ])('A message %s is parked with the reason', async (_, body, reason, description) => {
    await send(body);
    const [message] = await parked(body);

    expect(message?.body).toEqual(body);
    expect(whyParked(message!)).toMatchObject({
      source: 'bulk-orders',
      reason,
      description: expect.stringMatching(description),
    });
  });

  it('A message whose reference another item has is parked with the reason', async () => {
    const bulkOrderId = randomUUID();
    await send(messageOf(bulkOrderId, newItem('one')));
    await endedItems(bulkOrderId, 1);
    const second = messageOf(bulkOrderId, newItem('one'));
    await send(second);

    const [message] = await parked(second);

    expect(whyParked(message!)).toMatchObject({ reason: 'DuplicateReference' });
  });

  it('A message for a bulk order that was submitted as a list is parked with the reason', async () => {
    const listed = await service.call('POST', '/v1/bulkorders', { body: { items: [newItem('listed')] } });
    const late = messageOf(String(listed.body.id), newItem('late'));
    await send(late);

    const [message] = await parked(late);

    expect(whyParked(message!)).toMatchObject({ reason: 'BulkOrderClosed' });
  });
});

it(`None of ${depth.malformedMessages} malformed messages is stuck or lost`, async () => {
  const random = randomOf(seed);
  const sent = Array.from({ length: depth.malformedMessages }, (_, n) => malformed(n, random.below(6)));
  console.log(
    `${sent.length} malformed messages; repeat with ${repeatCommand('test/e2e/bulkItemQueue.test.ts', { seed })}`,
  );

  await send(...sent);
  const taken = await parked(...sent);

  expect(taken.map(({ body }) => JSON.stringify(body)).sort()).toEqual(
    sent.map((body) => JSON.stringify(body)).sort(),
  );
  expect(new Set(taken.map((message) => whyParked(message).reason))).toEqual(
    new Set(['Unreadable', 'Unauthorized']),
  );
  expect(await service.counts('bulk-orders')).toMatchObject({
    active: 0,
    scheduled: 0,
    deadLettered: 0,
    locked: 0,
  });
});

/** The nth message that cannot be accepted, invalid in one of six ways. */
function malformed(n: number, way: number): unknown {
  const message = messageOf(randomUUID(), newItem(`bad ${n}`));
  const ways: unknown[] = [
    `{"n":${n},`,
    { n },
    { ...message, type: `item ${n}` },
    { ...message, data: { ...message.data, customerId: n } },
    { ...message, data: { ...message.data, cart: { lineItems: n } } },
    { ...message, data: { ...message.data, tenant: OTHER_TENANT } },
  ];
  return ways[way];
}
