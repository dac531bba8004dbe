// Bytes that are messages and bytes that are not. What the real client makes of the encoding is tested where it is used.

import { expect, test } from 'vitest';
import { messages } from '../src/amqp.ts';
import { readBatch, readMessage } from '../src/encoding.ts';
import { deliveryTag, guidOfTag, uuidBytes, uuidText } from '../src/guid.ts';
import { splitSections } from '../src/sections.ts';
import { tokenFault } from '../src/sharedAccess.ts';

test('a message is cut into its sections without a byte lost', () => {
  const bytes = messages.encode({
    durable: true,
    message_annotations: { a: 1 },
    message_id: 'id',
    application_properties: { list: [1, 'two', { three: 3 }], big: 2 ** 40, when: new Date(0) },
    body: { deep: [Buffer.alloc(300), 'x'.repeat(300), -1, 0.5, null, true] },
    footer: { end: true },
  });

  const sections = splitSections(bytes);

  expect(sections.map((section) => section.code)).toEqual([0x70, 0x72, 0x73, 0x74, 0x78, 0x77]);
  expect(Buffer.concat(sections.map((section) => section.bytes)).equals(bytes)).toBe(true);
});

test('message ids of every AMQP type are told apart', () => {
  const ids = ['7', 7, Buffer.from('00112233445566778899aabbccddeeff', 'hex')];

  const read = ids.map((message_id) => readMessage(messages.encode({ message_id, body: 1 })).messageId);

  expect(read).toEqual(['7', '7', '00112233445566778899aabbccddeeff']);
});

test.each([
  ['nothing described', Buffer.from([0x43])],
  ['a section that is cut off', messages.encode({ body: 'text' }).subarray(0, 6)],
  ['an unknown type', Buffer.from([0x00, 0x53, 0x77, 0x13])],
  ['properties that are no list', Buffer.from([0x00, 0x53, 0x73, 0xa1, 0x01, 0x41])],
])('%s is no message', (_what, bytes) => {
  expect(() => readMessage(bytes)).toThrow(RangeError);
});

test('a batch is as good as the messages in it', () => {
  const envelope = (...data: Buffer[]) =>
    Buffer.concat(data.map((it) => Buffer.concat([Buffer.from([0x00, 0x53, 0x75, 0xa0, it.length]), it])));
  const message = messages.encode({ message_id: 'a', body: 1 });

  const parcels = readBatch(envelope(message, message));

  expect(parcels.map((parcel) => parcel.messageId)).toEqual(['a', 'a']);
  expect(() => readBatch(envelope(message, Buffer.from([1, 2, 3])))).toThrow(RangeError);
});

test('a lock token has the bytes of .NET in a delivery tag, and its own in an AMQP uuid', () => {
  const token = '00112233-4455-6677-8899-aabbccddeeff';

  expect(deliveryTag(token).toString('hex')).toBe('33221100554477668899aabbccddeeff');
  expect(uuidBytes(token).toString('hex')).toBe('00112233445566778899aabbccddeeff');
  expect([guidOfTag(deliveryTag(token)), uuidText(uuidBytes(token))]).toEqual([token, token]);
});

test('a token opens what it names until it expires, and nothing beside', () => {
  const key = { name: 'Root', value: 'SAS_KEY_VALUE' };
  // Signed with the key above for sb://127.0.0.1:5672/orders, good until second 2,000.
  const token =
    'SharedAccessSignature sr=sb%3A%2F%2F127.0.0.1%3A5672%2Forders' +
    '&sig=8a%2BtBpeC6tWyfeq2aBB11t%2BsF9KyoJQgCBJANQs%2BLOE%3D&se=2000&skn=Root';

  const faultFor = (audience: string, nowMs: number) => tokenFault(token, audience, key, nowMs);

  expect(faultFor('sb://127.0.0.1:5672/orders/$management', 1_999_999)).toBeUndefined();
  expect(faultFor('sb://127.0.0.1:5672/orders', 2_000_000)).toContain('ExpiredToken');
  expect(faultFor('sb://127.0.0.1:5672/orders2', 0)).toContain('InvalidAudience');
  expect(tokenFault('Bearer abc', 'orders', key, 0)).toContain('MalformedToken');
});
