/** How the Partner Center gateway classifies each response: every decision, without a network. */
import { describe, expect, it } from 'vitest';
import { CODES } from '../../../shared/orders/gateways/partnerCenter/errorCodes.ts';
import { partnerCenterGateway } from '../../../shared/orders/gateways/partnerCenter/gateway.ts';
import { NOW, SECOND } from '../../support/samples.ts';
import { LIST_DELAY_MS, LONG_AGO, peerOf, placementOf } from './deskFixture.ts';
import { AMBIGUOUS_STATUSES } from './scripted.ts';
import { connectionError, type Step, scriptedFetch } from './scriptedFetch.ts';

const script = scriptedFetch();
const PLACEMENT = placementOf();
const ORDER = { id: 'order 1', externalReference: PLACEMENT.requestId };
const UPSTREAM = 'https://partner.example/base/';

type Circumstances = Partial<Parameters<typeof partnerCenterGateway>[0]> & { ambiguousSinceMs?: number };

/** Places the order in the given circumstances; the script has the responses. */
function place(steps: Step[], { ambiguousSinceMs, ...peer }: Circumstances = {}) {
  script.respond(...steps);
  return partnerCenterGateway({ ...peerOf(UPSTREAM), ...peer }).place({ ...PLACEMENT, ambiguousSinceMs });
}

const methods = () => script.sent().map(({ method }) => method);
const listOf = (items: unknown[], uri?: string, headers?: unknown) => ({
  status: 200,
  body: { items, ...(uri === undefined ? {} : { links: { next: { uri, headers } } }) },
});

