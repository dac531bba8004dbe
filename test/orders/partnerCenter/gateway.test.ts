/** The gateway to Partner Center: what it sends, and how it sorts what it is answered (a scripted server over HTTP). */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LONGEST_ORDER_MS } from '../../../shared/checkout/round.ts';
import { readSettings } from '../../../shared/config.ts';
import { durationText } from '../../../shared/duration.ts';
import { partnerCenterGateway } from '../../../shared/orders/gateways/partnerCenter/gateway.ts';
import { orderRequests } from '../../../shared/orders/order.ts';
import { cartOf, KEY, line, NOW } from '../../samples.ts';
import { peerOf } from './desk.ts';

type Reply = { status: number; body?: unknown; headers?: Record<string, string> } | 'hang' | 'hang up';
interface Seen {
  call: string;
  headers: IncomingMessage['headers'];
  body: string;
}

const REQUEST_ID = '11111111-1111-8111-8111-111111111111';
/** The longest that the settings allow. */
const LONGEST_TIMEOUT_MS = 90_000;
const PATH = `/v1/customers/${KEY.customer}/orders`;
const [ORDER] = orderRequests(cartOf([line({ quantity: 2 })])).values();
const made = {
  id: 'f76c6b7f449d',
  status: 'pending',
  creationDate: '2026-03-15T18:00:00Z',
  externalReference: REQUEST_ID,
  lineItems: [{ subscriptionId: 's1' }],
};

let server: Server;
let seen: Seen[];
let replies: Reply[];
beforeEach(async () => {
  [seen, replies] = [[], []];
  server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request)).toString();
    seen.push({ call: `${request.method} ${request.url}`, headers: request.headers, body });
    const reply = replies.shift() ?? { status: 500 };
    if (reply === 'hang') return;
    if (reply === 'hang up') return void request.socket.destroy();
    response.writeHead(reply.status, { 'Content-Type': 'application/json', ...reply.headers });
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function place(
  script: Reply[],
  { mayExist = false, timeoutMs = 5_000, token = async () => 'T', url = '' } = {},
) {
  replies.push(...script);
  const address = url || `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const gateway = partnerCenterGateway({ ...peerOf(address), token, timeoutMs });
  return gateway.place({ tenant: KEY.tenant, requestId: REQUEST_ID, order: ORDER!, nowMs: NOW, mayExist });
}

describe('an order', () => {
  it('is posted under its request id, which also goes in as its reference', async () => {
    await place([{ status: 201, body: made }]);

    expect(seen.map(({ call }) => call)).toEqual([`POST ${PATH}`]);
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer T',
      'ms-requestid': REQUEST_ID,
      'content-type': 'application/json',
    });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      referenceCustomerId: KEY.customer,
      billingCycle: 'monthly',
      currencyCode: 'USD',
      externalReference: REQUEST_ID,
      lineItems: [expect.objectContaining({ lineItemNumber: 0, quantity: 2, transactionType: 'New' })],
    });
  });

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

  it('is placed now, without subscriptions, when the answer says no more than its id', async () => {
    expect(await place([{ status: 200, body: { id: 'x' } }])).toMatchObject({
      order: { orderId: 'x', placedMs: NOW, status: 'pending', subscriptionIds: [null] },
    });
  });
});

describe('an order that may exist', () => {
  it('is looked for by its reference, and not posted when it is there', async () => {
    const items = [{ ...made, id: 'other', externalReference: 'other' }, made];

    const outcome = await place([{ status: 200, body: { items } }], { mayExist: true });

    expect(outcome).toMatchObject({ kind: 'placed', order: { orderId: made.id } });
    expect(seen.map(({ call }) => call)).toEqual([`GET ${PATH}`]);
  });

  it('is posted under the same request id when it is not there', async () => {
    await place(
      [
        { status: 200, body: { items: [] } },
        { status: 201, body: made },
      ],
      { mayExist: true },
    );

    expect(seen.map(({ call }) => call)).toEqual([`GET ${PATH}`, `POST ${PATH}`]);
    expect(seen[1]?.headers['ms-requestid']).toBe(REQUEST_ID);
  });

  it.each<Reply>([
    { status: 503 },
    { status: 429 },
    { status: 404 },
    { status: 200, body: '<html>' },
    'hang up',
  ])('may still exist when nobody can look, and is not posted: %j', async (reply) => {
    expect(await place([reply], { mayExist: true })).toMatchObject({ kind: 'retry', ambiguous: true });
    expect(seen).toHaveLength(1);
  });
});

describe('an answer that is no order', () => {
  it.each<[string, Reply, boolean]>([
    ['too many', { status: 429 }, false],
    ['unavailable', { status: 503 }, false],
    ['our token', { status: 401 }, false],
    ['time-out', { status: 408 }, true],
    ['an error', { status: 500 }, true],
    ['a gateway on the way', { status: 502, body: '<html>' }, true],
    ['in progress', { status: 409, body: { code: '800060', description: 'In progress.' } }, true],
    ['busy', { status: 409, body: { code: 800064, description: 'Busy.' } }, true],
    ['created, but what?', { status: 201, body: 'created' }, true],
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
      { status: 422, body: 'no' },
      { code: '800005', description: 'The ordering service answered 422.', status: 400 },
    ],
  ])(
    'is a refusal, in the words of the other side, with a status our callers can take: %j',
    async (reply, problem) => {
      expect(await place([reply])).toEqual({ kind: 'refused', problem });
    },
  );

  it('by the throttling in front of Partner Center is told in its words', async () => {
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
    const held = { kind: 'held', by: 'pause', waitMs: 57_000 };

    expect(await place([pause])).toMatchObject({ ...held, ambiguous: false });
    expect(await place([pause], { mayExist: true })).toMatchObject({ ...held, ambiguous: true });
  });

  it('asks for a pause until a date', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();

    const outcome = await place([{ status: 503, headers: { 'Retry-After': date } }]);

    expect(outcome.kind === 'held' && outcome.waitMs).toBeGreaterThan(3_500_000);
  });
});

describe('no answer', () => {
  it('in time may mean that the order was made', async () => {
    expect(await place(['hang'], { timeoutMs: 200 })).toMatchObject({ kind: 'retry', ambiguous: true });
  });

  it('because nobody listens means that it was not', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await new Promise((resolve) => server.close(resolve));

    expect(await place([], { url })).toMatchObject({ kind: 'retry', ambiguous: false });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  it('is looked for without a token of our own', async () => {
    const token = () => Promise.reject(new Error('No identity.'));

    expect(await place([], { token })).toMatchObject({ kind: 'retry', ambiguous: false });
    expect(seen).toEqual([]);
  });
});

it('says how long an order can take, so that a claim has room for it', () => {
  const orderMs = (timeoutMs: number) => partnerCenterGateway({ ...peerOf('http://x'), timeoutMs }).orderMs;

  expect(orderMs(30_000)).toBeGreaterThan(60_000);
  expect(orderMs(LONGEST_TIMEOUT_MS)).toBeLessThan(LONGEST_ORDER_MS);
  expect(() => readSettings({ PARTNER_CENTER_TIMEOUT: durationText(LONGEST_TIMEOUT_MS + 1_000) })).toThrow(
    'PARTNER_CENTER_TIMEOUT: ',
  );
});
