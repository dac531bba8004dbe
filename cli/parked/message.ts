/**
 * A parked or dead-lettered message as an operator sees it: where it is, where it came from, why, and which cart it is
 * about; and the message that a replay sends. Pure.
 */
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { digestHex } from '../../shared/ids.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { type Place, pathOf } from './place.ts';

export interface ParkedMessage {
  id: string;
  place: Place;
  /** Unique in its place. */
  sequenceNumber: string;
  /** The queue it came from; absent when the message does not name one. */
  source?: string | undefined;
  reason: string;
  description: string;
  /** When it was enqueued, in epoch milliseconds; absent when the broker does not say. */
  enqueuedMs?: number | undefined;
  cart?: string | undefined;
  tenant?: string | undefined;
  received: ServiceBusReceivedMessage;
}

/** A received or peeked message under these names. */
export function parkedMessage(received: ServiceBusReceivedMessage, place: Place): ParkedMessage {
  const said = received.applicationProperties ?? {};
  const isParked = place.queue === QUEUES.parked;
  const about = aboutOf(received.body);
  return {
    id: textOf(received.messageId) ?? '',
    place,
    sequenceNumber: String(received.sequenceNumber),
    source: isParked ? textOf(said.source) : place.queue,
    reason: (isParked ? textOf(said.reason) : undefined) ?? received.deadLetterReason ?? '',
    description:
      (isParked ? textOf(said.description) : undefined) ?? received.deadLetterErrorDescription ?? '',
    enqueuedMs: received.enqueuedTimeUtc?.getTime(),
    cart: textOf(about.cartId),
    tenant: textOf(about.tenant),
    received,
  };
}

/** A message by its AMQP sections. */
export type RawMessage = ServiceBusReceivedMessage['_rawAmqpMessage'];

/** What dead-lettering and parking add, and a replay removes. */
const ADDED_TO_DEAD = ['DeadLetterReason', 'DeadLetterErrorDescription'];
const ADDED_TO_PARKED = ['source', 'reason', 'description', ...ADDED_TO_DEAD];

/**
 * The message that goes back to the source: the same, except for what parking added and its id. The id is derived from
 * the place and the sequence number: a replay that is repeated after a crash sends the same id, which the broker drops as a
 * duplicate, and a message that was parked again has another.
 */
export function replayOf({ id, place, sequenceNumber, received }: ParkedMessage): RawMessage {
  const { bodyType, properties, applicationProperties = {} } = received._rawAmqpMessage;
  const added = place.queue === QUEUES.parked ? ADDED_TO_PARKED : ADDED_TO_DEAD;
  const original = id.replace(/\.replay\.[0-9a-f]{8}$/, '').slice(0, LONGEST_ORIGINAL);
  const messageId = `${original}.replay.${digestHex(8, pathOf(place), sequenceNumber)}`;
  return {
    body: received.body, // the raw one is not decoded
    ...(bodyType ? { bodyType } : {}),
    properties: { ...properties, messageId },
    applicationProperties: Object.fromEntries(
      Object.entries(applicationProperties).filter(([name]) => !added.includes(name)),
    ),
  };
}

/** Service Bus accepts ids of 128 characters. */
const LONGEST_ORIGINAL = 128 - '.replay.'.length - 8;

/** The body as text. */
export const bodyText = ({ body }: ServiceBusReceivedMessage): string =>
  body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : JSON.stringify(body, undefined, 2);

/** What the body says about its cart, with or without an envelope; nothing when it is not JSON. */
function aboutOf(body: unknown): Record<string, unknown> {
  if (!(body instanceof Uint8Array)) return {};
  try {
    const json: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return { ...objectOf(json), ...objectOf(objectOf(json).data) };
  } catch {
    return {};
  }
}

const objectOf = (value: unknown) =>
  (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
const textOf = (value: unknown) => (value === undefined || value === null ? undefined : String(value));
