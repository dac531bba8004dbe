/** The distance of attempts is measured as it should be: with the backoff nothing is wrong, and without it is seen. */
import { expect, it } from 'vitest';
import { hurried } from './pace.ts';
import { inCheckout, NOW, RETRY, SECOND } from './samples.ts';

/** Versions of a cart whose attempts are due so many milliseconds after its checkout began. */
const attempts = (...afterMs: number[]) =>
  afterMs.map((ms, n) => inCheckout({ attempt: n + 1, dueMs: NOW + ms }));

it('finds attempts that keep the shortest backoff in time, also when they begin early', () => {
  expect(hurried(attempts(0, SECOND, 3 * SECOND, 7 * SECOND, 13 * SECOND), RETRY)).toEqual([]);
});

it('finds one that comes too soon', () => {
  expect(hurried(attempts(0, SECOND, 3 * SECOND, 5 * SECOND - 1), RETRY)).toEqual([
    expect.stringContaining('attempt 4'),
  ]);
});
