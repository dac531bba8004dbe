/** How long the bundle loads, in one run with the same sources unbundled. */
import { expect, it } from 'vitest';
import { compareLoads, MAX_LOAD_RATIO } from '../../scripts/moduleLoad.ts';

const PAIRS = 9;

it(`Loading the bundle takes at most ${MAX_LOAD_RATIO} of the processor time of the same sources unbundled`, async () => {
  const { ratio } = await compareLoads(PAIRS);

  expect(ratio).toBeLessThanOrEqual(MAX_LOAD_RATIO);
}, 120_000);
