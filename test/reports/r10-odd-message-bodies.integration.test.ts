/**
 * Report R10: odd message bodies are delivered ten times and dead-lettered without a reason (azure-service-bus#144,
 * azure-sdk-for-net#28983). The service parks them at the first delivery, with a reason.
 */
import { randomUUID } from 'node:crypto';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type Service, sharedService } from '../e2e/running.ts';
import { item } from './orderFile.ts';

let service: Service;
let bus: ServiceBusClient;
beforeAll(async () => {
  service = await sharedService('bulk');
  bus = new ServiceBusClient(service.serviceBusConnection);
});
afterAll(() => bus?.close());

/** The JSON of an item for the queue `bulk-orders`, with this text in it. */
const itemJson = (text: string, about = { tenant: randomUUID(), bulkOrderId: randomUUID() }) =>
  JSON.stringify({ type: 'bulkOrderItem', version: 1, data: { ...about, ...item(text, randomUUID()) } });
const latin1 = (text: string) => Buffer.from(text, 'latin1');
/** What WindowsAzure.ServiceBus writes for `new BrokeredMessage(value)`: .NET binary XML. */
const wrapped = (element: string, ...content: Uint8Array[]) =>
  Buffer.concat([
    Buffer.from([0x40, element.length]),
    latin1(element),
    latin1('\x083http://schemas.microsoft.com/2003/10/Serialization/'),
    ...content,
  ]);
const length16 = ({ length }: Uint8Array) => Buffer.from([length & 0xff, length >> 8]);
const wrappedText = (text: Uint8Array) => wrapped('string', Buffer.from([0x9b]), length16(text), text);
const wrappedBytes = (bytes: Uint8Array) =>
  wrapped('base64Binary', Buffer.from([0xa1]), length16(bytes), bytes);

/** The parked message with this text in its body or its description. */
async function parkedWith(marker: string) {
  const receiver = bus.createReceiver('parked');
  try {
    return await eventually(async () => {
      const all = await receiver.peekMessages(1_000);
      return all.find(({ body, applicationProperties }) =>
        JSON.stringify([body, applicationProperties]).includes(marker),
      );
    });
  } finally {
    await receiver.close();
  }
}

/** A body as bytes in a data section, or as an AMQP value. */
type OddBody = { body: Buffer } | { bodyType: 'value'; body: string };

async function send(queue: string, message: OddBody): Promise<void> {
  const sender = bus.createSender(queue);
  await sender.sendMessages(message);
  await sender.close();
}

const NOT_UTF8 =
  /^body: must be UTF-8; the host delivered U\+FFFD in place of other bytes, as in '.*\ufffd.*'$/s;

describe('Bodies that are not UTF-8 (azure-service-bus#144, azure-sdk-for-net#28983)', () => {
  it.each<[string, string, (marker: string) => Buffer]>([
    ['JSON in Latin-1', 'bulk-orders', (marker) => latin1(itemJson(`${marker} Zürich`))],
    [
      'JSON in Latin-1, with the odd byte in the name of a member',
      'bulk-orders',
      (marker) => latin1(`{"größe":1,"x":"${marker}"}`),
    ],
    [
      'text with U+FFFD, as the real extension delivers it',
      'bulk-orders',
      (marker) => Buffer.from(itemJson(`${marker} Z\ufffdrich`)),
    ],
    [
      'JSON in Windows-1252 with a broken multi-byte sequence',
      'bulk-orders',
      (marker) => Buffer.concat([latin1(`{"x":"${marker} `), Buffer.from([0xc3]), latin1('"}')]),
    ],
    [
      'Latin-1 in the old .NET serializer’s wrapper',
      'bulk-orders',
      (marker) => wrappedText(latin1(itemJson(`${marker} Zürich`))),
    ],
    [
      'bytes in the old .NET serializer’s wrapper',
      'bulk-orders',
      (marker) => wrappedBytes(Buffer.from(itemJson(marker))),
    ],
    [
      'a checkout message in Latin-1',
      'checkout',
      (marker) => latin1(`{"type":"checkout","version":1,"data":{"tenant":"${marker} ü"}}`),
    ],
    [
      'a bulk order message in Latin-1',
      'bulk-lanes',
      (marker) => latin1(`{"type":"bulkLane","version":1,"data":{"tenant":"${marker} ü"}}`),
    ],
  ])('A body that is not UTF-8 is parked immediately, with a reason: %s', async (_, queue, bodyOf) => {
    const marker = randomUUID().slice(0, 8);

    await send(queue, { body: bodyOf(marker) });
    const { applicationProperties } = await parkedWith(marker);

    expect(applicationProperties).toMatchObject({
      source: queue,
      reason: 'Unreadable',
      description: expect.stringMatching(NOT_UTF8),
    });
  });
});

describe('Bodies that are not messages (azure-sdk-for-net#28983)', () => {
  it.each<[string, (marker: string) => OddBody, (marker: string) => string]>([
    ['UTF-16', (text) => ({ body: Buffer.from(text, 'utf16le') }), (text) => [...text].join('\\u0000')],
    ['an AMQP value', (text) => ({ bodyType: 'value', body: `${text} no JSON` }), String],
    ['half a JSON document', (text) => ({ body: Buffer.from(itemJson(text).slice(0, -2)) }), String],
    ['a list', (text) => ({ body: Buffer.from(`[${itemJson(text)}]`) }), String],
  ])('A body that is not a message is parked immediately, with a reason: %s', async (_, bodyOf, parkedAs) => {
    const marker = randomUUID().slice(0, 8);

    await send('bulk-orders', bodyOf(marker));
    const { applicationProperties } = await parkedWith(parkedAs(marker));

    expect(applicationProperties).toMatchObject({
      source: 'bulk-orders',
      reason: 'Unreadable',
      description: expect.stringMatching(/^(body|type): ./),
    });
  });
});

describe('Bodies of other serializers (azure-service-bus#144)', () => {
  it.each<[string, (json: string) => OddBody]>([
    ['UTF-8 with letters beyond ASCII', (json) => ({ body: Buffer.from(json) })],
    ['a string in the old .NET serializer’s wrapper', (json) => ({ body: wrappedText(Buffer.from(json)) })],
    ['an AMQP value that is a string', (json) => ({ bodyType: 'value', body: json })],
  ])('A body of another serializer is read: %s', async (_, bodyOf) => {
    const about = { tenant: randomUUID(), bulkOrderId: randomUUID() };
    const token = await service.token({ tenant: about.tenant });

    await send('bulk-orders', bodyOf(itemJson('Zürich 😀', about)));

    const items = await eventually(async () => {
      const { body } = await service.call('GET', `/v1/bulkorders/${about.bulkOrderId}/items`, { token });
      return body.items?.length === 1 && body.items;
    });
    expect(items).toMatchObject([{ reference: 'Zürich 😀' }]);
  });
});

it('None of these bodies is dead-lettered', async () => {
  for (const queue of ['bulk-orders', 'checkout', 'bulk-lanes']) {
    const receiver = bus.createReceiver(queue, { subQueueType: 'deadLetter' });
    expect(await receiver.peekMessages(100)).toEqual([]);
    await receiver.close();
  }
});
