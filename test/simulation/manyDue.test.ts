/** A million carts that fall due within an hour: how late they are processed, and what is dispatched for it. */
import { describe, expect, it } from 'vitest';
import { seed } from '../support/depth.ts';
import { MINUTE } from '../support/samples.ts';
import { type Load, type Outcome, simulateMany } from './manyDue.ts';

const HOUR_OF_CARTS: Omit<Load, 'workers' | 'entriesPerSecond'> = {
  entries: 1_000_000,
  withinMs: 60 * MINUTE,
  lost: { pages: 0.01, completions: 0.01 },
  seed,
};
const WORKERS = [1, 2, 4, 8];

const lineOf = ({ lateness: { half, most99, max }, drainedAfter, pages }: Outcome) =>
  `half ${half} s, 99 % ${most99} s, all ${max} s late; drained after ${drainedAfter} s; ${pages.sent} pages, ${pages.queued} at a time, ${pages.ofAnEntry} of an entry`;

/** What holds whatever the rate: everything is processed, and neither the queue nor the timer holds more than their limits. */
function expectBounded({ drainedAfter, pages, held }: Outcome): void {
  expect(drainedAfter).toBeDefined();
  expect(pages.queued).toBeLessThanOrEqual(120);
  expect(held).toBeLessThanOrEqual(2_000 + 500 + 120);
  expect(pages.ofAnEntry).toBeLessThanOrEqual(4);
}

describe('a million carts that fall due within an hour', () => {
  it.each(WORKERS)(
    'With 10 ms for each effect, every cart is processed within minutes of its time; worker processes: %d',
    (workers) => {
      const outcome = simulateMany({ ...HOUR_OF_CARTS, workers, entriesPerSecond: 480 });

      console.log(`480 entries a second, ${workers} workers: ${lineOf(outcome)}`);
      expectBounded(outcome);
      expect(outcome.lateness.most99).toBeLessThanOrEqual(180);
    },
  );

  it('With 40 ms for each effect, the lateness falls with the number of workers, and nothing is dispatched without end', () => {
    const outcomes = WORKERS.map((workers) =>
      simulateMany({ ...HOUR_OF_CARTS, workers, entriesPerSecond: 120 }),
    );

    for (const [n, outcome] of outcomes.entries()) {
      console.log(`120 entries a second, ${WORKERS[n]} workers: ${lineOf(outcome)}`);
      expectBounded(outcome);
    }
    const lateness = outcomes.map(({ lateness: { most99 } }) => most99);
    expect(lateness).toEqual(lateness.toSorted((a, b) => b - a));
    expect(lateness.at(-1)).toBeLessThanOrEqual(180);
  });
});

it('A hundred thousand carts that fall due in one minute are processed within minutes, although pages are lost', () => {
  const outcome = simulateMany({
    entries: 100_000,
    withinMs: MINUTE,
    workers: 4,
    entriesPerSecond: 480,
    lost: { pages: 0.2, completions: 0.2 },
    seed,
  });

  console.log(`100,000 in a minute, 4 workers: ${lineOf(outcome)}`);
  expectBounded(outcome);
  expect(outcome.lateness.max).toBeLessThanOrEqual(600);
});
