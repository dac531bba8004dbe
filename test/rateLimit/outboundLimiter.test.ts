/** The turns of many tenants: each its own, and none remembered longer than it matters. */
import { expect, it } from 'vitest';
import { outboundLimiter } from '../../shared/rateLimit/outboundLimiter.ts';

const MINUTE = 60_000;

function openTurnstile() {
  const clock = { ms: 0 };
  const turns = outboundLimiter(
    { perMinute: 2, maxWaitMs: 3_000 },
    () => clock.ms,
    () => 0,
  );
  return { clock, turns };
}

it('counts every tenant for itself', () => {
  const { turns } = openTurnstile();

  expect(turns.take('a', 2)).toEqual({ waitMs: 0 });
  expect(turns.take('a', 2)).toMatchObject({ by: 'limit' });
  expect(turns.take('b', 2)).toEqual({ waitMs: 0 });
});

it('pauses one tenant and no other, and for ten minutes at the most', () => {
  const { clock, turns } = openTurnstile();
  turns.pause('a', Number.POSITIVE_INFINITY);

  expect(turns.take('a', 2)).toMatchObject({ by: 'pause' });
  expect(turns.checkPause('a')).toMatchObject({ by: 'pause' });
  expect(turns.take('b', 2)).toEqual({ waitMs: 0 });
  expect(turns.checkPause('b')).toBeUndefined();
  clock.ms += 10 * MINUTE;
  expect(turns.take('a', 2)).toEqual({ waitMs: 0 });
});

it('says nothing of what is sent away to those who are not', () => {
  const { turns } = openTurnstile();

  expect(Object.keys(turns.take('a', 2))).toEqual(['waitMs']);
});
