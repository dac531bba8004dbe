/** Set-up of the integration project: a test file that leaves a loop running fails (`idle.ts`). */
import { afterAll, expect } from 'vitest';
import { isLooping } from './idle.ts';

afterAll(async () => {
  expect(await isLooping(), 'a loop outlives the tests of this file').toBe(false);
});
