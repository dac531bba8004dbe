/** How many requests a tenant gets through, by a clock that stands still unless the test moves it. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { inboundLimiter, type Limits } from '../../shared/rateLimit/inboundLimiter.ts';

const MINUTE = 60_000;
const A = '5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11';
const B = '11111111-1111-4111-8111-111111111111';

let nowMs: number;
let buckets: Map<string, number>;
beforeEach(() => {
  nowMs = 5_000;
  buckets = new Map();
});
const throttled = (perMinute: number, ofTenant: Limits['ofTenant'] = new Map()) =>
  inboundLimiter({ perMinute, ofTenant }, () => nowMs, buckets);
const admitted = (ask: ReturnType<typeof throttled>, tenant: string, requests: number) =>
  Array.from({ length: requests }, () => ask(tenant)).filter((refusal) => !refusal).length;

describe('a tenant', () => {
  it.each([1, 3, 7, 60, 599, 6_007])('gets through what the limit says, all at once: %i', (perMinute) => {
    expect(admitted(throttled(perMinute), A, perMinute + 5)).toBe(perMinute);
  });

  it('A tenant above its limit receives the time until the next request, which succeeds then but not before', () => {
    const ask = throttled(6);
    admitted(ask, A, 6);

    expect(ask(A)).toEqual({ waitMs: 10_000 });
    nowMs += 9_999;
    expect(ask(A)).toEqual({ waitMs: 1 });
    nowMs += 1;
    expect(ask(A)).toBeUndefined();
    expect(ask(A)).toEqual({ waitMs: 10_000 });
  });

  it('does not wait longer for having asked too often', () => {
    const ask = throttled(6);
    admitted(ask, A, 500);

    nowMs += 10_000;

    expect(ask(A)).toBeUndefined();
  });

  it('has a whole minute’s worth again after a minute, and never more', () => {
    const ask = throttled(6);
    admitted(ask, A, 6);

    nowMs += 10 * MINUTE;

    expect(admitted(ask, A, 20)).toBe(6);
  });

  it('takes nothing from another', () => {
    const ask = throttled(2);
    admitted(ask, A, 5);

    expect(admitted(ask, B, 5)).toBe(2);
  });

  it('A tenant may have a separate limit: higher, lower or none', () => {
    const ask = throttled(
      2,
      new Map([
        [A, 4],
        [B, 0],
      ]),
    );

    expect([admitted(ask, A, 9), admitted(ask, B, 9), admitted(ask, 'c', 9)]).toEqual([4, 9, 2]);
  });
});

it('A limit of 0 admits every tenant and stores none', () => {
  expect(admitted(throttled(0), A, 1_000)).toBe(1_000);
  expect(buckets.size).toBe(0);
});

it('never lets more through in any time than a minute’s worth and what has come since', () => {
  const gaps = fc.array(fc.nat(3_000), { minLength: 1, maxLength: 200 });

  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), gaps, (perMinute, waits) => {
      nowMs = 0;
      buckets = new Map();
      const ask = throttled(perMinute);
      let passed = 0;
      for (const waitMs of waits) {
        nowMs += waitMs;
        if (!ask(A)) passed++;
        expect(passed).toBeLessThanOrEqual(perMinute + (nowMs * perMinute) / MINUTE + 1e-3);
      }
    }),
  );
});

describe('memory', () => {
  it('holds the tenants of the last minute and no others', () => {
    const ask = throttled(10);

    for (let n = 0; n < 5_000; n++) {
      ask(`tenant ${n}`);
      nowMs += 100;
    }

    expect(buckets.size).toBeLessThanOrEqual(MINUTE / 100);
  });

  it('Idle tenants are removed with the next request', () => {
    const ask = throttled(10);
    for (let n = 0; n < 100; n++) ask(`tenant ${n}`);

    nowMs += MINUTE;
    ask(A);

    expect([...buckets.keys()]).toEqual([A]);
  });

  it('neither forgets who keeps coming nor keeps the others for it', () => {
    const ask = throttled(10);

    for (let n = 0; n < 500; n++) {
      ask(A);
      ask(`tenant ${n}`);
      nowMs += 1_000;
    }

    expect(admitted(ask, A, 20)).toBeLessThanOrEqual(1);
    expect(buckets.size).toBeLessThanOrEqual(62);
  });
});
