/** Parked messages: their description, the filter, and the message that a replay sends. */
import { describe, expect, it } from 'vitest';
import { isMeant } from '../../../cli/parked/filter.ts';
import { parkedMessage, replayOf } from '../../../cli/parked/message.ts';
import { CART, DEAD, NOW, PARKED, received, TENANT } from './messages.ts';

describe('Parked messages', () => {
  it('A parked message has its source, its reason, its time and its cart', () => {
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

  it('A dead-lettered message has its queue as source and the reason of the broker, whatever its properties are', () => {
    const dead = { deadLetterReason: 'MaxDeliveryCountExceeded', deadLetterErrorDescription: 'Ten times.' };

    expect(parkedMessage(received(dead), DEAD)).toMatchObject({
      source: 'checkout',
      reason: 'MaxDeliveryCountExceeded',
      description: 'Ten times.',
    });
  });

  it.each(['', 'no JSON', '[]', 'null', '{"data":5}'])('A parked message may have any body: %j', (body) => {
    expect(parkedMessage(received({}, body), PARKED)).toMatchObject({ cart: undefined, tenant: undefined });
  });
});

describe('Replayed messages', () => {
  it('A replayed message is the original message without the properties of parking, under another id', () => {
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

  it('A replayed message has the same id each time it is sent, and another one after it was parked again', () => {
    const idOf = (more: object, place = PARKED) =>
      String(replayOf(parkedMessage(received(more), place)).properties?.messageId);
    const first = idOf({});

    expect(idOf({})).toBe(first);
    expect(idOf({ messageId: first, sequenceNumber: 8 })).toMatch(/^c\.exhausted\.replay\.[0-9a-f]{8}$/);
    expect(new Set([first, idOf({ sequenceNumber: 8 }), idOf({}, DEAD)]).size).toBe(3);
  });

  it('A replayed message has an id that Service Bus accepts, however long the original id was', () => {
    const { properties } = replayOf(parkedMessage(received({ messageId: 'x'.repeat(128) }), PARKED));

    expect(String(properties?.messageId)).toHaveLength(128);
  });
});

describe('Filters', () => {
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
  ])('The filter %j matches the sample: %s', (filter, expected) => {
    expect(isMeant(parkedMessage(received(), PARKED), { ids: [], ...filter }, NOW)).toBe(expected);
  });
});
