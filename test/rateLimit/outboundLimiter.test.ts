/** The outbound limiter: permits and pauses of several partner tenants. */
import { expect, it } from 'vitest';
import { outboundLimiter } from '../../shared/rateLimit/outboundLimiter.ts';

const MINUTE = 60_000;

function openLimiter() {
  const clock = { ms: 0 };
  const limiter = outboundLimiter(
    { perMinute: 2, maxWaitMs: 3_000 },
    () => clock.ms,
    () => 0,
  );
  return { clock, limiter };
}

it('The limit applies to every partner tenant separately', () => {
  const { limiter } = openLimiter();

  expect(limiter.take('a', 2)).toEqual({ waitMs: 0 });
  expect(limiter.take('a', 2)).toMatchObject({ by: 'limit' });
  expect(limiter.take('b', 2)).toEqual({ waitMs: 0 });
});

it('A pause defers one partner tenant only, for at most ten minutes', () => {
  const { clock, limiter } = openLimiter();
  limiter.pause('a', Number.POSITIVE_INFINITY);

  expect(limiter.take('a', 2)).toMatchObject({ by: 'pause' });
  expect(limiter.checkPause('a')).toMatchObject({ by: 'pause' });
  expect(limiter.take('b', 2)).toEqual({ waitMs: 0 });
  expect(limiter.checkPause('b')).toBeUndefined();
  clock.ms += 10 * MINUTE;
  expect(limiter.take('a', 2)).toEqual({ waitMs: 0 });
});

it('A permit has no reason of a deferral', () => {
  const { limiter } = openLimiter();

  expect(Object.keys(limiter.take('a', 2))).toEqual(['waitMs']);
});
