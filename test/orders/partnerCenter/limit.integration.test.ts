/** The gateway keeps to a limit of its own and to the pauses that Partner Center asks for: what the desk sees, and what the checkout hears. */
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
  [nowMs, waits] = [0, []];
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

describe('our own limit', () => {
  it('holds back what is too much: it is not sent, not ambiguous, and comes again', async () => {
    const gateway = gatewayWith(2);
    for (let n = 0; n < 2; n++) expect(await gateway.place(placementOf())).toMatchObject({ kind: 'placed' });

    expect(await gateway.place(placementOf())).toMatchObject({
      kind: 'deferred',
      ambiguous: false,
      by: 'limit',
    });
    expect(await desk.seen()).toHaveLength(2);
  });

  it('is of each partner tenant', async () => {
    const gateway = gatewayWith(2);
    for (let n = 0; n < 3; n++) await gateway.place(placementOf());

    expect(await gateway.place(placementOf({ tenant: OTHER_TENANT }))).toMatchObject({ kind: 'placed' });
  });

  it('counts look-ups', async () => {
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

  it('is waited for on the spot when the wait is short', async () => {
    const gateway = gatewayWith(30);
    for (let n = 0; n < 3; n++) expect(await gateway.place(placementOf())).toMatchObject({ kind: 'placed' });

    expect(await gateway.place(placementOf())).toMatchObject({ kind: 'placed' });
    expect(waits).toEqual([expect.toSatisfy((ms: number) => ms > 0 && ms <= 3 * SECOND)]);
  });

  it('of 0 holds nothing back', async () => {
    const gateway = gatewayWith(0);

    await Promise.all(Array.from({ length: 100 }, () => gateway.place(placementOf())));

    expect(await desk.made()).toHaveLength(100);
  });
});

describe('a 429', () => {
  it('A pause defers the order that caused it, without ambiguity', async () => {
    await throttled(57);

    expect(await gatewayWith(0).place(placementOf())).toMatchObject({
      kind: 'deferred',
      ambiguous: false,
      waitMs: 57 * SECOND,
      by: 'pause',
    });
    expect(await desk.made()).toEqual([]);
  });

  it('keeps the other orders of the tenant away until it is over', async () => {
    const gateway = gatewayWith(0);
    await throttled(57);
    await gateway.place(placementOf());

    const held = await gateway.place(placementOf());
    expect(held).toMatchObject({ kind: 'deferred', ambiguous: false, by: 'pause' });
    expect(held.kind === 'deferred' && held.waitMs).toBeGreaterThanOrEqual(57 * SECOND);
    expect(await gateway.place(placementOf({ tenant: OTHER_TENANT }))).toMatchObject({ kind: 'placed' });
    nowMs += MINUTE;
    expect(await gateway.place(placementOf({ tenant: KEY.tenant }))).toMatchObject({ kind: 'placed' });
    expect(await desk.seen()).toHaveLength(3);
  });

  it('also those that wait for their turn already', async () => {
    const gateway = gatewayWith(30, async () => {
      waits = [];
      await throttled(57);
      nowMs += 10 * SECOND;
      await gateway.place(placementOf()); // somebody else's, which meets the 429
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
