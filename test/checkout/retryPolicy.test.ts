/** The retry policy: when the next attempt is due, and whether there is one. */
import { describe, expect, it } from 'vitest';
import { mayRetry, retryDelayMs, retryPolicy, retryPolicyErrors } from '../../shared/checkout/retryPolicy.ts';
import { DAY, NOW, RETRY } from '../support/samples.ts';

describe('the delay before the next attempt', () => {
  it.each([
    [1, 2_000],
    [2, 4_000],
    [3, 8_000],
    [9, 512_000],
    [10, 900_000],
    [11, 900_000],
    [1_000, 900_000],
  ])('The delay after attempt %i is at most %i ms and at least half of that', (attempt, longestMs) => {
    expect(retryDelayMs(RETRY, { attempt, random: 0 })).toBe(longestMs / 2);
    expect(retryDelayMs(RETRY, { attempt, random: 0.5 })).toBe(longestMs * 0.75);
    expect(retryDelayMs(RETRY, { attempt, random: 1 - 2 ** -53 })).toBe(longestMs);
  });

  it('The delay is at least what the gateway requests, also beyond the maximum interval', () => {
    expect(retryDelayMs(RETRY, { attempt: 1, random: 0, floorMs: 57_000 })).toBe(57_000);
    expect(retryDelayMs(RETRY, { attempt: 1, random: 0, floorMs: 3_600_000 })).toBe(3_600_000);
    expect(retryDelayMs(RETRY, { attempt: 9, random: 0, floorMs: 1_000 })).toBe(256_000);
  });
});

describe('the limits of retries', () => {
  const isAllowed = (attempt: number, afterMs: number) =>
    mayRetry(RETRY, { attempt, startedMs: NOW, dueMs: NOW + afterMs });

  it('A retry is allowed up to the maximum number of attempts', () => {
    expect(isAllowed(11, 0)).toBe(true);
    expect(isAllowed(12, 0)).toBe(false);
  });

  it('A retry is allowed up to the maximum age, from the first attempt to the start of the next', () => {
    expect(isAllowed(1, DAY)).toBe(true);
    expect(isAllowed(1, DAY + 1)).toBe(false);
  });
});

it.each([
  [{}, []],
  [{ initialIntervalMs: 0 }, ['initialInterval must be greater than 0']],
  [{ backoffCoefficient: 0.5 }, ['backoffCoefficient must be at least 1']],
  [{ initialIntervalMs: 1_000_000 }, ['maximumInterval must not be less than initialInterval']],
  [{ maximumAttempts: 0 }, ['maximumAttempts must be at least 1']],
  [{ maximumAttempts: 1.5 }, ['maximumAttempts must be at least 1']],
  [{ scheduleToCloseMs: 1_000 }, ['scheduleToClose must not be less than maximumInterval']],
])('A retry policy with %j has the errors %j and is rejected if there are any', (change, errors) => {
  const policy = { ...RETRY, ...change };

  expect(retryPolicyErrors(policy)).toEqual(errors);
  if (errors.length > 0) expect(() => retryPolicy(policy)).toThrow(errors[0]);
  else expect(retryPolicy(policy)).toEqual(policy);
});

it('A backoff coefficient other than 2 is applied to the interval', () => {
  expect(retryDelayMs({ ...RETRY, backoffCoefficient: 3 }, { attempt: 3, random: 1 - 2 ** -53 })).toBe(
    18_000,
  );
});
