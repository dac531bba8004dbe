/** Hundreds of histories of bulk orders, each from a seed: `SEED=n` goes through one of them. */
import { expect, it } from 'vitest';
import { depth, repeatCommand, seed } from '../depth.ts';
import { historyOf, type Met } from './history.ts';

const FILE = 'test/bulk/histories.test.ts';
/** What the histories must have seen between them, or they prove nothing. */
const EXPECTED = ['answerLost', 'asleep', 'cancel', 'died', 'refused', 'retry', 'throttled'];
const isRepeat = process.env.SEED !== undefined;

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

  expect(failures).toEqual([]);
  if (!isRepeat) expect([...met.keys()].sort()).toEqual(EXPECTED);
});
