/** Pass-through to Partner Center (docs/contract.md 23), with a server of the test in its place. */
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { tokenOf } from '../support/inProcess.ts';
import { type Ask, passingThrough } from './fixture.ts';
import { startUpstream, type UpstreamServer } from './upstreamServer.ts';

const CUSTOMER = randomUUID();

let keys: KeyServer;
let token: string;
let partnerCenter: UpstreamServer;
let elsewhere: UpstreamServer;
let ask: Ask;
let log: ReturnType<typeof passingThrough>['log'];
beforeAll(async () => {
  [keys, partnerCenter, elsewhere] = await Promise.all([startKeyServer(), startUpstream(), startUpstream()]);
  token = await tokenOf(keys, { user: randomUUID() });
});
afterAll(() => Promise.all([keys?.stop(), partnerCenter?.stop(), elsewhere?.stop()]));
beforeEach(() => {
  partnerCenter.received.length = 0;
  partnerCenter.respond((response) => response.writeHead(200).end('{"a":1}'));
  ({ ask, log } = passingThrough(keys, partnerCenter.url));
});

const bearer = () => ({ Authorization: `Bearer ${token}` });
const only = () => {
  expect(partnerCenter.received).toHaveLength(1);
  return partnerCenter.received[0]!;
};

describe('a request that is not served here', () => {
  it('A request that is not served here goes to Partner Center with its method, query, headers, body and token', async () => {
    const body = Buffer.from([0, 1, 2, 255]);
    const headers = {
      ...bearer(),
      'Content-Type': 'multipart/form-data; boundary=x',
      'Content-Length': String(body.length),
      'MS-RequestId': randomUUID(),
      'MS-CorrelationId': 'not a GUID',
      'X-Locale': 'de-DE',
      Host: 'cartwright.example',
    };

    await ask('POST', '/v1/customers?size=5&filter=%7B%22a%22%3A1%7D', { headers, body });

    const { method, target, headers: received, body: receivedBody } = only();
    expect([method, target]).toEqual(['POST', '/v1/customers?size=5&filter=%7B%22a%22%3A1%7D']);
    expect(receivedBody).toEqual(body);
    expect(received).toEqual({
      host: `127.0.0.1:${partnerCenter.port}`,
      connection: 'keep-alive',
      authorization: `Bearer ${token}`,
      'content-type': 'multipart/form-data; boundary=x',
      'content-length': '4',
      'ms-requestid': headers['MS-RequestId'],
      'ms-correlationid': 'not a GUID',
      'x-locale': 'de-DE',
    });
  });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'])(
    'A passed-through request may be a %s',
    async (method) => {
      const { status } = await ask(method, `/v1/customers/${CUSTOMER}/users`, { headers: bearer() });

      expect([status, only().method, only().target]).toEqual([
        200,
        method,
        `/v1/customers/${CUSTOMER}/users`,
      ]);
    },
  );

  it('A passed-through request gets the response as it is: status, headers, compression and bytes', async () => {
    const bytes = gzipSync('{"totalCount":1}');
    partnerCenter.respond((response) =>
      response
        .writeHead(409, {
          'Content-Type': 'application/json; charset=utf-8',
          'Content-Encoding': 'gzip',
          'MS-RequestId': 'as Partner Center has it',
          'X-Locale': 'en-US,en-US',
          'Retry-After': '7',
        })
        .end(bytes),
    );

    const { status, headers, bytes: returned } = await ask('GET', '/v1/invoices', { headers: bearer() });

    expect([status, returned]).toEqual([409, bytes]);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-encoding': 'gzip',
      'ms-requestid': 'as Partner Center has it',
      'x-locale': 'en-US,en-US',
      'retry-after': '7',
    });
    expect(Object.keys(headers)).not.toContain('MS-ServerId');
  });

  it('A passed-through request is written to the log in one line, without ids, query, token and content', async () => {
    await ask('POST', `/v1/customers/${CUSTOMER}/users?secret=1`, { headers: bearer(), body: '{"b":2}' });

    expect(log).toEqual([
      [
        'request passed through',
        {
          method: 'POST',
          path: 'customers/*/users',
          status: 200,
          requestBytes: 7,
          responseBytes: 7,
          durationMs: expect.any(Number),
        },
      ],
    ]);
  });
});

