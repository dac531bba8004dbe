// Between AMQP bytes and the broker's messages. It promises that what the sender wrote arrives byte for byte, but for
// the header and annotations that the broker owns and the application properties that receivers amended.

import { randomUUID } from 'node:crypto';
import { type Typed, types } from './amqp.ts';
import type { Message, Parcel } from './message.ts';
import { type Section, splitSections } from './sections.ts';

/** The message format of a batch: an envelope whose data sections are whole messages. */
export const BATCH_FORMAT = 0x80013700;

const HEADER = 0x70;
const ANNOTATIONS = 0x72;
const PROPERTIES = 0x73;
const APPLICATION_PROPERTIES = 0x74;
const DATA = 0x75;
const FOOTER = 0x78;
const LARGEST_UINT = 0xffff_ffff;
const OURS = ['x-opt-sequence-number', 'x-opt-enqueued-time', 'x-opt-message-state', 'x-opt-locked-until'];
const STATES = { active: 0, deferred: 1, scheduled: 2 } as const;

/** Opens a batch; the envelope's own properties repeat those of its first message and mean nothing. */
export function readBatch(bytes: Buffer): Parcel[] {
  const data = splitSections(bytes).filter((section) => section.code === DATA);
  return data.map((section) => readMessage(read(section.bytes).value as Buffer));
}

/** Takes a message apart; throws a RangeError when the bytes are not one. */
export function readMessage(bytes: Buffer): Parcel {
  const sections = splitSections(bytes);
  const header = find(sections, HEADER);
  const annotations = find(sections, ANNOTATIONS);
  const identity = identify(find(sections, PROPERTIES));
  return {
    messageId: identity.messageId,
    sizeBytes: bytes.length,
    timeToLiveMs: timeToLiveMs(header),
    scheduledForMs: scheduledForMs(annotations),
    sections: {
      header,
      annotations,
      properties: identity.properties,
      applicationProperties: find(sections, APPLICATION_PROPERTIES),
      body: Buffer.concat(sections.filter(isBody).map((section) => section.bytes)),
    },
  };
}

/** Puts a message together for a receiver. */
export function writeMessage(message: Message): Buffer {
  const { properties, body } = message.parcel.sections;
  return Buffer.concat([
    writeHeader(message),
    writeAnnotations(message),
    properties,
    writeApplicationProperties(message),
    body,
  ]);
}

function writeHeader({ parcel, expiresAtMs, enqueuedAtMs, deliveryCount }: Message): Buffer {
  const [durable, priority] = parcel.sections.header ? itemsOf(parcel.sections.header) : [];
  const ttlMs = Math.min(parcel.timeToLiveMs, expiresAtMs - enqueuedAtMs);
  const ttl = ttlMs === Infinity ? undefined : types.wrap_uint(Math.min(ttlMs, LARGEST_UINT));
  const fields = [durable, priority, ttl, undefined, types.wrap_uint(deliveryCount)];
  return write(HEADER, types.List32(fields));
}

function writeAnnotations({ parcel, sequenceNumber, enqueuedAtMs, lock, state }: Message): Buffer {
  const sent = parcel.sections.annotations ? pairsOf(parcel.sections.annotations) : [];
  const annotations = new Map(sent);
  // A message that was received and is sent again brings the annotations of its former life.
  for (const name of OURS) annotations.delete(name);
  annotations.set('x-opt-sequence-number', types.wrap_long(sequenceNumber));
  annotations.set('x-opt-enqueued-time', types.wrap_timestamp(enqueuedAtMs));
  annotations.set('x-opt-message-state', types.wrap_int(STATES[state]));
  if (lock) annotations.set('x-opt-locked-until', types.wrap_timestamp(lock.untilMs));
  const items = [...annotations].flatMap(([name, value]) => [types.wrap_symbol(name), value]);
  return write(ANNOTATIONS, types.Map32(items));
}

function writeApplicationProperties({ parcel, amendment }: Message): Buffer {
  const sent = parcel.sections.applicationProperties;
  const amended = Object.entries(amendment);
  if (amended.length === 0) return sent ?? Buffer.alloc(0);
  const properties = new Map(sent ? pairsOf(sent) : []);
  for (const [name, value] of amended) properties.set(name, types.wrap(value));
  const items = [...properties].flatMap(([name, value]) => [types.wrap_string(name), value]);
  return write(APPLICATION_PROPERTIES, types.Map32(items));
}

/** Clients settle and renew by message id in places, so a message without one gets one. */
function identify(properties: Buffer | undefined): { messageId: string; properties: Buffer } {
  const fields = properties ? itemsOf(properties) : [];
  const sent = fields[0]?.value;
  if (properties && sent !== undefined && sent !== null) {
    return { messageId: Buffer.isBuffer(sent) ? sent.toString('hex') : String(sent), properties };
  }
  const messageId = randomUUID();
  const named = [types.wrap_string(messageId), ...fields.slice(1)];
  return { messageId, properties: write(PROPERTIES, types.List32(named)) };
}

function timeToLiveMs(header: Buffer | undefined): number {
  const ttl = header && itemsOf(header)[2]?.value;
  return typeof ttl === 'number' ? ttl : Infinity;
}

function scheduledForMs(annotations: Buffer | undefined): number | undefined {
  const at = annotations && new Map(pairsOf(annotations)).get('x-opt-scheduled-enqueue-time')?.value;
  if (at instanceof Date) return at.getTime();
  return typeof at === 'number' ? at : undefined;
}

function find(sections: readonly Section[], code: number): Buffer | undefined {
  return sections.find((section) => section.code === code)?.bytes;
}

function isBody({ code }: Section): boolean {
  return code >= DATA && code <= FOOTER;
}

function itemsOf(section: Buffer): Typed[] {
  const { value } = read(section);
  if (!Array.isArray(value)) throw new RangeError('An AMQP section is a list or a map');
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
