import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { expect, test } from 'vitest';
import { bodyAsBytes, bodyAsText } from '../../src/serviceBus/messageBody.ts';

function message(bodyType: 'data' | 'value' | 'sequence', body: unknown): ServiceBusReceivedMessage {
  return { body, _rawAmqpMessage: { bodyType } } as ServiceBusReceivedMessage;
}

/** A string as the DataContractSerializer writes it, with the given text records. */
function dataContract(...records: number[]): Buffer {
  const element = '@\x06string\x083http://schemas.microsoft.com/2003/10/Serialization/';
  return Buffer.concat([Buffer.from(element, 'latin1'), Buffer.from(records)]);
}
const ascii = (text: string): number[] => [...Buffer.from(text)];

test('A data section in UTF-8 is bound to its text, including a byte order mark', () => {
  expect(bodyAsText(message('data', Buffer.from('\uFEFFgrün')))).toBe('\uFEFFgrün');
});

test('A data section that is not UTF-8 is bound to text with replacement characters', () => {
  expect(bodyAsText(message('data', Buffer.from('{"name":"grün"}', 'latin1')))).toBe('{"name":"gr\uFFFDn"}');
});

test.each([
  ['a short text', dataContract(0x99, 2, ...ascii('{}'))],
  ['a text and an end element', dataContract(0x98, 2, ...ascii('{}'), 0x01)],
  ['a text with a length of 16 bits', dataContract(0x9b, 2, 0, ...ascii('{}'))],
  ['a text with a length of 32 bits', dataContract(0x9d, 2, 0, 0, 0, ...ascii('{}'))],
  ['a text in two records', dataContract(0x98, 1, ...ascii('{'), 0x99, 1, ...ascii('}'))],
])('A body of the old .NET serializer with %s is bound to the text in it', (_, body) => {
  expect(bodyAsText(message('data', body))).toBe('{}');
});

test('An empty body of the old .NET serializer is bound to an empty text', () => {
  expect(bodyAsText(message('data', dataContract(0xa9)))).toBe('');
});

test.each([
  ['a length beyond its end', dataContract(0x99, 9, ...ascii('{}'))],
  ['no end element', dataContract(0x98, 2, ...ascii('{}'))],
  ['an unknown record', dataContract(0x99 + 2 ** 6)],
])('A body of the old .NET serializer with %s is bound to text with replacement characters', (_, body) => {
  expect(bodyAsText(message('data', body))).toBe(new TextDecoder().decode(body));
  expect(bodyAsText(message('data', body))).toContain('\uFFFD');
});

test('Several data sections are bound to their concatenation', () => {
  const body = [Buffer.from([0xc3]), Buffer.from([0xbc])];

  expect(bodyAsText(message('data', body))).toBe('ü');
  expect(bodyAsBytes(message('data', body))).toEqual(Buffer.from([0xc3, 0xbc]));
});

test('A message without a body section is bound to an empty text', () => {
  expect(bodyAsText(message('value', undefined))).toBe('');
});

test('An AMQP value that is a string is bound to the string', () => {
  expect(bodyAsText(message('value', '{"a":1}'))).toBe('{"a":1}');
});

test.each([
  ['number', 1],
  ['null', null],
  ['list', ['a']],
  ['object', { a: 1 }],
])('An AMQP value of type %s cannot be bound to text', (type, body) => {
  expect(() => bodyAsText(message('value', body))).toThrow(
    `A message with an AMQP value of type ${type} cannot be bound to a string.`,
  );
});

test('An AMQP sequence cannot be bound to text', () => {
  expect(() => bodyAsText(message('sequence', [['a']]))).toThrow('AMQP sequence cannot be bound to a string');
});

test.each([
  ['value', 'text'],
  ['sequence', [['a']]],
] as const)('An AMQP %s cannot be bound to bytes', (bodyType, body) => {
  expect(() => bodyAsBytes(message(bodyType, body))).toThrow(`AMQP ${bodyType} cannot be bound to bytes`);
});
