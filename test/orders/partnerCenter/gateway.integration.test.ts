/** The gateway to Partner Center: what it sends, and how it sorts what it is answered (a scripted server over HTTP). */
import { describe, expect, it } from 'vitest';
import { MAX_PLACEMENT_MS } from '../../../shared/checkout/placeOrders.ts';
import { readSettings } from '../../../shared/config.ts';
import { formatDuration } from '../../../shared/duration.ts';
import { partnerCenterGateway } from '../../../shared/orders/gateways/partnerCenter/gateway.ts';
import { KEY, NOW } from '../../support/samples.ts';
import { LONG_AGO, peerOf } from './deskFixture.ts';
import { made, PATH, REQUEST_ID, type Reply, scriptedServer } from './scripted.ts';

/** The longest that the settings allow. */
const LONGEST_TIMEOUT_MS = 90_000;
const LONG = 'x'.repeat(10_000);
const server = scriptedServer();
const { place } = server;

describe('an order', () => {
  it('is posted under its request id, which also goes in as its reference', async () => {
    await place([{ status: 201, body: made }]);

    expect(server.seen().map(({ call }) => call)).toEqual([`POST ${PATH}`]);
    expect(server.seen()[0]?.headers).toMatchObject({
      authorization: 'Bearer T',
      'ms-requestid': REQUEST_ID,
      'content-type': 'application/json',
    });
    expect(JSON.parse(server.seen()[0]?.body ?? '')).toEqual({
      referenceCustomerId: KEY.customer,
      billingCycle: 'monthly',
      currencyCode: 'USD',
      externalReference: REQUEST_ID,
      lineItems: [expect.objectContaining({ lineItemNumber: 0, quantity: 2, transactionType: 'New' })],
    });
  });

  it.each(['/partnercenter', '/partnercenter/'])(
    'is posted below the path of the address: %s',
    async (path) => {
      await place([{ status: 201, body: made }], { url: `${server.url()}${path}` });
      await place([{ status: 200, body: { items: [made] } }], {
        url: `${server.url()}${path}`,
        ambiguousSinceMs: LONG_AGO,
      });

      expect(server.seen().map(({ call }) => call)).toEqual([
        `POST /partnercenter${PATH}`,
        `GET /partnercenter${PATH}`,
      ]);
    },
  );

  it('is placed as the answer describes it', async () => {
    expect(await place([{ status: 201, body: made }])).toEqual({
      kind: 'placed',
      order: {
        orderId: 'f76c6b7f449d',
        alternateId: 'f76c6b7f449d',
        placedMs: Date.UTC(2026, 2, 15, 18),
        status: 'pending',
        subscriptionIds: ['s1'],
      },
    });
  });

  it.each([
    { alternateId: null, status: null, creationDate: null, lineItems: null },
    { alternateId: 7, status: {}, creationDate: 'soon', lineItems: [null] },
    { alternateId: LONG, status: LONG, creationDate: LONG, lineItems: [{ subscriptionId: LONG }] },
  ])('is placed whatever else of it is unknown: %j', async (more) => {
    expect(await place([{ status: 201, body: { ...made, ...more } }])).toMatchObject({
      kind: 'placed',
      order: {
        orderId: made.id,
        alternateId: made.id,
        placedMs: NOW,
        status: 'pending',
        subscriptionIds: [null],
      },
    });
  });

  it('is placed now, without subscriptions, when the answer says no more than its id', async () => {
    expect(await place([{ status: 200, body: { id: 'x' } }])).toMatchObject({
      order: { orderId: 'x', placedMs: NOW, status: 'pending', subscriptionIds: [null] },
    });
  });
});

