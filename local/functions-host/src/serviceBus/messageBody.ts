/**
 * Binds the body of a Service Bus message to the text or the bytes that a handler receives, with the rules of the
 * Service Bus extension 5.x. Guarantees that every body with a data section can be bound: text that is not UTF-8 is
 * delivered with replacement characters.
 */
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { readDataContractString } from './dataContractString.ts';

// A byte order mark is part of the text, as in .NET's Encoding.GetString.
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The body as text: a data section decoded as UTF-8, or the string in an AMQP value. Data that is not UTF-8 is
 * decoded as a string of the old .NET serializer or else with U+FFFD for invalid bytes. Throws for an AMQP value
 * that is not a string, and for an AMQP sequence.
 */
export function bodyAsText(message: ServiceBusReceivedMessage): string {
  const { body } = message;
  switch (bodyTypeOf(message)) {
    case 'data':
      return decodeText(dataOf(message));
    case 'value':
      if (typeof body === 'string') return body;
      throw new Error(`A message with an AMQP value of type ${typeName(body)} cannot be bound to a string.`);
    case 'sequence':
      throw new Error('A message with an AMQP sequence cannot be bound to a string.');
  }
}

/** The bytes of the data sections; throws for an AMQP value or sequence, also when the value is a string. */
export function bodyAsBytes(message: ServiceBusReceivedMessage): Uint8Array {
  const bodyType = bodyTypeOf(message);
  if (bodyType === 'data') return dataOf(message);
  throw new Error(`A message with an AMQP ${bodyType} cannot be bound to bytes.`);
}

// A message without any body section counts as one with empty data.
function bodyTypeOf({ body, _rawAmqpMessage }: ServiceBusReceivedMessage): 'data' | 'value' | 'sequence' {
  return body === undefined ? 'data' : (_rawAmqpMessage.bodyType ?? 'data');
}

// Several data sections arrive as an array.
function dataOf({ body }: ServiceBusReceivedMessage): Uint8Array {
  const sections = (Array.isArray(body) ? body : [body ?? '']) as (Uint8Array | string)[];
  return Buffer.concat(sections.map((section) => Buffer.from(section)));
}

function decodeText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return readDataContractString(bytes) ?? lenient.decode(bytes);
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
