/** The Partner Center gateway over HTTP with a scripted server: its requests, and how it classifies the responses. */
import { describe, expect, it } from 'vitest';
import { MAX_PLACEMENT_MS } from '../../../shared/checkout/placeOrders.ts';
import { readSettings } from '../../../shared/config.ts';
import { formatDuration } from '../../../shared/duration.ts';
import { partnerCenterGateway } from '../../../shared/orders/gateways/partnerCenter/gateway.ts';
import { KEY, NOW } from '../../support/samples.ts';
import { LONG_AGO, peerOf } from './deskFixture.ts';
import { PATH, REQUEST_ID, type Reply, scriptedServer, UPSTREAM_ORDER } from './scripted.ts';

/** The longest time-out that the settings allow. */
const LONGEST_TIMEOUT_MS = 90_000;
const LONG = 'x'.repeat(10_000);
const server = scriptedServer();
const { place } = server;

describe('orders', () => {
  it('An order is posted under its request id, which is also its external reference', async () => {
    await place([{ status: 201, body: UPSTREAM_ORDER }]);

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
    'An order is posted below the path of the configured URL: %s',
    async (path) => {
      await place([{ status: 201, body: UPSTREAM_ORDER }], { url: `${server.url()}${path}` });
      await place([{ status: 200, body: { items: [UPSTREAM_ORDER] } }], {
        url: `${server.url()}${path}`,
        ambiguousSinceMs: LONG_AGO,
      });

      expect(server.seen().map(({ call }) => call)).toEqual([
        `POST /partnercenter${PATH}`,
        `GET /partnercenter${PATH}`,
      ]);
    },
  );

  it('An order is placed with the fields of the response', async () => {
    expect(await place([{ status: 201, body: UPSTREAM_ORDER }])).toEqual({
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
    { alternateId: {}, status: {}, creationDate: 'soon', lineItems: [null] },
    { alternateId: '', status: null, creationDate: '0001-01-01T00:00:00', lineItems: [{}] },
    { alternateId: 1.5, status: null, creationDate: '9999-12-31T00:00:00Z', lineItems: 'none' },
    { alternateId: LONG, status: LONG, creationDate: LONG, lineItems: [{ subscriptionId: LONG }] },
  ])('An order is placed although its optional fields are unusable: %j', async (more) => {
    expect(await place([{ status: 201, body: { ...UPSTREAM_ORDER, ...more } }])).toMatchObject({
      kind: 'placed',
      order: {
        orderId: UPSTREAM_ORDER.id,
        alternateId: UPSTREAM_ORDER.id,
        placedMs: NOW,
        status: 'pending',
        subscriptionIds: [null],
      },
    });
  });

  it.each<[string, unknown, string]>([
    ['a number', 4_711, '4711'],
    ['half of a surrogate pair', 'a\ud800', 'a\ufffd'],
    ['a space', ' ', ' '],
  ])('An order is placed whose id is or contains %s', async (_, id, orderId) => {
    const outcome = await place([{ status: 201, body: { ...UPSTREAM_ORDER, id } }]);

    expect(outcome).toMatchObject({ kind: 'placed', order: { orderId } });
  });

  it('An order whose response has only an id is placed now, without subscriptions', async () => {
    expect(await place([{ status: 200, body: { id: 'x' } }])).toMatchObject({
      order: { orderId: 'x', placedMs: NOW, status: 'pending', subscriptionIds: [null] },
    });
  });
});

describe('responses other than an order', () => {
  it.each<[string, Reply, boolean]>([
    ['too many requests', { status: 429 }, false],
    ['an unavailable service', { status: 503 }, true],
    [
      'an unavailable service that requests an immediate retry',
      { status: 503, headers: { 'Retry-After': '0' } },
      true,
    ],
    ['a rejected token', { status: 401 }, false],
    ['a request time-out', { status: 408 }, true],
    ['an internal error', { status: 500 }, true],
    ['an error of an intermediary', { status: 502, body: '<html>' }, true],
    ['a gateway time-out', { status: 504 }, true],
    [
      'a conflict with an order in progress',
      { status: 409, body: { code: '800060', description: 'In progress.' } },
      true,
    ],
    ['a conflict with a busy resource', { status: 409, body: { code: 800064, description: 'Busy.' } }, true],
    ['an unreadable order', { status: 201, body: 'created' }, true],
    ['an order with an id that is too long', { status: 201, body: { ...UPSTREAM_ORDER, id: LONG } }, true],
    [
      'a response that is too large',
      { status: 201, body: `${JSON.stringify(UPSTREAM_ORDER)}${' '.repeat(5e6)}` },
      true,
    ],
    ['a broken connection', 'hang up', true],
  ])('A call is retryable after %s', async (_, reply, ambiguous) => {
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
    'A rejection is reported with the upstream code and description and a status for callers: %j',
    async (reply, problem) => {
      expect(await place([reply])).toEqual({ kind: 'refused', problem });
    },
  );

  it('Upstream descriptions are truncated to fit a cart and an event', async () => {
    const long = { code: '800010', description: 'd'.repeat(1_000_000) };

    expect(await place([{ status: 400, body: long }])).toEqual({
      kind: 'refused',
      problem: { code: '800010', description: 'd'.repeat(1_024), status: 400 },
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
  ])(
    'Status %i with Retry-After %s is a retryable failure with that wait',
    async (status, header, retryAfterMs) => {
      const body = { code: '800060', description: 'Later.' };

      expect(await place([{ status, body, headers: { 'Retry-After': header } }])).toMatchObject({
        kind: 'retry',
        retryAfterMs,
      });
    },
  );

  it.each([429, 503])(
    'Status %i with Retry-After requests a pause, before and during a look-up',
    async (status) => {
      const pause = { status, headers: { 'Retry-After': '57' } };
      const deferred = { kind: 'deferred', by: 'pause', waitMs: 57_000 };

      expect(await place([pause])).toMatchObject({ ...deferred, ambiguous: status === 503 });
      // The response to a look-up does not make the order ambiguous.
      expect(await place([pause], { ambiguousSinceMs: LONG_AGO })).toMatchObject({
        ...deferred,
        ambiguous: false,
      });
    },
  );

  it('A pause is requested until the date in Retry-After', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();

    const outcome = await place([{ status: 503, headers: { 'Retry-After': date } }]);

    expect(outcome.kind === 'deferred' && outcome.waitMs).toBeGreaterThan(3_500_000);
  });
});

describe('no response', () => {
  it('An order is ambiguous when the response does not arrive in time', async () => {
    expect(await place(['hang'], { timeoutMs: 200 })).toMatchObject({ kind: 'retry', ambiguous: true });
  });

  it('A refused connection means that no order was placed', async () => {
    const url = server.url();
    await server.close();

    expect(await place([], { url })).toMatchObject({ kind: 'retry', ambiguous: false });
  });

  it('Nothing is sent without an access token', async () => {
    const token = () => Promise.reject(new Error('No identity.'));

    expect(await place([], { token })).toMatchObject({ kind: 'retry', ambiguous: false });
    expect(server.seen()).toEqual([]);
  });
});

it('The maximum placement time covers the time-outs of an order and stays below the longest lease', () => {
  const maxPlacementMs = (timeoutMs: number) =>
    partnerCenterGateway({ ...peerOf('http://x'), timeoutMs }).maxPlacementMs;

  expect(maxPlacementMs(30_000)).toBeGreaterThan(60_000);
  expect(maxPlacementMs(LONGEST_TIMEOUT_MS)).toBeLessThan(MAX_PLACEMENT_MS);
  expect(() => readSettings({ PARTNER_CENTER_TIMEOUT: formatDuration(LONGEST_TIMEOUT_MS + 1_000) })).toThrow(
    'PARTNER_CENTER_TIMEOUT: ',
  );
});
