/**
 * Pass-through on the running host, with the ordering desk behind: what storefronts send beside carts reaches the desk
 * as it is, and no form of a path lets a request leave the API of Partner Center or reach its carts.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SeenRequest } from '../../local/ordering-desk/desk.ts';
import { type Service, sharedService } from './running.ts';
import { filled, headersOf, PASSED, targetOf } from './storefront.ts';

let service: Service;
let token: string;
beforeAll(async () => {
  service = await sharedService('bulk');
  token = await service.token({ user: randomUUID() });
});

/** What the desk has seen of requests with this request id. */
async function seenAtDesk(requestId: string): Promise<SeenRequest[]> {
  const all = (await (await fetch(`${service.deskUrl}/desk/requests`)).json()) as SeenRequest[];
  return all.filter((seen) => seen.requestId === requestId);
}

it.each(PASSED.map((one) => [`${one.client}: ${one.path}`, one] as const))(
  'A request of an SDK reaches Partner Center with its own token and ids (%s)',
  async (_, { client, method, path, query }) => {
    const requestId = randomUUID();
    const customerId = randomUUID();
    const target = filled(path, () => customerId) as string;

    const answer = await service.call(method, targetOf({ path: target, ...(query && { query }) }), {
      headers: { ...headersOf(client), 'MS-RequestId': requestId, 'MS-CorrelationId': customerId },
    });

    expect(answer.headers.get('MS-RequestId')).toBe(requestId);
    expect(answer.headers.get('MS-CorrelationId')).toBe(customerId);
    expect(answer.headers.get('MS-ServerId')).toBeNull();
    expect(await seenAtDesk(requestId)).toMatchObject([{ method, path: target }]);
    if (answer.status !== 200) expect(answer.body.source).toBe('OrderingDesk');
  },
);

/** Sends bytes and returns the final status, or 0 when the connection ended without a response. */
async function statusOf(bytes: string): Promise<number> {
  const { port } = new URL(service.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.setTimeout(20_000, () => socket.destroy());
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString('latin1'))).on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  const [, status] = /^(?:HTTP\/1\.1 1\d\d.*?\r\n\r\n)*HTTP\/1\.1 (\d{3})/s.exec(received) ?? [];
  return Number(status ?? 0);
}

const CUSTOMER = 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d';
const HOST = () => `Host: ${new URL(service.url).host}`;

describe('a hostile request on the wire reaches nothing but the API of Partner Center', () => {
  const targets: [string, string][] = [
    ['a host after two slashes', `//other.example/v1/invoices`],
    ['a URL as a path', `/http://other.example/v1/invoices`],
    ['dot segments', `/v1/../../admin`],
    ['encoded dot segments', `/v1/%2e%2e/%2e%2e/admin`],
    ['doubly encoded dot segments', `/v1/%252e%252e/admin`],
    ['backslashes', `/v1/..\\..\\admin`],
    ['encoded backslashes', `/v1/..%5c..%5cadmin`],
    ['an encoded path to carts', `/v1/customers%2f${CUSTOMER}%2fcarts`],
    ['a doubly encoded path to carts', `/v1/customers/${CUSTOMER}%252fcarts`],
    ['carts in capitals', `/V1/CUSTOMERS/${CUSTOMER}/CARTS/x/y`],
    ['carts behind dots', `/v1/customers/${CUSTOMER}/x/../carts/y/z/a`],
    ['carts with a path parameter', `/v1/customers/${CUSTOMER}/carts;a=b/x`],
    ['carts in fullwidth', `/v1/customers/${CUSTOMER}/%EF%BD%83arts/x/y`],
    ['a dot segment with a parameter', `/v1/products/..;/customers/${CUSTOMER}/carts/x/y`],
    ['a fragment', '/v1/invoices#@other.example/'],
    ['credentials', '/v1/invoices@other.example:443/'],
    ['a line break', `/v1/invoices%0d%0aX-Injected:%201`],
  ];
  const heads: [string, string][] = [
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3'],
    ['a length beside chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked'],
    ['a spelling of chunked', 'Transfer-Encoding: xchunked'],
    ['a connection header that names the token', 'Connection: close, Authorization'],
    ['an override of the method', 'X-HTTP-Method-Override: DELETE\r\nX-Original-URL: /v1/customers/x/carts'],
    ['an expectation', 'Expect: 100-continue'],
    [
      'another protocol',
      'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__',
    ],
    ['a web socket', 'Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13'],
    ['trailers', 'TE: trailers\r\nTrailer: Authorization'],
    ['two hosts', 'Host: other.example'],
    ['two tokens', 'Authorization: Bearer other'],
    ['a blank before a colon', 'Content-Length : 3'],
    ['a folded line', 'X-A: b\r\n Authorization: Bearer other'],
    ['a line feed alone', 'X-A: b\nX-Original-URL: /v1/customers/x/carts'],
    ['another host', 'X-Forwarded-Host: other.example\r\nForwarded: host=other.example'],
  ];

  it.each(targets)('A target with %s reaches nothing but the API of Partner Center', async (_, target) => {
    const requestId = randomUUID();

    const status = await statusOf(
      `GET ${target} HTTP/1.1\r\n${HOST()}\r\nAuthorization: Bearer ${token}\r\nMS-RequestId: ${requestId}\r\nConnection: close\r\n\r\n`,
    );

    expect([200, 400, 404]).toContain(status);
    for (const { path } of await seenAtDesk(requestId)) {
      expect(path).toMatch(/^\/v1\/(?!.*(?:carts|\.\.|%2e))/i);
    }
  });

  it('A target in absolute form reaches nothing but the API of Partner Center', async () => {
    const requestId = randomUUID();
    const head = `Authorization: Bearer ${token}\r\nMS-RequestId: ${requestId}\r\nConnection: close\r\n\r\n`;

    await statusOf(`GET http://other.example/v1/invoices HTTP/1.1\r\nHost: other.example\r\n${head}`);
    await statusOf(`GET http://other.example/v1/invoices HTTP/1.1\r\n${HOST()}\r\n${head}`);

    for (const { path } of await seenAtDesk(requestId)) expect(path).toBe('/v1/invoices');
  });

  it.each(heads)('A head with %s reaches nothing but the API of Partner Center', async (_, lines) => {
    const requestId = randomUUID();

    const status = await statusOf(
      `POST /v1/extensions/product/checkinventory?country=US HTTP/1.1\r\n${HOST()}\r\nAuthorization: Bearer ${token}\r\nMS-RequestId: ${requestId}\r\n${lines}\r\n${/Connection/.test(lines) ? '' : 'Connection: close\r\n'}${/Length|Encoding/.test(lines) ? '' : 'Content-Length: 18\r\n'}\r\n{"targetItems":[]}`,
    );

    expect([0, 200, 400, 401, 408, 501]).toContain(status);
    const seen = await seenAtDesk(requestId);
    expect(seen.length).toBeLessThanOrEqual(1);
    for (const { method, path, outcome } of seen) {
      expect([method, path]).toEqual(['POST', '/v1/extensions/product/checkinventory']);
      expect(outcome).not.toBe('unauthorized');
    }
  });
});
