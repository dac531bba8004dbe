/** Hundreds of random histories of bulk orders, each from a seed. `SEED=n` repeats one of them. */
import { expect, it } from 'vitest';
import { depth, repeatCommand, seed } from '../support/depth.ts';
import { historyOf, type Occurrences } from './bulkHistory.ts';

const FILE = 'test/simulation/bulk.test.ts';
/** What must have occurred in the histories together; otherwise they do not test what they claim. */
const EXPECTED = [
  'asleep',
  'cancel',
  'crashed',
  'item refused',
  'item taken',
  'paused',
  'refused',
  'responseLost',
  'retry',
  'stopOnFirstError',
  'throttled',
];
const isRepeat = process.env.SEED !== undefined;

it('The same seed gives the same history', async () => {
  const first: Occurrences = new Map();
  const second: Occurrences = new Map();

  for (let n = 0; n < 10; n++) await historyOf(seed + n, first);
  for (let n = 0; n < 10; n++) await historyOf(seed + n, second);

  expect(first.size).toBeGreaterThan(0);
  expect(second).toEqual(first);
});

it('Every item of a bulk order is ordered once or reports why not, in every history', {
  timeout: 2 * depth.timeLimitMs,
}, async () => {
  const occurrences: Occurrences = new Map();
  const failures: string[] = [];

  const runs = isRepeat ? 1 : depth.simulations / 10;
  for (let n = 0; n < runs && failures.length < 5; n++) {
    const problems = await historyOf(seed + n, occurrences);
    if (problems.length > 0)
      failures.push(`${problems.join('; ')} [${repeatCommand(FILE, { seed: seed + n })}]`);
  }

  const figures = [...occurrences].map(([name, count]) => `${name} ${count}`).join(', ');
  console.log(`${runs} histories of bulk orders; seed ${seed}; occurrences: ${figures}`);
  expect(failures).toEqual([]);
  if (!isRepeat) expect([...occurrences.keys()].sort()).toEqual(EXPECTED);
});
