/**
 * Decodes and encodes messages. Body, footer and properties pass through byte for byte, whatever their AMQP types. The
 * broker writes the header and its own annotations, and the application properties only when a receiver modified them.
 */

import { randomUUID } from 'node:crypto';
import { type Typed, types } from './amqp.ts';
import type { Message, SentMessage } from './message.ts';
import { type Section, splitSections } from './sections.ts';

/** The message format of a batch: an envelope whose data sections are complete messages. */
export const BATCH_FORMAT = 0x80013700;

const HEADER = 0x70;
const ANNOTATIONS = 0x72;
const PROPERTIES = 0x73;
const APPLICATION_PROPERTIES = 0x74;
const DATA = 0x75;
const FOOTER = 0x78;
// Positions in the properties section.
const ABSOLUTE_EXPIRY_TIME = 8;
const CREATION_TIME = 9;
const LARGEST_UINT = 0xffff_ffff;
const BROKER_ANNOTATIONS = [
  'x-opt-sequence-number',
  'x-opt-enqueued-time',
  'x-opt-message-state',
  'x-opt-locked-until',
];
const STATES = { active: 0, deferred: 1, scheduled: 2 } as const;

/** Decodes a batch. The envelope's own properties repeat those of its first message and are ignored. */
export function decodeBatch(bytes: Buffer): SentMessage[] {
  const data = splitSections(bytes).filter((section) => section.code === DATA);
  return data.map((section) => decodeMessage(read(section.bytes).value as Buffer));
}

/** Decodes a message. Throws a RangeError when the bytes are not an AMQP message. */
export function decodeMessage(bytes: Buffer): SentMessage {
  const sections = splitSections(bytes);
  const header = find(sections, HEADER);
  const annotations = find(sections, ANNOTATIONS);
  const { messageId, properties } = withMessageId(find(sections, PROPERTIES));
  return {
    messageId,
    sizeBytes: bytes.length,
    timeToLiveMs: timeToLiveMs(header, properties),
    scheduledForMs: scheduledForMs(annotations),
    sections: {
      header,
      annotations,
      properties,
      applicationProperties: find(sections, APPLICATION_PROPERTIES),
      body: Buffer.concat(sections.filter(isBody).map((section) => section.bytes)),
    },
  };
}

/** Encodes a message for a receiver. */
export function encodeMessage(message: Message): Buffer {
  return Buffer.concat([
    writeHeader(message),
    writeAnnotations(message),
    writeProperties(message),
    writeApplicationProperties(message),
    message.sent.sections.body,
  ]);
}

function effectiveTimeToLiveMs({ sent, expiresAtMs, enqueuedAtMs }: Message): number {
  return Math.min(sent.timeToLiveMs, expiresAtMs - enqueuedAtMs);
}

function writeHeader(message: Message): Buffer {
  const { header } = message.sent.sections;
  const [durable, priority] = header ? itemsOf(header) : [];
  const ttlMs = effectiveTimeToLiveMs(message);
  const ttl = ttlMs === Infinity ? undefined : types.wrap_uint(Math.min(ttlMs, LARGEST_UINT));
  const fields = [durable, priority, ttl, undefined, types.wrap_uint(message.deliveryCount)];
  return write(HEADER, types.List32(fields));
}

/**
 * The properties as sent, unless the time to live is too long for the header's `ttl`, which ends at 49.7 days. As the
 * .NET client does, the difference of absolute-expiry-time and creation-time then states it.
 */
function writeProperties(message: Message): Buffer {
  const { properties } = message.sent.sections;
  const ttlMs = effectiveTimeToLiveMs(message);
  if (ttlMs <= LARGEST_UINT || ttlMs === Infinity) return properties;
  const fields: (Typed | undefined)[] = itemsOf(properties);
  while (fields.length <= CREATION_TIME) fields.push(undefined);
  fields[ABSOLUTE_EXPIRY_TIME] = types.wrap_timestamp(message.enqueuedAtMs + ttlMs);
  fields[CREATION_TIME] = types.wrap_timestamp(message.enqueuedAtMs);
  return write(PROPERTIES, types.List32(fields));
}

