/** The readiness check, whose result is kept for a few seconds. */
import { expect, it } from 'vitest';
import { cachedCheck, READINESS_CACHE_MS } from '../shared/readiness.ts';

function checked(outcomes: (() => Promise<void>)[]) {
  const clock = { nowMs: 0, checks: 0 };
  const check = cachedCheck(
    () => outcomes[Math.min(clock.checks++, outcomes.length - 1)]!(),
    () => clock.nowMs,
  );
  return { clock, check };
}
const succeed = async () => undefined;
const fail = async () => {
  throw new Error('Storage does not respond.');
};

it('The readiness check runs once for many probes within three seconds, and again afterwards', async () => {
  const { clock, check } = checked([succeed]);

  for (let n = 0; n < 50; n++) await check();
  expect(clock.checks).toBe(1);

  clock.nowMs += READINESS_CACHE_MS;
  await check();
  expect(clock.checks).toBe(2);
});

it('A failed readiness check is cached as well, and the next check can succeed', async () => {
  const { clock, check } = checked([fail, succeed]);

  await expect(check()).rejects.toThrow('Storage');
  await expect(check()).rejects.toThrow('Storage');
  expect(clock.checks).toBe(1);

  clock.nowMs += READINESS_CACHE_MS;
  await expect(check()).resolves.toBeUndefined();
});

it('Probes that arrive while a readiness check runs share its result', async () => {
  let finish: () => void = () => undefined;
  const { clock, check } = checked([() => new Promise<void>((resolve) => (finish = resolve))]);

  const probes = [check(), check()];
  clock.nowMs += 60_000;
  probes.push(check());
  finish();
  await Promise.all(probes);

  expect(clock.checks).toBe(1);
});
