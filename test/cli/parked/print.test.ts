/** The text of parked messages on a terminal, and their JSON. */
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { parkedMessage } from '../../../cli/parked/message.ts';
import { ageText, detailsOf, jsonOf, tableOf } from '../../../cli/parked/print.ts';
import { CART, NOW, PARKED, received } from './messages.ts';

/** The expiry time of a message with the longest time to live of Service Bus. */
const NEVER = new Date(NOW + 10_675_199 * 86_400_000);
const message = (more: Partial<ServiceBusReceivedMessage> = {}, body?: unknown) =>
  parkedMessage(received(more, body), PARKED);

describe('A list of parked messages', () => {
  it('A list of parked messages has a heading and one line per message', () => {
    const [heading, line] = tableOf([message()], NOW).split('\n');

    expect(heading?.split(/ {2,}/)).toEqual(['ID', 'SOURCE', 'REASON', 'AGE', 'CART', 'IN']);
    expect(line?.split(/ {2,}/)).toEqual([
      'c.exhausted',
      'checkout',
      'AttemptsExhausted',
      '1 min',
      CART,
      'parked',
    ]);
  });

  it('A list of parked messages has no age for a message without an enqueued time', () => {
    const { enqueuedTimeUtc: _, ...without } = received();
    const [, line] = tableOf([parkedMessage(without as ServiceBusReceivedMessage, PARKED)], NOW).split('\n');

    expect(line?.split(/ {2,}/)[3]).toBe('-');
  });

  it('A list of parked messages has no control characters of the terminal', () => {
    expect(tableOf([message({ messageId: 'a\u001b[2Jb\u0007' })], NOW)).toContain('ab\\u0007');
  });
});

describe('A shown message', () => {
  it('A shown message has its properties and its formatted body', () => {
    const text = detailsOf(message({ subject: 'checkout' }));

    expect(text).toContain('subject: checkout\n');
    expect(text).toContain('property description: Closed.\n');
    expect(text).toContain(`"cartId": "${CART}"`);
    expect(detailsOf(message({}, 'no JSON'))).toContain('body:\nno JSON');
  });

  it('A shown message has its expiry time, or "never" for the longest time to live', () => {
    const expiry = (expiresAtUtc?: Date) =>
      /^expires: (.*)$/m.exec(detailsOf(message({ ...(expiresAtUtc && { expiresAtUtc }) })))?.[1];

    expect(expiry(new Date(NOW))).toBe('2026-03-15T17:15:00.000Z');
    expect(expiry(NEVER)).toBe('never');
    expect(expiry(new Date(Number.NaN))).toBe('never');
    expect(expiry()).toBeUndefined();
  });

  it('A shown message has dates in ISO 8601, and tolerates invalid dates', () => {
    const applicationProperties = { at: new Date(NOW), bad: new Date(Number.NaN) };

    const text = detailsOf(message({ applicationProperties }));

    expect(text).toContain('property at: 2026-03-15T17:15:00.000Z\n');
    expect(text).not.toContain('Invalid');
  });
});

it('A message in JSON has its queue, its times and its body, and no expiry if it never expires', () => {
  expect(JSON.parse(JSON.stringify(jsonOf(message({ expiresAtUtc: NEVER }))))).toMatchObject({
    id: 'c.exhausted',
    in: 'parked',
    source: 'checkout',
    reason: 'AttemptsExhausted',
    cart: CART,
    enqueuedTimestamp: '2026-03-15T17:13:30.000Z',
    properties: { source: 'checkout' },
    body: expect.stringContaining(CART),
  });
  expect(jsonOf(message({ expiresAtUtc: NEVER }))).toMatchObject({ expiresTimestamp: undefined });
});

it.each([
  [-5, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [7_199_999, '1 h'],
  [172_800_000, '2 d'],
])('A message of %d ms ago is shown as %s old', (ms, text) => {
  expect(ageText(ms)).toBe(text);
});
