/** The gateway observes the outbound limit and the pauses that Partner Center requests: its outcomes, and the requests that arrive. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { partnerCenterGateway } from '../../../shared/orders/gateways/partnerCenter/gateway.ts';
import { KEY, MINUTE, SECOND } from '../../support/samples.ts';
import { LONG_AGO, openDesk, peerOf, placementOf } from './deskFixture.ts';

const OTHER_TENANT = '11111111-1111-4111-8111-111111111111';

let desk: Awaited<ReturnType<typeof openDesk>>;
let nowMs: number;
let waits: number[];
beforeEach(async () => {
  desk = await openDesk();
  nowMs = 0;
  waits = [];
});
afterEach(() => desk?.close());

const gatewayWith = (perMinute: number, whileWaiting = async () => {}) =>
  partnerCenterGateway(
    peerOf(desk.url, {
      perMinute,
      nowMs: () => nowMs,
      async sleep(ms) {
        waits.push(ms);
        await whileWaiting();
      },
    }),
  );
const throttled = (retryAfterSeconds?: number) =>
  desk.play([{ times: 1, answer: { status: 429, retryAfterSeconds } }]);

describe('the outbound limiter', () => {
  it('An order beyond the limit is not sent and is deferred without ambiguity', async () => {
    const gateway = gatewayWith(2);
    for (let n = 0; n < 2; n++) expect(await gateway.place(placementOf())).toMatchObject({ kind: 'placed' });

    expect(await gateway.place(placementOf())).toMatchObject({
      kind: 'deferred',
      ambiguous: false,
      by: 'limit',
    });
    expect(await desk.seen()).toHaveLength(2);
  });

  it('Every partner tenant has a separate limit', async () => {
    const gateway = gatewayWith(2);
    for (let n = 0; n < 3; n++) await gateway.place(placementOf());

    expect(await gateway.place(placementOf({ tenant: OTHER_TENANT }))).toMatchObject({ kind: 'placed' });
  });

  it('Look-ups count towards the limit', async () => {
    const gateway = gatewayWith(2);
    await gateway.place(placementOf());

    expect(await gateway.place(placementOf({ ambiguousSinceMs: LONG_AGO }))).toMatchObject({
      kind: 'deferred',
      ambiguous: false,
      by: 'limit',
    });
    expect(await desk.seen()).toHaveLength(1);
  });

  it('The limit has room for an order after its look-up, so that look-ups do not continue forever', async () => {
    const placement = placementOf({ ambiguousSinceMs: LONG_AGO });

    expect(await gatewayWith(2).place(placement)).toMatchObject({ kind: 'placed' });
    expect((await desk.seen()).map(({ method }) => method)).toEqual(['GET', 'POST']);
  });

  it('A short wait for the limit is waited for within the call', async () => {
    const gateway = gatewayWith(30);
    for (let n = 0; n < 3; n++) expect(await gateway.place(placementOf())).toMatchObject({ kind: 'placed' });

    expect(await gateway.place(placementOf())).toMatchObject({ kind: 'placed' });
    expect(waits).toEqual([expect.toSatisfy((ms: number) => ms > 0 && ms <= 3 * SECOND)]);
  });

  it('A limit of 0 defers nothing', async () => {
    const gateway = gatewayWith(0);

    await Promise.all(Array.from({ length: 100 }, () => gateway.place(placementOf())));

    expect(await desk.made()).toHaveLength(100);
  });
});

describe('status 429', () => {
  it('A requested pause defers the order that caused it, without ambiguity', async () => {
    await throttled(57);

    expect(await gatewayWith(0).place(placementOf())).toMatchObject({
      kind: 'deferred',
      ambiguous: false,
      waitMs: 57 * SECOND,
      by: 'pause',
    });
    expect(await desk.made()).toEqual([]);
  });

  it('A requested pause defers the other orders of the partner tenant until it ends', async () => {
    const gateway = gatewayWith(0);
    await throttled(57);
    await gateway.place(placementOf());

    const deferred = await gateway.place(placementOf());
    expect(deferred).toMatchObject({ kind: 'deferred', ambiguous: false, by: 'pause' });
    expect(deferred.kind === 'deferred' && deferred.waitMs).toBeGreaterThanOrEqual(57 * SECOND);
    expect(await gateway.place(placementOf({ tenant: OTHER_TENANT }))).toMatchObject({ kind: 'placed' });
    nowMs += MINUTE;
    expect(await gateway.place(placementOf({ tenant: KEY.tenant }))).toMatchObject({ kind: 'placed' });
    expect(await desk.seen()).toHaveLength(3);
  });

  it('A requested pause defers an order that is already waiting for the limit', async () => {
    const gateway = gatewayWith(30, async () => {
      waits = [];
      await throttled(57);
      nowMs += 10 * SECOND;
      await gateway.place(placementOf()); // another order, which receives the 429
    });
    for (let n = 0; n < 3; n++) await gateway.place(placementOf());

    expect(await gateway.place(placementOf())).toMatchObject({
      kind: 'deferred',
      by: 'pause',
      ambiguous: false,
    });
    expect(await desk.made()).toHaveLength(3);
  });

  it('A 429 without Retry-After causes no pause', async () => {
    const gateway = gatewayWith(0);
    await throttled();
    await gateway.place(placementOf());

    expect(await gateway.place(placementOf())).toMatchObject({ kind: 'placed' });
  });
});
