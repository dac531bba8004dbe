/** The times of the watchdog checks of a running checkout. */
import { expect, it } from 'vitest';
import { firstWatchdogAtMs, isWatchdogTime, nextWatchdogAtMs } from '../../shared/checkout/watchdog.ts';
import { MINUTE, NOW } from '../support/samples.ts';

const next = (nowMs: number) => nextWatchdogAtMs({ watchdogAtMs: NOW }, nowMs, 2 * MINUTE);

it.each([
  ['long before the first check', -9 * MINUTE, 0],
  ['just before the first check', -1, 0],
  ['at the first check', 0, 2 * MINUTE],
  ['just before the second check', 2 * MINUTE - 1, 2 * MINUTE],
  ['at the second check', 2 * MINUTE, 4 * MINUTE],
  ['at a late check', 7 * MINUTE, 8 * MINUTE],
])('The next watchdog time %s is the next multiple of the interval', (_, afterMs, nextMs) => {
  expect(next(NOW + afterMs)).toBe(NOW + nextMs);
});

it('A new checkout has none of the watchdog times of the one before', () => {
  const before = { watchdogAtMs: NOW };
  const watchdogAtMs = firstWatchdogAtMs(before, NOW + 6 * MINUTE, 2 * MINUTE);

  expect(watchdogAtMs).toBe(NOW + 8 * MINUTE + 1);
  expect(isWatchdogTime(before, watchdogAtMs, 2 * MINUTE)).toBe(false);
  expect(firstWatchdogAtMs(before, NOW + 5 * MINUTE, 2 * MINUTE)).toBe(NOW + 7 * MINUTE);
  expect(firstWatchdogAtMs(undefined, NOW, 2 * MINUTE)).toBe(NOW + 2 * MINUTE);
});
