/** A message as an operator sees it, which ones a filter matches, and what a replay sends. */
import { describe, expect, it } from 'vitest';
import { isMeant } from '../../../cli/parked/filter.ts';
import { parkedMessage, replayOf } from '../../../cli/parked/message.ts';
import { CART, DEAD, NOW, PARKED, received, TENANT } from './messages.ts';

describe('A message', () => {
  it('has its source, its reason, its time and the cart that it is about.', () => {
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

  it('that is dead-lettered came from its queue, for the broker’s reason, whatever its properties say.', () => {
    const dead = { deadLetterReason: 'MaxDeliveryCountExceeded', deadLetterErrorDescription: 'Ten times.' };

    expect(parkedMessage(received(dead), DEAD)).toMatchObject({
      source: 'checkout',
      reason: 'MaxDeliveryCountExceeded',
      description: 'Ten times.',
    });
  });

  it.each(['', 'no JSON', '[]', 'null', '{"data":5}'])('may have any body: %j.', (body) => {
    expect(parkedMessage(received({}, body), PARKED)).toMatchObject({ cart: undefined, tenant: undefined });
  });
});

describe('A replayed message', () => {
  it('is the message without what parking added, under another id.', () => {
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

  it('has the same id whenever it is sent, and another after it was parked again.', () => {
    const idOf = (more: object, place = PARKED) =>
      String(replayOf(parkedMessage(received(more), place)).properties?.messageId);
    const first = idOf({});

    expect(idOf({})).toBe(first);
    expect(idOf({ messageId: first, sequenceNumber: 8 })).toMatch(/^c\.exhausted\.replay\.[0-9a-f]{8}$/);
    expect(new Set([first, idOf({ sequenceNumber: 8 }), idOf({}, DEAD)]).size).toBe(3);
  });

  it('has an id that Service Bus accepts, however long the first was.', () => {
    const { properties } = replayOf(parkedMessage(received({ messageId: 'x'.repeat(128) }), PARKED));

    expect(String(properties?.messageId)).toHaveLength(128);
  });
});

describe('A filter', () => {
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
  ])('of %j matches the sample: %s.', (filter, expected) => {
    expect(isMeant(parkedMessage(received(), PARKED), { ids: [], ...filter }, NOW)).toBe(expected);
  });
});