describe('a first call', () => {
  it('The gateway sends an order once, under its request id and with the access token', async () => {
    expect(await place([{ status: 201, body: ORDER }])).toMatchObject({ kind: 'placed' });

    const { method, url, headers, body } = script.sent()[0]!;
    expect({ method, url }).toEqual({
      method: 'POST',
      url: `https://partner.example/base/v1/customers/${PLACEMENT.order.referenceCustomerId}/orders`,
    });
    expect(headers.get('MS-RequestId')).toBe(PLACEMENT.requestId);
    expect(headers.get('Authorization')).toBe('Bearer T');
    expect(JSON.parse(body ?? '')).toMatchObject({ externalReference: PLACEMENT.requestId });
  });

  it('A placed order has every field that Partner Center returns', async () => {
    const order = {
      ...ORDER,
      alternateId: 'alternate',
      status: 'completed',
      creationDate: '2026-03-15T18:00:00Z',
      lineItems: [{ subscriptionId: 'subscription' }],
    };

    expect(await place([{ status: 200, body: order }])).toEqual({
      kind: 'placed',
      order: {
        orderId: 'order 1',
        alternateId: 'alternate',
        placedMs: Date.UTC(2026, 2, 15, 18),
        status: 'completed',
        subscriptionIds: ['subscription'],
      },
    });
  });

  it.each([
    ['missing', {}],
    ['null', { alternateId: null, status: null, creationDate: null, lineItems: null }],
    ['of another type', { alternateId: {}, status: [], creationDate: 'soon', lineItems: [1] }],
  ])('An order is placed with defaults when its optional fields are %s', async (_, fields) => {
    expect(await place([{ status: 201, body: { ...ORDER, ...fields } }])).toEqual({
      kind: 'placed',
      order: {
        orderId: 'order 1',
        alternateId: 'order 1',
        placedMs: NOW,
        status: 'pending',
        subscriptionIds: [null],
      },
    });
  });

  it.each<{ response: Step; ambiguous: boolean }>([
    { response: { status: 401 }, ambiguous: false },
    { response: { status: 408 }, ambiguous: true },
    { response: { status: 429 }, ambiguous: false },
    { response: { status: 500 }, ambiguous: true },
    { response: { status: 503 }, ambiguous: true },
    { response: { status: 503, headers: { 'Retry-After': '0' } }, ambiguous: true },
    { response: { status: 422, body: { code: null, message: 'None.' } }, ambiguous: false },
    { response: { status: 404, body: 'no JSON' }, ambiguous: false },
    { response: { status: 409, body: { code: '800060' } }, ambiguous: true },
    { response: { status: 201, body: 'not JSON' }, ambiguous: true },
    { response: { status: 201, body: { id: '' } }, ambiguous: true },
    { response: { status: 201, body: 'x'.repeat(5e6) }, ambiguous: true },
    { response: connectionError('ECONNRESET'), ambiguous: true },
    { response: connectionError(), ambiguous: true },
    { response: connectionError('ECONNREFUSED'), ambiguous: false },
    { response: connectionError('ENOTFOUND'), ambiguous: false },
    { response: 'hang', ambiguous: true },
  ])('A call is retryable after $response, with ambiguous: $ambiguous', async ({ response, ambiguous }) => {
    expect(await place([response], { timeoutMs: 50 })).toMatchObject({
      kind: 'retry',
      ambiguous,
      problem: { code: '800005', status: 409 },
    });
  });

  it.each(AMBIGUOUS_STATUSES)('A response with status %i is ambiguous with any code', async (status) => {
    for (const code of [...Object.keys(CODES), '4711']) {
      const outcome = await place([{ status, body: { code, description: 'There is no inventory.' } }]);

      expect(outcome, code).toMatchObject({ kind: 'retry', ambiguous: true, problem: { code: '800005' } });
    }
  });

  it.each([
    { status: 429, waitMs: 57_000, ambiguous: false },
    { status: 503, waitMs: 57_000, ambiguous: true },
  ])('A call is deferred by the pause that status $status requests', async ({ status, ...deferral }) => {
    const response = { status, headers: { 'Retry-After': '57' } };

    expect(await place([response])).toMatchObject({ kind: 'deferred', by: 'pause', ...deferral });
  });

  it('A pause defers the next call of the same partner tenant', async () => {
    const peer = peerOf(UPSTREAM);
    await place([{ status: 429, headers: { 'Retry-After': '57' } }], peer);

    expect(await place([], peer)).toMatchObject({ kind: 'deferred', by: 'pause' });
    expect(methods()).toEqual(['POST']);
  });

  it.each([
    { response: { code: '800010', description: 'None.' }, status: 400, surfaced: 400, code: '800010' },
    { response: { code: 800089, description: 'None.' }, status: 403, surfaced: 403, code: '800089' },
    { response: { code: '800999', description: 'None.' }, status: 409, surfaced: 409, code: '800999' },
  ])(
    'An order is refused with the code and description of $response',
    async ({ response, status, surfaced, code }) => {
      expect(await place([{ status, body: response }])).toEqual({
        kind: 'refused',
        problem: { code, description: 'None.', status: surfaced },
      });
    },
  );

  it('A response outside Partner Center’s error format is retryable, with a description of the status', async () => {
    expect(await place([{ status: 404, body: 'no JSON' }])).toMatchObject({
      kind: 'retry',
      problem: { code: '800005', description: expect.stringContaining('404') },
    });
  });
});

