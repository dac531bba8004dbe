/** Pass-through when Partner Center, or what is sent to it, is too large, too slow or not there (docs/contract.md 23.7 to 23.9). */
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_REQUEST_BYTES } from '../../shared/http/passRequest.ts';
import { upstream } from '../../shared/passThrough/upstream.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { tokenOf } from '../support/inProcess.ts';
import { passingThrough } from './fixture.ts';
import { startUpstream, type UpstreamServer } from './upstreamServer.ts';

let keys: KeyServer;
let token: string;
let partnerCenter: UpstreamServer;
beforeAll(async () => {
  [keys, partnerCenter] = await Promise.all([startKeyServer(), startUpstream()]);
  token = await tokenOf(keys);
});
afterAll(() => Promise.all([keys?.stop(), partnerCenter?.stop()]));

const bearer = () => ({ Authorization: `Bearer ${token}` });
const GET = { method: 'GET', target: '/v1/a', headers: {}, body: new Uint8Array() };
const POST = { ...GET, method: 'POST' };

describe('a body that is too large', () => {
  it.each([
    ['declared', { 'Content-Length': String(MAX_REQUEST_BYTES + 1) }, '{}'],
    ['sent', {}, Buffer.alloc(MAX_REQUEST_BYTES + 1)],
  ])('A body that is too large is 400 when it is %s, and is not passed through', async (_, headers, body) => {
    const { ask } = passingThrough(keys, partnerCenter.url);

    const { status, json } = await ask('POST', '/v1/customers', {
      headers: { ...bearer(), ...headers },
      body,
    });

    expect([status, json?.code, partnerCenter.received.length]).toEqual([400, '800002', 0]);
  });

  it('A body is 400 when it is chunked, because the host does not hand it over', async () => {
    const { ask } = passingThrough(keys, partnerCenter.url);

    const { status } = await ask('POST', '/v1/customers', {
      headers: { ...bearer(), 'Transfer-Encoding': 'chunked' },
    });

    expect([status, partnerCenter.received.length]).toEqual([400, 0]);
  });
});

describe('a response that is too large', () => {
  it.each([
    ['declared', (body: Buffer) => ({ 'Content-Length': String(body.length) })],
    ['sent in chunks', () => ({})],
  ])('A response that is too large is not received to its end when it is %s', async (_, headers) => {
    const body = Buffer.alloc(2_000);
    partnerCenter.respond((response) => response.writeHead(200, headers(body)).end(body));
    const { send } = upstream({ url: partnerCenter.url, timeoutMs: 2_000, maxBytes: 1_000 });

    expect(await send(GET)).toEqual({ failed: 'tooLarge', reason: 'more than 1000 bytes' });
    expect(await send({ ...GET, method: 'HEAD' })).toMatchObject({ status: 200 });
  });

  it('A response is refused when all responses together need too much memory, and memory is free again afterwards', async () => {
    partnerCenter.respond((response) => void response.writeHead(200).write(Buffer.alloc(600)));
    const { send } = upstream({ url: partnerCenter.url, timeoutMs: 500, maxBytesInFlight: 1_000 });

    const outcomes = await Promise.all([send(GET), send(GET)]);
    partnerCenter.respond((response) => response.end(Buffer.alloc(900)));

    expect(outcomes.map((one) => 'reason' in one && one.reason).sort()).toEqual([
      'responses exceed the memory for them',
      'timeout',
    ]);
    expect(await send(GET)).toMatchObject({ status: 200 });
  });
});

describe('no request hangs', () => {
  const slow: [string, Parameters<UpstreamServer['respond']>[0]][] = [
    ['no response', () => undefined],
    ['a head and no body', (response) => void response.writeHead(200).write('{')],
    [
      'a body that never ends',
      (response) => {
        const timer = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ];
  it.each(slow)('%s is 503 in time', async (_, respond) => {
    partnerCenter.respond(respond);
    const { ask, log } = passingThrough(keys, partnerCenter.url, { PARTNER_CENTER_TIMEOUT: 'PT0.3S' });

    const { status, headers, json } = await ask('POST', '/v1/customers', { headers: bearer(), body: '{}' });

    expect([status, headers['Retry-After'], json?.code]).toEqual([503, '5', '800003']);
    expect(log).toEqual([['request not passed through', expect.objectContaining({ reason: 'timeout' })]]);
  });
});

describe('a Partner Center that is no HTTP server', () => {
  let server: Server;
  let bytes: string;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).once('data', () => socket.end(bytes));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it.each([
    ['nothing', ''],
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n'],
    ['a body that is cut', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}'],
    ['a status that no client knows', 'HTTP/1.1 799 Odd\r\nContent-Length: 2\r\n\r\n{}'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    [
      'a length beside chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
    ],
    ['an endless head', `HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(20_000)}`],
  ])('%s is 503', async (_, sent) => {
    bytes = sent;
    const { port } = server.address() as { port: number };
    const { ask } = passingThrough(keys, `http://127.0.0.1:${port}`);

    const { status, json } = await ask('GET', '/v1/customers', { headers: bearer() });

    expect([status, json?.code]).toEqual([503, '800003']);
  });

  it('Nothing that listens is 503', async () => {
    const { ask } = passingThrough(keys, 'http://127.0.0.1:9');

    expect((await ask('GET', '/v1/customers', { headers: bearer() })).status).toBe(503);
  });
});

describe('a kept connection that Partner Center has closed', () => {
  /** Answers the first request of every connection, and cuts the connection at the second. */
  const cutSecond = (counts: Map<unknown, number>): Parameters<UpstreamServer['respond']>[0] => {
    return (response) => {
      const { socket } = response;
      const count = (counts.get(socket) ?? 0) + 1;
      counts.set(socket, count);
      if (count > 1) socket?.resetAndDestroy();
      else response.end('{}');
    };
  };

  it('A kept connection that was closed does not fail a request that changes nothing', async () => {
    partnerCenter.respond(cutSecond(new Map()));
    const { send } = upstream({ url: partnerCenter.url, timeoutMs: 2_000 });

    await send(GET);

    expect(await send(GET)).toMatchObject({ status: 200 });
  });

  it('A request that may change something is not sent twice when a kept connection was closed', async () => {
    partnerCenter.respond(cutSecond(new Map()));
    const { send } = upstream({ url: partnerCenter.url, timeoutMs: 2_000 });
    await send(GET);
    const before = partnerCenter.received.length;

    expect(await send(POST)).toMatchObject({ failed: 'unavailable' });
    expect(partnerCenter.received.length - before).toBe(1);
  });
});
