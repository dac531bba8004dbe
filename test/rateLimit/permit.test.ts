/** Permits: never more than the limit in any minute, and deferred requests return at separate times when they can succeed. */
import { describe, expect, it } from 'vitest';
import {
  deferredByPause,
  isIdle,
  type PermitState,
  paused,
  takePermit,
  UNUSED,
} from '../../shared/rateLimit/permit.ts';
import { repeatCommand, seed } from '../support/depth.ts';
import { randomOf } from '../support/random.ts';

const MINUTE = 60_000;
const NOW = 1_000_000;
const policy = (perMinute: number) => ({ perMinute, maxWaitMs: 3_000 });

const take = (state: PermitState, perMinute: number, requests = 1) =>
  takePermit(state, policy(perMinute), { requests, nowMs: NOW, random: 0 });

/** Requests permits at these times, one after the other: when requests are sent, and when deferred ones return. */
function requestAll(perMinute: number, times: readonly number[], initial: PermitState = UNUSED) {
  const sentMs: number[] = [];
  const backMs: number[] = [];
  let state = initial;
  for (const nowMs of times) {
    const permit = takePermit(state, policy(perMinute), { requests: 1, nowMs, random: 0 });
    state = permit.state;
    if ('waitMs' in permit) sentMs.push(nowMs + permit.waitMs);
    else backMs.push(nowMs + permit.backInMs);
  }
  return { sentMs, backMs, state };
}

/** The highest number of these times within one minute. */
const mostInAMinute = (times: readonly number[]) =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + MINUTE).length));

describe('the limit of permits', () => {
  it.each([2, 9, 10, 60, 500])(
    'A limit of %i requests a minute is never exceeded in any minute',
    (perMinute) => {
      const random = randomOf(seed);
      const times: number[] = [];
      for (let atMs = NOW; atMs < NOW + 5 * MINUTE; ) {
        times.push(atMs);
        atMs += random.chance(0.999) ? random.below(100) : random.below(MINUTE / 2);
      }

      const most = mostInAMinute(requestAll(perMinute, times).sentMs);

      expect(most, repeatCommand('test/rateLimit/permit.test.ts', { seed })).toBeLessThanOrEqual(perMinute);
      expect(most).toBeGreaterThanOrEqual(0.9 * perMinute);
    },
  );

  it('A limit permits a tenth at once and then one after the other, and defers requests that would wait too long', () => {
    const { sentMs, backMs } = requestAll(500, Array(1_000).fill(NOW));

    expect(sentMs.filter((at) => at === NOW)).toHaveLength(50);
    expect(new Set(sentMs.slice(50)).size).toBe(sentMs.length - 50);
    expect(sentMs.at(-1)).toBeLessThanOrEqual(NOW + 3_000);
    expect(sentMs.length + backMs.length).toBe(1_000);
  });

  it('Deferred requests receive separate times, no more per time than the limit permits', () => {
    const { backMs } = requestAll(500, Array(3_000).fill(NOW));

    expect(new Set(backMs).size).toBe(backMs.length);
    expect(mostInAMinute(backMs)).toBeLessThanOrEqual(500);
    expect(backMs).toEqual(backMs.toSorted((a, b) => a - b));
  });

  it('A limit of 0 defers nothing', () => {
    const { sentMs } = requestAll(0, Array(5_000).fill(NOW));

    expect(new Set(sentMs)).toEqual(new Set([NOW]));
  });
});

describe('two requests together', () => {
  it('Two requests together are both permitted or both deferred, also at the smallest limit', () => {
    expect(take(UNUSED, 2, 2)).toMatchObject({ waitMs: 0 });
    expect(take(requestAll(2, [NOW]).state, 2, 2)).toMatchObject({ by: 'limit' });
  });

  it('Two requests together count as two', () => {
    const together = take(UNUSED, 500, 2).state;

    expect(together).toEqual(requestAll(500, [NOW, NOW]).state);
  });
});

describe('a pause', () => {
  const inPause = paused(UNUSED, 57_000, NOW);

  it('A pause defers every request until it is over, one after the other', () => {
    const { sentMs, backMs } = requestAll(500, Array(100).fill(NOW), inPause);

    expect(sentMs).toEqual([]);
    expect(Math.min(...backMs)).toBeGreaterThanOrEqual(NOW + 57_000);
    expect(new Set(backMs).size).toBe(100);
  });

  it('A deferral names its reason: a pause or the limit', () => {
    expect(take(inPause, 500)).toMatchObject({ by: 'pause' });
    expect(take(requestAll(2, [NOW, NOW]).state, 2)).toMatchObject({ by: 'limit' });
  });

  it('A short pause is waited for', () => {
    expect(take(paused(UNUSED, 2_000, NOW), 500)).toMatchObject({ waitMs: 2_000 });
  });

  it('A pause is not shortened by a shorter one', () => {
    expect(paused(inPause, 1_000, NOW).pausedUntilMs).toBe(NOW + 57_000);
  });

  it('A pause that began during a wait defers the waiting request, too', () => {
    expect(deferredByPause(inPause, policy(500), NOW + 1, 0)).toMatchObject({ by: 'pause' });
    expect(deferredByPause(inPause, policy(500), NOW + 57_000, 0)).toBeUndefined();
  });
});

it('Instances retry at random times after a pause', () => {
  const back = (random: number) =>
    takePermit(paused(UNUSED, MINUTE, NOW), policy(500), { requests: 1, nowMs: NOW, random });

  expect(back(0.5)).not.toEqual(back(0));
  expect(back(0.99)).toMatchObject({ backInMs: expect.toSatisfy((ms: number) => ms < MINUTE + 3_000) });
});

it('The state of a tenant may be removed once it equals that of an unused one', () => {
  const { state } = requestAll(60, Array(100).fill(NOW));

  expect(isIdle(UNUSED, NOW)).toBe(true);
  expect(isIdle(state, NOW)).toBe(false);
  expect(isIdle(state, NOW + 10 * MINUTE)).toBe(true);
});
