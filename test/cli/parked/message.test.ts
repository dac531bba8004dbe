/** A message as an operator sees it, which ones a filter means, and what goes back. */
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { isMeant } from '../../../cli/parked/filter.ts';
import { parkedMessage, replayOf } from '../../../cli/parked/message.ts';
import type { Place } from '../../../cli/parked/place.ts';
import { ageText, detailsOf, tableOf } from '../../../cli/parked/print.ts';

const NOW = Date.UTC(2026, 2, 15, 17, 15);
const CART = 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605';
const TENANT = '5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11';
const PARKED: Place = { queue: 'parked', isDeadLetter: false };
const DEAD: Place = { queue: 'checkout', isDeadLetter: true };

const received = (more: object = {}, body: unknown = { data: { cartId: CART, tenant: TENANT } }) =>
  ({
    messageId: 'c.exhausted',
    sequenceNumber: 7,
    enqueuedTimeUtc: new Date(NOW - 90_000),
    body: typeof body === 'string' ? Buffer.from(body) : Buffer.from(JSON.stringify(body)),
    applicationProperties: { source: 'checkout', reason: 'AttemptsExhausted', description: 'Closed.' },
    _rawAmqpMessage: {
      bodyType: 'data',
      properties: { messageId: 'c.exhausted', correlationId: 'c' },
      applicationProperties: { source: 'checkout', reason: 'x', description: 'y', traceparent: '00-a-b-01' },
    },
    ...more,
  }) as unknown as ServiceBusReceivedMessage;

describe('a message', () => {
  it('says where it came from, why, when, and which cart it is about', () => {
    expect(parkedMessage(received(), PARKED)).toMatchObject({
      id: 'c.exhausted',
      source: 'checkout',
      reason: 'AttemptsExhausted',
      description: 'Closed.',
      enqueuedMs: NOW - 90_000,
      cart: CART,
      tenant: TENANT,
    });
  });

  it('that is dead came from its queue, for the broker’s reason, whatever its properties say', () => {
    const dead = { deadLetterReason: 'MaxDeliveryCountExceeded', deadLetterErrorDescription: 'Ten times.' };

    expect(parkedMessage(received(dead), DEAD)).toMatchObject({
      source: 'checkout',
      reason: 'MaxDeliveryCountExceeded',
      description: 'Ten times.',
    });
  });

  it.each(['', 'no JSON', '[]', 'null', '{"data":5}'])('may have any body: %j', (body) => {
    expect(parkedMessage(received({}, body), PARKED)).toMatchObject({ cart: undefined, tenant: undefined });
  });
});

describe('what goes back', () => {
  it('is the message without what parking added, under an id of its own', () => {
    const back = replayOf(parkedMessage(received(), PARKED));

    expect(back).toMatchObject({
      body: received().body,
      bodyType: 'data',
      properties: {
        messageId: expect.stringMatching(/^c\.exhausted\.replay\.[0-9a-f]{8}$/),
        correlationId: 'c',
      },
    });
    expect(back.applicationProperties).toEqual({ traceparent: '00-a-b-01' });
  });

  it('has the same id whenever it is sent, and another once it was parked again', () => {
    const idOf = (more: object, place = PARKED) =>
      String(replayOf(parkedMessage(received(more), place)).properties?.messageId);
    const first = idOf({});

    expect(idOf({})).toBe(first);
    expect(idOf({ messageId: first, sequenceNumber: 8 })).toMatch(/^c\.exhausted\.replay\.[0-9a-f]{8}$/);
    expect(new Set([first, idOf({ sequenceNumber: 8 }), idOf({}, DEAD)]).size).toBe(3);
  });

  it('has an id that Service Bus takes, however long the first was', () => {
    const { properties } = replayOf(parkedMessage(received({ messageId: 'x'.repeat(128) }), PARKED));

    expect(String(properties?.messageId)).toHaveLength(128);
  });
});

describe('a filter', () => {
  it.each([
    [{}, true],
    [{ ids: ['c.exhausted', 'd'] }, true],
    [{ ids: ['d'] }, false],
    [{ source: 'checkout' }, true],
    [{ source: 'bulk' }, false],
    [{ reason: 'attemptsexhausted' }, true],
    [{ reason: 'Unreadable' }, false],
    [{ olderThanMs: 89_999 }, true],
    [{ olderThanMs: 90_000 }, false],
    [{ cart: CART, tenant: TENANT }, true],
    [{ cart: TENANT }, false],
    [{ cart: CART, tenant: CART }, false],
  ])('%j means the sample: %s', (filter, expected) => {
    expect(isMeant(parkedMessage(received(), PARKED), { ids: [], ...filter }, NOW)).toBe(expected);
  });
});

describe('on a terminal', () => {
  it('is a line under its heading', () => {
    const [heading, line] = tableOf([parkedMessage(received(), PARKED)], NOW).split('\n');

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

  it('is shown whole: properties, and the body in lines', () => {
    const text = detailsOf(parkedMessage(received({ subject: 'checkout' }), PARKED));

    expect(text).toContain('subject: checkout\n');
    expect(text).toContain('property description: Closed.\n');
    expect(text).toContain(`"cartId": "${CART}"`);
    expect(detailsOf(parkedMessage(received({}, 'no JSON'), PARKED))).toContain('body:\nno JSON');
  });

  it.each([
    [-5, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [7_199_999, '1 h'],
    [172_800_000, '2 d'],
  ])('%d ms are %s', (ms, text) => {
    expect(ageText(ms)).toBe(text);
  });
});
