/** What follows from the response of a receiver: hostile values of `Retry-After`, and texts that are kept. */
import { expect, it } from 'vitest';
import { decideDelivery, newDelivery } from '../../shared/webhooks/delivery.ts';
import { DAY, HOUR, NOW, SECOND } from '../support/samples.ts';
import { EVENT, POLICY, tenant } from './samples.ts';

/** The decision about the first attempt. */
const decide = (status: number, { retryAfter = '', text = '', policy = POLICY } = {}) =>
  decideDelivery(
    newDelivery(tenant, EVENT, NOW, POLICY),
    { status, headers: retryAfter === '' ? {} : { 'retry-after': retryAfter }, text, durationMs: 40 },
    { nowMs: NOW, random: 0.5, policy },
  );
const waitedMs = (retryAfter: string) => decide(429, { retryAfter }).delivery.dueMs - NOW;

it.each([
  ['120', 120 * SECOND],
  [new Date(NOW + 300 * SECOND).toUTCString(), 299 * SECOND],
  ['3600', HOUR],
])('The next attempt waits at least for Retry-After: %s', (retryAfter, atLeastMs) => {
  expect(waitedMs(retryAfter)).toBeGreaterThanOrEqual(atLeastMs);
});

it.each(['99999999999999999999', new Date(NOW + 400 * DAY).toUTCString()])(
  'The next attempt waits for a day after Retry-After: %s',
  (retryAfter) => {
    expect(waitedMs(retryAfter)).toBe(DAY);
  },
);

it.each(['-60', '0', 'soon', '1.5', 'NaN', 'Infinity', new Date(NOW - DAY).toUTCString()])(
  'The next attempt has the delay of the policy after Retry-After: %s',
  (retryAfter) => {
    expect(waitedMs(retryAfter)).toBe(waitedMs(''));
  },
);

it('Ten attempts are made although a receiver requests the longest pause each time', () => {
  let { delivery } = decide(503, { retryAfter: '86400' });
  for (let n = 2; delivery.state === 'pending'; n++) {
    expect(n).toBeLessThanOrEqual(10);
    const response = { status: 503, headers: { 'retry-after': '86400' }, text: '', durationMs: 1 };
    ({ delivery } = decideDelivery(delivery, response, {
      nowMs: delivery.dueMs,
      random: 0.5,
      policy: POLICY,
    }));
  }

  expect(delivery.attempts).toHaveLength(10);
});

it('The last answer of a receiver is kept without control characters, which a terminal would execute', () => {
  const policy = { ...POLICY, retry: { ...POLICY.retry, maximumAttempts: 1 } };
  const text = '\u001b]0;owned\u0007\u001b[2J \u009b31m\u0000broken\r\n';

  expect(decide(500, { text, policy }).exhausted).toBe('The receiver returned 500: ]0;owned [2J 31m broken');
});
