/** One bucket, as the number that it is: when it is full again. */
import { describe, expect, it } from 'vitest';
import { take } from '../../shared/rateLimit/gcra.ts';

describe('a bucket of six a minute', () => {
  it.each<[string, number, ReturnType<typeof take>]>([
    ['that is full gives a token and takes ten seconds to fill', 100_000, { fullAtMs: 110_000 }],
    ['that has long been full gives no more for it', 0, { fullAtMs: 110_000 }],
    ['that has one token left gives it', 150_000, { fullAtMs: 160_000 }],
    ['that is empty says how long until the next', 160_000, { waitMs: 10_000 }],
    ['that has almost one says how long until it has', 150_001, { waitMs: 1 }],
  ])('%s', (_, fullAtMs, taken) => {
    expect(take(fullAtMs, 6, 100_000)).toEqual(taken);
  });
});

it('may hold less than a minute’s worth', () => {
  expect(take(0, 6, 100_000, { burst: 1 })).toEqual({ fullAtMs: 110_000 });
  expect(take(110_000, 6, 100_000, { burst: 1 })).toEqual({ waitMs: 10_000 });
});

it('gives several tokens together or none', () => {
  expect(take(0, 6, 100_000, { burst: 2, tokens: 2 })).toEqual({ fullAtMs: 120_000 });
  expect(take(110_000, 6, 100_000, { burst: 2, tokens: 2 })).toEqual({ waitMs: 10_000 });
});
