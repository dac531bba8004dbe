/** Thousands of histories, each from a seed: `SEED=n` goes through one of them and prints what happened. */
import { expect, it } from 'vitest';
import { depth, repeatCommand, seed } from '../support/depth.ts';
import type { Counts } from './chaos.ts';
import { simulate } from './run.ts';

const FILE = 'test/simulation/simulation.test.ts';
const FAILURES_SHOWN = 5;
/** What the histories must have seen between them, or they prove nothing. */
const EXPECTED = [
  ...[
    'throttled',
    'answerLost',
    'doneTwice',
    'crash',
    'lockLost',
    'queueLost',
    'completionLost',
    'doneTwice in calm',
  ],
  ...['cart.ordered.v1', 'cart.checkoutFailed.v1', 'cart.expiring.v1', 'cart.expired.v1'],
  ...['watchdog', 'wait', 'unavailable', 'deferred', 'page'],
  ...[
    'deferred by limit',
    'deferred by pause',
    'deferred by lease',
    'deferred by ambiguous',
    'deferred by error',
  ],
  ...['refused', 'refusedInPart', 'paused', 'heldBack', 'givenUp', 'leftUnknown'],
];
const isRepeat = process.env.SEED !== undefined;

it('The same seed gives the same history', async () => {
  const [first, second]: [string[], string[]] = [[], []];

  await simulate(seed, new Map(), first);
  await simulate(seed, new Map(), second);

  expect(first.length).toBeGreaterThan(10);
  expect(second).toEqual(first);
});

it('No order is lost or duplicated in any history of the simulation', {
  timeout: 2 * depth.timeLimitMs,
}, async () => {
  const counts: Counts = new Map();
  const failures: string[] = [];
  const lines = isRepeat ? [] : undefined;

  const runs = isRepeat ? 1 : depth.simulations;
  let n = 0;
  for (; n < runs && failures.length < FAILURES_SHOWN; n++) {
    const problems = await simulate(seed + n, counts, lines);
    if (problems.length > 0)
      failures.push(`${problems.join('; ')} [${repeatCommand(FILE, { seed: seed + n })}]`);
  }

  const met = [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
  console.log(lines?.join('\n') ?? `${n} histories; seed ${seed}; they met: ${met}`);
  expect(failures).toEqual([]);
  if (!isRepeat) expect([...counts.keys()].sort()).toEqual([...EXPECTED].sort());
});
