/** The inbound limiter: how many requests of a tenant it admits. The test moves the clock. */
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
const limiterWith = (perMinute: number, ofTenant: Limits['ofTenant'] = new Map()) =>
  inboundLimiter({ perMinute, ofTenant }, () => nowMs, buckets);
const admitted = (take: ReturnType<typeof limiterWith>, tenant: string, requests: number) =>
  Array.from({ length: requests }, () => take(tenant)).filter((rejection) => !rejection).length;

describe('the limit of a tenant', () => {
  it.each([1, 3, 7, 60, 599, 6_007])(
    'A limit of %i requests a minute admits that many requests at once',
    (perMinute) => {
      expect(admitted(limiterWith(perMinute), A, perMinute + 5)).toBe(perMinute);
    },
  );

  it('A tenant above its limit receives the time until the next request, which succeeds then but not before', () => {
    const take = limiterWith(6);
    admitted(take, A, 6);

    expect(take(A)).toEqual({ waitMs: 10_000 });
    nowMs += 9_999;
    expect(take(A)).toEqual({ waitMs: 1 });
    nowMs += 1;
    expect(take(A)).toBeUndefined();
    expect(take(A)).toEqual({ waitMs: 10_000 });
  });

  it('Rejected requests do not extend the wait of a tenant', () => {
    const take = limiterWith(6);
    admitted(take, A, 500);

    nowMs += 10_000;

    expect(take(A)).toBeUndefined();
  });

  it('A tenant has its full limit again after a minute, and never more', () => {
    const take = limiterWith(6);
    admitted(take, A, 6);

    nowMs += 10 * MINUTE;

    expect(admitted(take, A, 20)).toBe(6);
  });

  it('The requests of a tenant do not count towards the limit of another one', () => {
    const take = limiterWith(2);
    admitted(take, A, 5);

    expect(admitted(take, B, 5)).toBe(2);
  });

  it('A tenant may have a separate limit: higher, lower or none', () => {
    const take = limiterWith(
      2,
      new Map([
        [A, 4],
        [B, 0],
      ]),
    );

    expect(admitted(take, A, 9)).toBe(4);
    expect(admitted(take, B, 9)).toBe(9);
    expect(admitted(take, 'c', 9)).toBe(2);
  });
});

it('A limit of 0 admits every tenant and stores none', () => {
  expect(admitted(limiterWith(0), A, 1_000)).toBe(1_000);
  expect(buckets.size).toBe(0);
});

it('The limiter never admits more requests in any period than one minute’s limit and the refill since', () => {
  const gaps = fc.array(fc.nat(3_000), { minLength: 1, maxLength: 200 });

  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), gaps, (perMinute, waits) => {
      nowMs = 0;
      buckets = new Map();
      const take = limiterWith(perMinute);
      let admittedRequests = 0;
      for (const waitMs of waits) {
        nowMs += waitMs;
        if (!take(A)) admittedRequests++;
        expect(admittedRequests).toBeLessThanOrEqual(perMinute + (nowMs * perMinute) / MINUTE + 1e-3);
      }
    }),
  );
});

describe('stored tenants', () => {
  it('The limiter stores only the tenants of the last minute', () => {
    const take = limiterWith(10);

    for (let n = 0; n < 5_000; n++) {
      take(`tenant ${n}`);
      nowMs += 100;
    }

    expect(buckets.size).toBeLessThanOrEqual(MINUTE / 100);
  });

  it('Idle tenants are removed with the next request', () => {
    const take = limiterWith(10);
    for (let n = 0; n < 100; n++) take(`tenant ${n}`);

    nowMs += MINUTE;
    take(A);

    expect([...buckets.keys()]).toEqual([A]);
  });

  it('A tenant that sends continuously stays stored, while idle tenants are removed', () => {
    const take = limiterWith(10);

    for (let n = 0; n < 500; n++) {
      take(A);
      take(`tenant ${n}`);
      nowMs += 1_000;
    }

    expect(admitted(take, A, 20)).toBeLessThanOrEqual(1);
    expect(buckets.size).toBeLessThanOrEqual(62);
  });
});