function writeAnnotations({ sent, sequenceNumber, enqueuedAtMs, lock, state }: Message): Buffer {
  const annotations = new Map(sent.sections.annotations ? pairsOf(sent.sections.annotations) : []);
  // A received message that is sent again still carries the annotations of its first delivery.
  for (const name of BROKER_ANNOTATIONS) annotations.delete(name);
  annotations.set('x-opt-sequence-number', types.wrap_long(sequenceNumber));
  annotations.set('x-opt-enqueued-time', types.wrap_timestamp(enqueuedAtMs));
  annotations.set('x-opt-message-state', types.wrap_int(STATES[state]));
  if (lock) annotations.set('x-opt-locked-until', types.wrap_timestamp(lock.untilMs));
  const items = [...annotations].flatMap(([name, value]) => [types.wrap_symbol(name), value]);
  return write(ANNOTATIONS, types.Map32(items));
}

function writeApplicationProperties({ sent, propertyChanges }: Message): Buffer {
  const { applicationProperties } = sent.sections;
  const changes = Object.entries(propertyChanges);
  if (changes.length === 0) return applicationProperties ?? Buffer.alloc(0);
  const properties = new Map(applicationProperties ? pairsOf(applicationProperties) : []);
  for (const [name, value] of changes) properties.set(name, types.wrap(value));
  const items = [...properties].flatMap(([name, value]) => [types.wrap_string(name), value]);
  return write(APPLICATION_PROPERTIES, types.Map32(items));
}

/** Assigns a message id when there is none: the JavaScript client renews locks by message id. */
function withMessageId(properties: Buffer | undefined): { messageId: string; properties: Buffer } {
  const fields = properties ? itemsOf(properties) : [];
  const sent = fields[0]?.value;
  if (properties && sent !== undefined && sent !== null) {
    return { messageId: Buffer.isBuffer(sent) ? sent.toString('hex') : String(sent), properties };
  }
  const messageId = randomUUID();
  const named = [types.wrap_string(messageId), ...fields.slice(1)];
  return { messageId, properties: write(PROPERTIES, types.List32(named)) };
}

/** The header's `ttl`. At its maximum, the absolute expiry time states the time to live when it is longer. */
function timeToLiveMs(header: Buffer | undefined, properties: Buffer): number {
  const ttl = header && itemsOf(header)[2]?.value;
  if (typeof ttl !== 'number') return Infinity;
  if (ttl < LARGEST_UINT) return ttl;
  const fields = itemsOf(properties);
  const [expiresAtMs, createdAtMs] = [
    timestamp(fields[ABSOLUTE_EXPIRY_TIME]),
    timestamp(fields[CREATION_TIME]),
  ];
  if (expiresAtMs === undefined || createdAtMs === undefined) return ttl;
  return Math.max(ttl, expiresAtMs - createdAtMs);
}

function scheduledForMs(annotations: Buffer | undefined): number | undefined {
  return annotations && timestamp(new Map(pairsOf(annotations)).get('x-opt-scheduled-enqueue-time'));
}

/** The epoch milliseconds of an AMQP timestamp; `undefined` for a value of any other type. */
function timestamp(typed: Typed | undefined): number | undefined {
  const value = typed?.value;
  if (value instanceof Date) return value.getTime();
  return typeof value === 'number' ? value : undefined;
}

function find(sections: readonly Section[], code: number): Buffer | undefined {
  return sections.find((section) => section.code === code)?.bytes;
}

function isBody({ code }: Section): boolean {
  return code >= DATA && code <= FOOTER;
}

function itemsOf(section: Buffer): Typed[] {
  const { value } = read(section);
  if (!Array.isArray(value)) throw new RangeError('An AMQP section must be a list or a map.');
  return value;
}

function pairsOf(section: Buffer): [string, Typed][] {
  const items = itemsOf(section);
  const pairs: [string, Typed][] = [];
  for (let at = 0; at + 1 < items.length; at += 2) {
    const [name, value] = items.slice(at, at + 2) as [Typed, Typed];
    pairs.push([String(name.value), value]);
  }
  return pairs;
}

function read(section: Buffer): Typed {
  return new types.Reader(section).read();
}

function write(code: number, value: Typed): Buffer {
  const writer = new types.Writer();
  writer.write(types.described(types.wrap_ulong(code), value));
  return writer.toBuffer();
}
