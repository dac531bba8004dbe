/** What counts as a loop that outlives its tests. */
import { expect, it } from 'vitest';
import { isLooping } from './idle.ts';

it('A chain of immediates without an end is a loop, and none when it has ended', async () => {
  let isRunning = true;
  const turn = () => isRunning && setImmediate(turn);
  turn();

  const during = await isLooping();
  isRunning = false;

  expect({ during, after: await isLooping() }).toEqual({ during: true, after: false });
});

it('Immediates that end soon are no loop', async () => {
  let turns = 100;
  const turn = () => turns-- > 0 && setImmediate(turn);
  turn();

  expect(await isLooping()).toBe(false);
});
