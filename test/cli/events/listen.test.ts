/** What `cartwright events listen` prints: the filters, and an event as a line. */
import { describe, expect, it } from 'vitest';
import { lineOf, matches } from '../../../cli/events/listen.ts';
import { cartExpiring } from '../../../shared/cart/events.ts';
import { cartOf, HOUR, KEY } from '../../support/samples.ts';

const EVENT = cartExpiring(cartOf(), { thresholdMs: HOUR, remainingMs: HOUR });
const ALL = { types: [], tenant: undefined, customer: undefined, cart: undefined };
const OTHER = '11111111-1111-4111-8111-111111111111';

describe('the filters', () => {
  it.each([
    ['no filter', ALL],
    ['its type', { ...ALL, types: ['cart.expiring.v1'] }],
    ['its type without the version', { ...ALL, types: ['bulkorder.completed', 'cart.expiring'] }],
    ['its resource', { ...ALL, types: ['cart'] }],
    ['its ids', { ...ALL, tenant: KEY.tenant, customer: KEY.customer, cart: KEY.cartId }],
  ])('An event passes with %s', (_, filter) => {
    expect(matches(EVENT, filter)).toBe(true);
  });

  it.each([
    ['another type', { ...ALL, types: ['cart.expired'] }],
    ['the beginning of a word', { ...ALL, types: ['cart.exp'] }],
    ['another tenant', { ...ALL, tenant: OTHER }],
    ['another customer', { ...ALL, customer: OTHER }],
    ['another cart', { ...ALL, cart: OTHER }],
  ])('An event does not pass with %s', (_, filter) => {
    expect(matches(EVENT, filter)).toBe(false);
  });
});

it('An event is one line with its time, type, subject and the rest of its data', () => {
  expect(lineOf(EVENT)).toBe(
    `${EVENT.time}  cart.expiring.v1  ${EVENT.subject}  threshold=PT1H  remaining=PT1H  expirationTimestamp=2026-03-22T17:15:02.3840000Z`,
  );
});
