/** The check of the intervals between attempts accepts the backoff, and reports attempts without it. */
import { expect, it } from 'vitest';
import { hurried } from './pace.ts';
import { inCheckout, NOW, RETRY, SECOND } from './samples.ts';

/** Versions of a cart whose attempts are due this many milliseconds after its checkout started. */
const attempts = (...afterMs: number[]) =>
  afterMs.map((ms, n) => inCheckout({ attempt: n + 1, dueMs: NOW + ms }));

it('Attempts with the shortest backoff are accepted, even if they start slightly early', () => {
  expect(hurried(attempts(0, SECOND, 3 * SECOND, 7 * SECOND, 13 * SECOND), RETRY)).toEqual([]);
});

it('An attempt that starts too soon is reported', () => {
  expect(hurried(attempts(0, SECOND, 3 * SECOND, 5 * SECOND - 1), RETRY)).toEqual([
    expect.stringContaining('attempt 4'),
  ]);
});
