/** Hundreds of histories of bulk orders, each from a seed: `SEED=n` goes through one of them. */
import { expect, it } from 'vitest';
import { depth, repeatCommand, seed } from '../support/depth.ts';
import { historyOf, type Met } from './bulkHistory.ts';

const FILE = 'test/simulation/bulk.test.ts';
/** What the histories must have seen between them, or they prove nothing. */
const EXPECTED = [
  'answerLost',
  'asleep',
  'cancel',
  'died',
  'item refused',
  'item taken',
  'paused',
  'refused',
  'retry',
  'stopOnFirstError',
  'throttled',
];
const isRepeat = process.env.SEED !== undefined;

it('the same seed is the same history', async () => {
  const [first, second]: [Met, Met] = [new Map(), new Map()];

  for (let n = 0; n < 10; n++) await historyOf(seed + n, first);
  for (let n = 0; n < 10; n++) await historyOf(seed + n, second);

  expect(first.size).toBeGreaterThan(0);
  expect(second).toEqual(first);
});

it('every item of a bulk order is ordered once, or told why not, whatever happens', {
  timeout: 2 * depth.timeLimitMs,
}, async () => {
  const met: Met = new Map();
  const failures: string[] = [];

  const runs = isRepeat ? 1 : depth.simulations / 10;
  for (let n = 0; n < runs && failures.length < 5; n++) {
    const problems = await historyOf(seed + n, met);
    if (problems.length > 0)
      failures.push(`${problems.join('; ')} [${repeatCommand(FILE, { seed: seed + n })}]`);
  }

  const figures = [...met].map(([name, count]) => `${name} ${count}`).join(', ');
  console.log(`${runs} histories of bulk orders; seed ${seed}; they met: ${figures}`);
  expect(failures).toEqual([]);
  if (!isRepeat) expect([...met.keys()].sort()).toEqual(EXPECTED);
});
