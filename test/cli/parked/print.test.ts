/** How parked messages appear on a terminal, and in JSON. */
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { parkedMessage } from '../../../cli/parked/message.ts';
import { ageText, detailsOf, jsonOf, tableOf } from '../../../cli/parked/print.ts';
import { CART, NOW, PARKED, received } from './messages.ts';

/** When a message expires whose time to live is the longest of Service Bus. */
const NEVER = new Date(NOW + 10_675_199 * 86_400_000);
const message = (more: Partial<ServiceBusReceivedMessage> = {}, body?: unknown) =>
  parkedMessage(received(more, body), PARKED);

describe('A list of parked messages', () => {
  it('has a line for each message below the names of the columns.', () => {
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

  it('has no age of a message without an enqueued time.', () => {
    const { enqueuedTimeUtc: _, ...without } = received();
    const [, line] = tableOf([parkedMessage(without as ServiceBusReceivedMessage, PARKED)], NOW).split('\n');

    expect(line?.split(/ {2,}/)[3]).toBe('-');
  });

  it('has no control characters of the terminal.', () => {
    expect(tableOf([message({ messageId: 'a\u001b[2Jb\u0007' })], NOW)).toContain('ab\\u0007');
  });
});

describe('A shown message', () => {
  it('has its properties, and its body in lines.', () => {
    const text = detailsOf(message({ subject: 'checkout' }));

    expect(text).toContain('subject: checkout\n');
    expect(text).toContain('property description: Closed.\n');
    expect(text).toContain(`"cartId": "${CART}"`);
    expect(detailsOf(message({}, 'no JSON'))).toContain('body:\nno JSON');
  });

  it('expires at its time, or never, but not in the year 31197.', () => {
    const expiry = (expiresAtUtc?: Date) =>
      /^expires: (.*)$/m.exec(detailsOf(message({ ...(expiresAtUtc && { expiresAtUtc }) })))?.[1];

    expect(expiry(new Date(NOW))).toBe('2026-03-15T17:15:00.000Z');
    expect([NEVER, new Date(Number.NaN)].map(expiry)).toEqual(['never', 'never']);
    expect(expiry()).toBeUndefined();
  });

  it('has dates of its properties in ISO 8601, whatever they are.', () => {
    const applicationProperties = { at: new Date(NOW), bad: new Date(Number.NaN) };

    const text = detailsOf(message({ applicationProperties }));

    expect(text).toContain('property at: 2026-03-15T17:15:00.000Z\n');
    expect(text).not.toContain('Invalid');
  });
});

it('A message in JSON has its names, its place, its times and its body, and no expiry when it never expires.', () => {
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
])('%d ms ago is %s ago.', (ms, text) => {
  expect(ageText(ms)).toBe(text);
});
