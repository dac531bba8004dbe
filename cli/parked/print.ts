/** How parked messages appear on a terminal: a table, or everything that is known of one; and as JSON for scripts. Pure. */
import { tableText } from '../table.ts';
import { printable } from '../terminal.ts';
import { bodyText, type ParkedMessage } from './message.ts';
import { pathOf } from './place.ts';

/** A table: a line for each message, below the names of the columns. */
export function tableOf(messages: readonly ParkedMessage[], nowMs: number): string {
  const rows = messages.map(({ id, source = '?', reason, enqueuedMs, cart = '-', place }) => {
    const age = enqueuedMs === undefined ? '-' : ageText(nowMs - enqueuedMs);
    return [id, source, reason || '-', age, cart, pathOf(place)].map(printable);
  });
  return tableText([['ID', 'SOURCE', 'REASON', 'AGE', 'CART', 'IN'], ...rows]);
}

/** Everything that is known of a message, its body last. */
export function detailsOf(message: ParkedMessage): string {
  const { received } = message;
  const facts: [string, unknown][] = [
    ['id', message.id],
    ['in', pathOf(message.place)],
    ['sequence number', message.sequenceNumber],
    ['source', message.source],
    ['reason', message.reason],
    ['description', message.description],
    ['enqueued', dateText(received.enqueuedTimeUtc)],
    ['expires', received.expiresAtUtc && (dateText(received.expiresAtUtc) ?? 'never')],
    ['deliveries', received.deliveryCount],
    ['subject', received.subject],
    ['correlation id', received.correlationId],
    ['content type', received.contentType],
    ...Object.entries(received.applicationProperties ?? {}).map(([name, value]): [string, unknown] => [
      `property ${name}`,
      value instanceof Date ? (dateText(value) ?? '') : value,
    ]),
  ];
  const lines = facts
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}: ${value}`);
  return printable([...lines, 'body:', indented(bodyText(received))].join('\n'));
}

/** A message for scripts. What never happens has no date. */
export function jsonOf({ received, place, ...message }: ParkedMessage): object {
  const { enqueuedMs: _, ...names } = message;
  return {
    ...names,
    in: pathOf(place),
    enqueuedTimestamp: dateText(received.enqueuedTimeUtc),
    expiresTimestamp: dateText(received.expiresAtUtc),
    deliveries: received.deliveryCount,
    subject: received.subject,
    correlationId: received.correlationId,
    contentType: received.contentType,
    properties: received.applicationProperties ?? {},
    body: bodyText(received),
  };
}

const MAX_YEAR = 9_999;

/** A time in ISO 8601; undefined for what is no date. A message that never expires has one some 29,000 years ahead. */
function dateText(date: Date | undefined): string | undefined {
  const year = date?.getUTCFullYear() ?? Number.NaN;
  return year > 0 && year <= MAX_YEAR ? date?.toISOString() : undefined;
}

/** How long ago, in the largest unit that fits, rounded down. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
