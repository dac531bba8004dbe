/** Whose turn it is: never more than the limit in any minute, nobody back before it helps, and nobody back as a crowd. */
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

const take = (turns: PermitState, perMinute: number, requests = 1) =>
  takePermit(turns, policy(perMinute), { requests, nowMs: NOW, random: 0 });

/** What a crowd that comes at these times is told, one after the other. */
function crowd(perMinute: number, times: readonly number[], turns: PermitState = UNUSED) {
  const sentMs: number[] = [];
  const backMs: number[] = [];
  let state = turns;
  for (const nowMs of times) {
    const turn = takePermit(state, policy(perMinute), { requests: 1, nowMs, random: 0 });
    state = turn.state;
    if ('waitMs' in turn) sentMs.push(nowMs + turn.waitMs);
    else backMs.push(nowMs + turn.backInMs);
  }
  return { sentMs, backMs, state };
}

/** The most of these times that lie within a minute. */
const mostInAMinute = (times: readonly number[]) =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + MINUTE).length));

describe('a limit', () => {
  it.each([2, 9, 10, 60, 500])('of %i a minute is never passed in any minute', (perMinute) => {
    const random = randomOf(seed);
    const times: number[] = [];
    for (let atMs = NOW; atMs < NOW + 5 * MINUTE; ) {
      times.push(atMs);
      atMs += random.chance(0.999) ? random.below(100) : random.below(MINUTE / 2);
    }

    const most = mostInAMinute(crowd(perMinute, times).sentMs);

    expect(most, repeatCommand('test/rateLimit/permit.test.ts', { seed })).toBeLessThanOrEqual(perMinute);
    expect(most).toBeGreaterThanOrEqual(0.9 * perMinute);
  });

  it('lets a tenth through at once, then one after the other, and waits no longer than it has patience', () => {
    const { sentMs, backMs } = crowd(500, Array(1_000).fill(NOW));

    expect(sentMs.filter((at) => at === NOW)).toHaveLength(50);
    expect(new Set(sentMs.slice(50)).size).toBe(sentMs.length - 50);
    expect(sentMs.at(-1)).toBeLessThanOrEqual(NOW + 3_000);
    expect(sentMs.length + backMs.length).toBe(1_000);
  });

  it('Deferred requests receive separate times, no more per time than the limit permits', () => {
    const { backMs } = crowd(500, Array(3_000).fill(NOW));

    expect(new Set(backMs).size).toBe(backMs.length);
    expect(mostInAMinute(backMs)).toBeLessThanOrEqual(500);
    expect(backMs).toEqual(backMs.toSorted((a, b) => a - b));
  });

  it('of 0 is none', () => {
    const { sentMs } = crowd(0, Array(5_000).fill(NOW));

    expect(new Set(sentMs)).toEqual(new Set([NOW]));
  });
});

describe('two requests that go together', () => {
  it('have their turn together, also at the smallest limit', () => {
    expect(take(UNUSED, 2, 2)).toMatchObject({ waitMs: 0 });
    expect(take(crowd(2, [NOW]).state, 2, 2)).toMatchObject({ by: 'limit' });
  });

  it('count as two', () => {
    const together = take(UNUSED, 500, 2).state;

    expect(together).toEqual(crowd(500, [NOW, NOW]).state);
  });
});

describe('a pause', () => {
  const inPause = paused(UNUSED, 57_000, NOW);

  it('A pause defers every request until it is over, one after the other', () => {
    const { sentMs, backMs } = crowd(500, Array(100).fill(NOW), inPause);

    expect(sentMs).toEqual([]);
    expect(Math.min(...backMs)).toBeGreaterThanOrEqual(NOW + 57_000);
    expect(new Set(backMs).size).toBe(100);
  });

  it('says that it is one', () => {
    expect(take(inPause, 500)).toMatchObject({ by: 'pause' });
    expect(take(crowd(2, [NOW, NOW]).state, 2)).toMatchObject({ by: 'limit' });
  });

  it('that is short is waited for', () => {
    expect(take(paused(UNUSED, 2_000, NOW), 500)).toMatchObject({ waitMs: 2_000 });
  });

  it('is not shortened by a shorter one', () => {
    expect(paused(inPause, 1_000, NOW).pausedUntilMs).toBe(NOW + 57_000);
  });

  it('A pause that began during a wait defers the waiting request, too', () => {
    expect(deferredByPause(inPause, policy(500), NOW + 1, 0)).toMatchObject({ by: 'pause' });
    expect(deferredByPause(inPause, policy(500), NOW + 57_000, 0)).toBeUndefined();
  });
});

it('instances are kept out of step by chance', () => {
  const back = (random: number) =>
    takePermit(paused(UNUSED, MINUTE, NOW), policy(500), { requests: 1, nowMs: NOW, random });

  expect(back(0.5)).not.toEqual(back(0));
  expect(back(0.99)).toMatchObject({ backInMs: expect.toSatisfy((ms: number) => ms < MINUTE + 3_000) });
});

it('The state of a tenant may be removed once it equals that of an unused one', () => {
  const { state } = crowd(60, Array(100).fill(NOW));

  expect(isIdle(UNUSED, NOW)).toBe(true);
  expect(isIdle(state, NOW)).toBe(false);
  expect(isIdle(state, NOW + 10 * MINUTE)).toBe(true);
});
