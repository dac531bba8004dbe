/** Decoding, lock tokens and SAS tokens in isolation. The tests with the real client cover the encoding. */

import { expect, test } from 'vitest';
import { messages } from '../src/amqp.ts';
import { decodeBatch, decodeMessage } from '../src/encoding.ts';
import { deliveryTag, guidOfTag, uuidBytes, uuidText } from '../src/guid.ts';
import { sasTokenError } from '../src/sasToken.ts';
import { splitSections } from '../src/sections.ts';

test('splitSections returns every section of a message and loses no byte', () => {
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

test('A message id of any AMQP type is decoded to its text', () => {
  const ids = ['7', 7, Buffer.from('00112233445566778899aabbccddeeff', 'hex')];

  const read = ids.map((message_id) => decodeMessage(messages.encode({ message_id, body: 1 })).messageId);

  expect(read).toEqual(['7', '7', '00112233445566778899aabbccddeeff']);
});

test.each([
  ['a value without a descriptor', Buffer.from([0x43])],
  ['a truncated section', messages.encode({ body: 'text' }).subarray(0, 6)],
  ['a value of an unknown type', Buffer.from([0x00, 0x53, 0x77, 0x13])],
  ['a properties section that is not a list', Buffer.from([0x00, 0x53, 0x73, 0xa1, 0x01, 0x41])],
])('decodeMessage throws a RangeError for %s', (_what, bytes) => {
  expect(() => decodeMessage(bytes)).toThrow(RangeError);
});

test('decodeBatch returns the messages of a batch and rejects a batch with an invalid message', () => {
  const envelope = (...data: Buffer[]) =>
    Buffer.concat(data.map((it) => Buffer.concat([Buffer.from([0x00, 0x53, 0x75, 0xa0, it.length]), it])));
  const message = messages.encode({ message_id: 'a', body: 1 });

  const decoded = decodeBatch(envelope(message, message));

  expect(decoded.map((message) => message.messageId)).toEqual(['a', 'a']);
  expect(() => decodeBatch(envelope(message, Buffer.from([1, 2, 3])))).toThrow(RangeError);
});

test('A lock token is encoded in .NET byte order as a delivery tag and in RFC 9562 order as an AMQP uuid', () => {
  const token = '00112233-4455-6677-8899-aabbccddeeff';

  expect(deliveryTag(token).toString('hex')).toBe('33221100554477668899aabbccddeeff');
  expect(uuidBytes(token).toString('hex')).toBe('00112233445566778899aabbccddeeff');
  expect([guidOfTag(deliveryTag(token)), uuidText(uuidBytes(token))]).toEqual([token, token]);
});

test('A SAS token is valid for its resource and the paths below it until it expires', () => {
  const key = { name: 'Root', value: 'SAS_KEY_VALUE' };
  // Signed with the key above for sb://127.0.0.1:5672/orders; expires 2,000 seconds after the epoch.
  const token =
    'SharedAccessSignature sr=sb%3A%2F%2F127.0.0.1%3A5672%2Forders' +
    '&sig=8a%2BtBpeC6tWyfeq2aBB11t%2BsF9KyoJQgCBJANQs%2BLOE%3D&se=2000&skn=Root';

  const errorFor = (audience: string, nowMs: number) => sasTokenError(token, audience, key, nowMs);

  expect(errorFor('sb://127.0.0.1:5672/orders/$management', 1_999_999)).toBeUndefined();
  expect(errorFor('sb://127.0.0.1:5672/orders', 2_000_000)).toContain('ExpiredToken');
  expect(errorFor('sb://127.0.0.1:5672/orders2', 0)).toContain('InvalidAudience');
  expect(sasTokenError('Bearer abc', 'orders', key, 0)).toContain('MalformedToken');
});
