/** A GCRA bucket, stored as the time when it is full again. */
import { describe, expect, it } from 'vitest';
import { take } from '../../shared/rateLimit/gcra.ts';

describe('a bucket with six tokens a minute', () => {
  it.each<[string, number, ReturnType<typeof take>]>([
    ['that is full gives a token and is full again in ten seconds', 100_000, { fullAtMs: 110_000 }],
    ['that has been full for long gives no additional tokens', 0, { fullAtMs: 110_000 }],
    ['that has one token left gives it', 150_000, { fullAtMs: 160_000 }],
    ['that is empty returns the time until the next token', 160_000, { waitMs: 10_000 }],
    ['that almost has a token returns the remaining time', 150_001, { waitMs: 1 }],
  ])('A bucket %s', (_, fullAtMs, taken) => {
    expect(take(fullAtMs, 6, 100_000)).toEqual(taken);
  });
});

it('A bucket may hold less than the tokens of a minute', () => {
  expect(take(0, 6, 100_000, { burst: 1 })).toEqual({ fullAtMs: 110_000 });
  expect(take(110_000, 6, 100_000, { burst: 1 })).toEqual({ waitMs: 10_000 });
});

it('A bucket gives several tokens together or none', () => {
  expect(take(0, 6, 100_000, { burst: 2, tokens: 2 })).toEqual({ fullAtMs: 120_000 });
  expect(take(110_000, 6, 100_000, { burst: 2, tokens: 2 })).toEqual({ waitMs: 10_000 });
});