describe('an answer that is no order', () => {
  it.each<[string, Reply, boolean]>([
    ['too many', { status: 429 }, false],
    ['unavailable, perhaps after all', { status: 503 }, true],
    ['unavailable, and come again at once', { status: 503, headers: { 'Retry-After': '0' } }, true],
    ['our token', { status: 401 }, false],
    ['time-out', { status: 408 }, true],
    ['an error', { status: 500 }, true],
    ['a gateway on the way', { status: 502, body: '<html>' }, true],
    ['a gateway that would not wait', { status: 504 }, true],
    ['in progress', { status: 409, body: { code: '800060', description: 'In progress.' } }, true],
    ['busy', { status: 409, body: { code: 800064, description: 'Busy.' } }, true],
    ['created, but what?', { status: 201, body: 'created' }, true],
    ['created under a name without an end', { status: 201, body: { ...made, id: LONG } }, true],
    ['an answer without an end', { status: 201, body: `${JSON.stringify(made)}${' '.repeat(5e6)}` }, true],
    ['a connection that breaks', 'hang up', true],
  ])('may pass: %s', async (_, reply, ambiguous) => {
    expect(await place([reply])).toMatchObject({
      kind: 'retry',
      ambiguous,
      problem: { code: '800005', status: 409 },
    });
  });

  it.each([
    [
      { status: 400, body: { code: '800010', description: 'No inventory.' } },
      { code: '800010', description: 'No inventory.', status: 400 },
    ],
    [
      { status: 403, body: { code: 800089, description: 'The limit.' } },
      { code: '800089', description: 'The limit.', status: 403 },
    ],
    [
      { status: 409, body: { code: '800999', description: 'Some conflict.' } },
      { code: '800999', description: 'Some conflict.', status: 409 },
    ],
    [
      { status: 422, body: { code: '800010', description: '' } },
      { code: '800010', description: 'Partner Center responded with 422.', status: 400 },
    ],
  ])(
    'is a refusal, in the words of the other side, with a status our callers can take: %j',
    async (reply, problem) => {
      expect(await place([reply])).toEqual({ kind: 'refused', problem });
    },
  );

  it('is cut to what a cart and an event have room for', async () => {
    const long = { code: 'c'.repeat(9_999), description: 'd'.repeat(1_000_000) };

    expect(await place([{ status: 400, body: long }])).toEqual({
      kind: 'refused',
      problem: { code: 'c'.repeat(32), description: 'd'.repeat(1_024), status: 400 },
    });
    expect(await place([{ status: 429, body: { message: long.description } }])).toMatchObject({
      problem: { description: 'd'.repeat(1_024) },
    });
  });

  it('A response of the throttling in front of Partner Center is reported with its message', async () => {
    const body = { statusCode: 429, message: 'Rate limit is exceeded. Try again in 57 seconds.' };

    expect(await place([{ status: 429, body }])).toMatchObject({ problem: { description: body.message } });
  });

  it.each([
    [500, '57', 57_000],
    [409, '57', 57_000],
    [429, '0', 0],
    [503, 'soon', undefined],
  ])('of status %i asks to come back after %s s', async (status, header, retryAfterMs) => {
    const body = { code: '800060', description: 'Later.' };

    expect(await place([{ status, body, headers: { 'Retry-After': header } }])).toMatchObject({
      kind: 'retry',
      retryAfterMs,
    });
  });

  it.each([429, 503])('of status %i that names a time asks for a pause', async (status) => {
    const pause = { status, headers: { 'Retry-After': '57' } };
    const deferred = { kind: 'deferred', by: 'pause', waitMs: 57_000 };

    expect(await place([pause])).toMatchObject({ ...deferred, ambiguous: status === 503 });
    // This pause meets the look-up, which makes no order.
    expect(await place([pause], { ambiguousSinceMs: LONG_AGO })).toMatchObject({
      ...deferred,
      ambiguous: false,
    });
  });

  it('asks for a pause until a date', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();

    const outcome = await place([{ status: 503, headers: { 'Retry-After': date } }]);

    expect(outcome.kind === 'deferred' && outcome.waitMs).toBeGreaterThan(3_500_000);
  });
});

describe('no answer', () => {
  it('in time may mean that the order was made', async () => {
    expect(await place(['hang'], { timeoutMs: 200 })).toMatchObject({ kind: 'retry', ambiguous: true });
  });

  it('A refused connection means that no order was placed', async () => {
    const url = server.url();
    await server.close();

    expect(await place([], { url })).toMatchObject({ kind: 'retry', ambiguous: false });
  });

  it('is looked for without a token of our own', async () => {
    const token = () => Promise.reject(new Error('No identity.'));

    expect(await place([], { token })).toMatchObject({ kind: 'retry', ambiguous: false });
    expect(server.seen()).toEqual([]);
  });
});

it('says how long an order can take, so that a claim has room for it', () => {
  const maxPlacementMs = (timeoutMs: number) =>
    partnerCenterGateway({ ...peerOf('http://x'), timeoutMs }).maxPlacementMs;

  expect(maxPlacementMs(30_000)).toBeGreaterThan(60_000);
  expect(maxPlacementMs(LONGEST_TIMEOUT_MS)).toBeLessThan(MAX_PLACEMENT_MS);
  expect(() => readSettings({ PARTNER_CENTER_TIMEOUT: formatDuration(LONGEST_TIMEOUT_MS + 1_000) })).toThrow(
    'PARTNER_CENTER_TIMEOUT: ',
  );
});