describe('calls without a token or a permit', () => {
  it('Without an access token nothing is sent, and the call is retryable', async () => {
    const token = () => Promise.reject(new Error('No identity.'));

    expect(await place([], { token })).toMatchObject({ kind: 'retry', ambiguous: false });
    expect(await place([], { token, ambiguousSinceMs: LONG_AGO })).toMatchObject({
      kind: 'retry',
      ambiguous: false,
    });
    expect(methods()).toEqual([]);
  });

  it('A call beyond the outbound limit is deferred', async () => {
    const peer = peerOf(UPSTREAM, { perMinute: 2 });
    // The limit lets two requests through at once: a look-up and its order.
    for (let n = 0; n < 2; n++) await place([{ status: 201, body: ORDER }], peer);

    expect(await place([], peer)).toMatchObject({ kind: 'deferred', by: 'limit', ambiguous: false });
    expect(methods()).toEqual(['POST', 'POST']);
  });

  it('A call sleeps through a short wait for the outbound limit', async () => {
    const waitsMs: number[] = [];
    const sleep = async (ms: number) => void waitsMs.push(ms);
    const peer = peerOf(UPSTREAM, { perMinute: 30, sleep });
    const responses = Array.from({ length: 31 }, () => ({ status: 201, body: ORDER }));

    for (const response of responses) await place([response], peer);

    expect(waitsMs.length).toBeGreaterThan(0);
    expect(Math.max(...waitsMs)).toBeLessThanOrEqual(3 * SECOND);
  });
});

describe('calls after an ambiguous call', () => {
  const ambiguous = { ambiguousSinceMs: LONG_AGO };

  it('An ambiguous order that is listed, with its reference in any case, is placed and not sent again', async () => {
    const other = { id: 'other', externalReference: 'other' };
    const own = { ...ORDER, externalReference: PLACEMENT.requestId.toUpperCase() };

    expect(await place([listOf([null, {}, other, own])], ambiguous)).toMatchObject({
      kind: 'placed',
      order: { orderId: 'order 1' },
    });
    expect(methods()).toEqual(['GET']);
  });

  it('An ambiguous order is found on a later page, whose link has headers', async () => {
    const headers = [{ key: 'MS-ContinuationToken', value: 'page 2' }];
    const pages = [
      listOf([], '/customers/x/orders?page=2', headers),
      listOf([], '/v1/customers/x/orders'),
      listOf([ORDER]),
    ];

    expect(await place(pages, ambiguous)).toMatchObject({ kind: 'placed' });
    expect(script.sent().slice(1)).toMatchObject([
      { url: 'https://partner.example/base/v1/customers/x/orders?page=2' },
      { url: 'https://partner.example/base/v1/customers/x/orders' },
    ]);
    expect(script.sent()[1]?.headers.get('MS-ContinuationToken')).toBe('page 2');
  });

  it('An ambiguous order is sent again when it is old enough to be listed and is not', async () => {
    expect(await place([listOf([]), { status: 201, body: ORDER }], ambiguous)).toMatchObject({
      kind: 'placed',
    });
    expect(methods()).toEqual(['GET', 'POST']);
  });

  it.each([
    { ageMs: 0, waitMs: 5 * SECOND },
    { ageMs: LIST_DELAY_MS - 1, waitMs: 1 },
  ])(
    'An ambiguous order is looked up again in $waitMs ms when it is $ageMs ms old and not listed',
    async ({ ageMs, waitMs }) => {
      expect(await place([listOf([])], { ambiguousSinceMs: NOW - ageMs })).toMatchObject({
        kind: 'deferred',
        by: 'ambiguous',
        waitMs,
      });
    },
  );

  it.each<Step>([
    { status: 404 },
    { status: 500 },
    { status: 200, body: 'not JSON' },
    { status: 200, body: { items: [{ ...ORDER, id: null }] } },
    { status: 200, body: { items: [], links: { next: { uri: 'https://elsewhere.example' } } } },
    connectionError('ECONNRESET'),
  ])('An ambiguous order is neither sent nor refused when the look-up fails: %o', async (step) => {
    expect(await place([step], ambiguous)).toMatchObject({ kind: 'retry', ambiguous: false });
    expect(methods()).toEqual(['GET']);
  });

  it('An ambiguous order is neither sent nor refused when the list has more than 100 pages', async () => {
    const pages = Array.from({ length: 101 }, () => listOf([], '/customers/x/orders'));

    expect(await place(pages, ambiguous)).toMatchObject({ kind: 'retry', ambiguous: false });
    expect(new Set(methods())).toEqual(new Set(['GET']));
  });
});