describe('only an authorized caller reaches Partner Center', () => {
  it.each([
    ['no token', {}],
    ['another token', { Authorization: 'Bearer a.b.c' }],
    ['basic authentication', { Authorization: 'Basic YTpi' }],
  ])('%s is 401', async (_, headers) => {
    expect((await ask('GET', '/v1/products', { headers })).status).toBe(401);
    expect(partnerCenter.received).toEqual([]);
  });

  it('A user without a role for writing may read only', async () => {
    const roles = { AUTH_READ_ROLES: 'HelpdeskAgent', AUTH_WRITE_ROLES: 'AdminAgent' };
    const strict = passingThrough(keys, partnerCenter.url, roles);
    const helpdesk = await tokenOf(keys, { user: randomUUID(), roles: ['HelpdeskAgent'] });
    const headers = { Authorization: `Bearer ${helpdesk}` };

    expect((await strict.ask('GET', '/v1/customers', { headers })).status).toBe(200);
    for (const [method, path] of [
      ['POST', '/v1/customers'],
      ['DELETE', `/v1/customers/${CUSTOMER}`],
      ['PATCH', `/v1/customers/${CUSTOMER}/subscriptions/${CUSTOMER}`],
    ] as const) {
      expect((await strict.ask(method, path, { headers })).json?.code).toBe('900150');
    }
    await strict.ask('GET', '/v1/customers', { headers: { ...headers, 'X-HTTP-Method-Override': 'DELETE' } });
    expect(partnerCenter.received.map(({ method }) => method)).toEqual(['GET', 'GET']);
    expect(partnerCenter.received[1]?.headers).not.toHaveProperty('x-http-method-override');
  });

  it('Each caller’s own token is used, also when requests run at the same time', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => tokenOf(keys, { user: randomUUID() })));
    partnerCenter.respond((response, { headers }) =>
      setTimeout(() => response.end(headers.authorization), Math.random() * 20),
    );

    const answers = await Promise.all(
      tokens.map((one) => ask('GET', '/v1/customers', { headers: { Authorization: `Bearer ${one}` } })),
    );

    expect(answers.map(({ bytes }) => bytes.toString())).toEqual(tokens.map((one) => `Bearer ${one}`));
  });

  it('A passed-through request counts against the rate of the caller, and against no other', async () => {
    const limited = passingThrough(keys, partnerCenter.url, {
      RATE_LIMIT: '1',
      PARTNER_CENTER_RATE_LIMIT: '2',
    });
    const other = await tokenOf(keys, { tenant: randomUUID() });

    expect((await limited.ask('GET', '/v1/customers', { headers: bearer() })).status).toBe(200);
    expect((await limited.ask('GET', '/v1/customers', { headers: bearer() })).status).toBe(429);
    expect(
      (await limited.ask('GET', '/v1/customers', { headers: { Authorization: `Bearer ${other}` } })).status,
    ).toBe(200);
    expect(partnerCenter.received).toHaveLength(2);
  });
});

describe('what is served here is never passed through', () => {
  it.each([
    ['DELETE', `/v1/customers/${CUSTOMER}/carts/${randomUUID()}`],
    ['PATCH', `/v1//CUSTOMERS/${CUSTOMER}/Carts/${randomUUID()}/`],
    ['GET', `/customers/${CUSTOMER}/carts`],
    ['POST', `/v1/customers/${CUSTOMER}/carts/${randomUUID()}/checkout/again`],
    ['DELETE', '/v1/bulkorders'],
    ['GET', `/v1/customers%2F${CUSTOMER}%2Fcarts`],
    ['GET', `/v1/customers/${CUSTOMER}/x/..%2Fcarts`],
  ])('%s %s is 404', async (method, path) => {
    const { status, json } = await ask(method, path, { headers: bearer() });

    expect([status, json?.code]).toEqual([404, '1000']);
    expect(partnerCenter.received).toEqual([]);
  });

  it('Nothing is passed through when the setting says so', async () => {
    const own = passingThrough(keys, partnerCenter.url, { PASS_THROUGH: 'false' });

    expect((await own.ask('GET', '/v1/invoices', { headers: bearer() })).status).toBe(404);
    expect(
      (await own.ask('GET', `/v1/customers/${CUSTOMER}/orders`, { headers: bearer() })).json,
    ).toMatchObject({ totalCount: 0 });
    expect(partnerCenter.received).toEqual([]);
  });
});

describe('no request reaches another host', () => {
  it.each([
    ['an absolute target', () => `${elsewhere.url}/v1/products`],
    ['a host after two slashes', () => `//127.0.0.1:${elsewhere.port}/v1/products`],
    ['a URL in the path', () => `/${elsewhere.url}/v1/products`],
    ['credentials before a host', () => `//x@127.0.0.1:${elsewhere.port}/v1/products`],
    ['a URL in the query', () => `/v1/products?next=${elsewhere.url}`],
  ])('No request reaches another host by %s', async (_, path) => {
    const before = elsewhere.connections();

    await ask('GET', path(), { headers: { ...bearer(), Host: `127.0.0.1:${elsewhere.port}` } });

    expect(elsewhere.connections()).toBe(before);
    for (const { headers, target } of partnerCenter.received) {
      expect([headers.host, target.startsWith('/v1/')]).toEqual([`127.0.0.1:${partnerCenter.port}`, true]);
    }
  });

  it.each([301, 302, 303, 307, 308])(
    'No request reaches another host by a redirect with %s, which is returned',
    async (status) => {
      partnerCenter.respond((response) =>
        response.writeHead(status, { Location: `${elsewhere.url}/v1/products` }).end(),
      );
      const before = elsewhere.connections();

      const answer = await ask('POST', '/v1/customers', { headers: bearer(), body: '{}' });

      expect([answer.status, answer.headers.location]).toEqual([status, `${elsewhere.url}/v1/products`]);
      expect([elsewhere.connections(), partnerCenter.received.length]).toEqual([before, 1]);
    },
  );

  it('Below a base URL with a path, no request leaves that path', async () => {
    const below = passingThrough(keys, `${partnerCenter.url}/api/`);

    await below.ask('GET', '/v1/../../products', { headers: bearer() });
    await below.ask('GET', '/v1/customers', { headers: bearer() });

    expect(partnerCenter.received.map(({ target }) => target)).toEqual([
      '/api/v1/products',
      '/api/v1/customers',
    ]);
  });
});
