/** Random histories of several bulk orders over months, each from a seed. `SEED=n` repeats one of them. */
import { expect, it } from 'vitest';
import { depth, repeatCommand, seed } from '../support/depth.ts';
import type { Occurrences } from './bulkHistory.ts';
import { lifetimeOf } from './bulkLifetime.ts';

const FILE = 'test/simulation/bulkLifetimes.test.ts';
/** What must have occurred in the histories together; otherwise they do not test what they claim. */
const EXPECTED = [
  'crashed',
  'purged',
  'quiet',
  'refused',
  'repeatedWrite',
  'responseLost',
  'resubmitted',
  'retriedAfterExpiry',
  'retriedAfterRetention',
  'rowRejected',
  'submitted',
  'throttled',
];
const isRepeat = process.env.SEED !== undefined;

it('The same seed gives the same history of several bulk orders', async () => {
  const first: Occurrences = new Map();
  const second: Occurrences = new Map();

  for (let n = 0; n < 10; n++) await lifetimeOf(seed + n, first);
  for (let n = 0; n < 10; n++) await lifetimeOf(seed + n, second);

  expect(first.size).toBeGreaterThan(0);
  expect(second).toEqual(first);
});

it('An item is ordered once by all bulk orders that skip repeats, whenever they are submitted and retried', {
  timeout: 2 * depth.timeLimitMs,
}, async () => {
  const occurrences: Occurrences = new Map();
  const failures: string[] = [];

  const runs = isRepeat ? 1 : depth.simulations / 10;
  for (let n = 0; n < runs && failures.length < 5; n++) {
    const problems = await lifetimeOf(seed + n, occurrences);
    if (problems.length > 0)
      failures.push(`${problems.join('; ')} [${repeatCommand(FILE, { seed: seed + n })}]`);
  }

  const figures = [...occurrences].map(([name, count]) => `${name} ${count}`).join(', ');
  console.log(`${runs} histories of several bulk orders; seed ${seed}; occurrences: ${figures}`);
  expect(failures).toEqual([]);
  if (!isRepeat) expect([...occurrences.keys()].sort()).toEqual(EXPECTED);
});
