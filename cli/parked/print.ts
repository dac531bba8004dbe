/** How parked messages look on a terminal: a line each, or one with everything that is known of it. */
import { tableText } from '../table.ts';
import { bodyText, type ParkedMessage } from './message.ts';
import { pathOf } from './place.ts';

/** A table: a line a message, under the names of the columns. */
export function tableOf(messages: readonly ParkedMessage[], nowMs: number): string {
  const rows = messages.map(({ id, source = '?', reason, enqueuedMs, cart = '-', place }) => {
    return [id, source, reason || '-', ageText(nowMs - enqueuedMs), cart, pathOf(place)];
  });
  return tableText([['ID', 'SOURCE', 'REASON', 'AGE', 'CART', 'IN'], ...rows]);
}

/** Everything that is known of a message, its body last. */
export function detailsOf({ received, ...message }: ParkedMessage): string {
  const facts: [string, unknown][] = [
    ['id', message.id],
    ['in', pathOf(message.place)],
    ['sequence number', message.sequenceNumber],
    ['source', message.source],
    ['reason', message.reason],
    ['description', message.description],
    ['enqueued', received.enqueuedTimeUtc?.toISOString()],
    ['expires', received.expiresAtUtc?.toISOString()],
    ['deliveries', received.deliveryCount],
    ['subject', received.subject],
    ['correlation id', received.correlationId],
    ['content type', received.contentType],
    ...Object.entries(received.applicationProperties ?? {}).map(([name, value]): [string, unknown] => [
      `property ${name}`,
      value,
    ]),
  ];
  const lines = facts
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}: ${value}`);
  return [...lines, 'body:', readable(bodyText(received))].join('\n');
}

/** How long ago, in the largest unit that fits, rounded down. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
