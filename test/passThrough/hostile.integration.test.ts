/** Responses at the edge of HTTP, and requests that ask for them: what a passed-through request makes of them (docs/contract.md 23.5, 23.6, 23.9). */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { upstream } from '../../shared/passThrough/upstream.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { tokenOf } from '../support/inProcess.ts';
import { type Ask, passingThrough } from './fixture.ts';

let keys: KeyServer;
let token: string;
let server: Server;
let url: string;
/** How the server answers the nth request of a connection; it receives the head. */
let answer: (socket: Socket, head: string, nth: number) => void;
let ask: Ask;
const sockets = new Set<Socket>();
beforeAll(async () => {
  keys = await startKeyServer();
  token = await tokenOf(keys);
  server = createServer((socket) => {
    let nth = 0;
    sockets.add(socket);
    socket.on('error', () => undefined).on('data', (head) => answer(socket, head.toString('latin1'), ++nth));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  server?.close();
  await keys?.stop();
});
beforeEach(() => {
  ({ ask } = passingThrough(keys, url));
});

const bearer = (more: Record<string, string> = {}) => ({
  headers: { Authorization: `Bearer ${token}`, ...more },
});
const bytesOf = (head: string, body: string | Buffer = '') =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 ${head.replaceAll('\n', '\r\n')}\r\n\r\n`, 'latin1'),
    Buffer.from(body),
  ]);

describe('what Partner Center may answer', () => {
  it.each<[string, string, string | Buffer, { status: number; body?: string }]>([
    [
      '200 after early dueEntries',
      '103 Early Hints\nLink: </a>\n\nHTTP/1.1 200 OK\nContent-Length: 2',
      '{}',
      { status: 200, body: '{}' },
    ],
    [
      '200 after 100',
      '100 Continue\n\nHTTP/1.1 200 OK\nContent-Length: 2',
      '{}',
      { status: 200, body: '{}' },
    ],
    ['204 without a body', '204 No Content', '', { status: 204 }],
    ['204 with a length', '204 No Content\nContent-Length: 0', '', { status: 204 }],
    ['204 with a body, which HTTP forbids', '204 No Content\nContent-Length: 2', '{}', { status: 204 }],
    [
      '304 with the length of what has not changed',
      '304 Not Modified\nContent-Length: 100\nETag: "a"',
      '',
      { status: 304 },
    ],
    ['a body without a length', '200 OK\nConnection: close', '{"a":1}', { status: 200, body: '{"a":1}' }],
    [
      'chunks and trailers',
      '200 OK\nTransfer-Encoding: chunked\nTrailer: X-T',
      '2\r\n{}\r\n0\r\nX-T: 1\r\n\r\n',
      { status: 200, body: '{}' },
    ],
    [
      'a body that is not what its encoding says',
      '200 OK\nContent-Encoding: gzip\nContent-Length: 2',
      '{}',
      { status: 200, body: '{}' },
    ],
  ])('A response is returned as HTTP means it: %s', async (_, head, body, expected) => {
    answer = (socket) => {
      socket.write(bytesOf(head, body));
      if (/close|204/.test(head)) socket.end();
    };

    const { status, bytes, headers } = await ask('GET', '/v1/invoices', bearer());

    expect({ status, body: bytes.toString() }).toEqual({ body: '', ...expected });
    for (const name of ['x-t', 'trailer', 'transfer-encoding', 'content-length', 'connection']) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  it('A part of a body is returned as such, and the range is asked for', async () => {
    let asked = '';
    answer = (socket, head) => {
      asked = head;
      socket.write(bytesOf('206 Partial Content\nContent-Range: bytes 2-4/9\nContent-Length: 3', 'cde'));
    };

    const { status, headers, bytes } = await ask(
      'GET',
      '/v1/invoices/a/documents/statement',
      bearer({ Range: 'bytes=2-4' }),
    );

    expect(asked.toLowerCase()).toContain('range: bytes=2-4');
    expect([status, headers['content-range'], bytes.toString()]).toEqual([206, 'bytes 2-4/9', 'cde']);
  });

  it('A compressed body is returned byte by byte, whatever the compression', async () => {
    const body = brotliCompressSync('{"totalCount":1}');
    answer = (socket) =>
      void socket.write(bytesOf(`200 OK\nContent-Encoding: br\nContent-Length: ${body.length}`, body));

    const { bytes, headers } = await ask('GET', '/v1/invoices', bearer({ 'Accept-Encoding': 'br' }));

    expect([headers['content-encoding'], bytes]).toEqual(['br', body]);
  });

  it('The response to a HEAD has no body, whatever length it names', async () => {
    answer = (socket) => void socket.write(bytesOf('200 OK\nContent-Length: 100\nETag: "a"'));

    const { status, headers, bytes } = await ask('HEAD', '/v1/invoices', bearer());

    expect([status, headers.etag, bytes.length]).toEqual([200, '"a"', 0]);
  });

  it('A response names no other server for this one’s address', async () => {
    answer = (socket) =>
      void socket.write(bytesOf('200 OK\nAlt-Svc: h3="other.example:443"\nContent-Length: 2', '{}'));

    expect((await ask('GET', '/v1/invoices', bearer())).headers).toEqual({});
  });
});

describe('no response reaches the wrong caller', () => {
  const TWO = Buffer.concat([
    bytesOf('200 OK\nContent-Length: 5', 'first'),
    bytesOf('200 OK\nContent-Length: 6', 'second'),
  ]);

  it.each<[string, (socket: Socket) => void]>([
    ['with the first', (socket) => void socket.write(TWO)],
    [
      'after the first',
      (socket) => {
        socket.write(TWO.subarray(0, TWO.length / 2));
        setImmediate(() => socket.write(TWO.subarray(TWO.length / 2)));
      },
    ],
    ['as the body of a HEAD', (socket) => void socket.write(TWO)],
  ])('A second response that comes %s is not the response to the next request', async (how, send) => {
    let connections = 0;
    answer = (socket, head, nth) => {
      if (nth === 1) connections++;
      if (head.includes('/v1/a')) return send(socket);
      socket.write(bytesOf('200 OK\nContent-Length: 4', 'mine'));
    };
    const { send: sendTo } = upstream({ url, timeoutMs: 2_000 });
    const request = { headers: {}, body: new Uint8Array() };

    await sendTo({ ...request, method: how.includes('HEAD') ? 'HEAD' : 'GET', target: '/v1/a' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const next = await sendTo({ ...request, method: 'GET', target: '/v1/b' });

    expect('body' in next && Buffer.from(next.body).toString()).toBe('mine');
    expect(connections).toBeGreaterThan(0);
  });
});

it.each<[string, (socket: Socket) => void]>([
  [
    'in the middle of the body',
    (socket) =>
      void socket.write(bytesOf('200 OK\nContent-Length: 100', '{'), () => socket.resetAndDestroy()),
  ],
  [
    'in the middle of a chunk',
    (socket) =>
      void socket.write(bytesOf('200 OK\nTransfer-Encoding: chunked', '9\r\n{'), () =>
        socket.resetAndDestroy(),
      ),
  ],
  [
    'in the middle of the head',
    (socket) => void socket.write('HTTP/1.1 200 OK\r\nA:', () => socket.resetAndDestroy()),
  ],
  ['at once', (socket) => socket.resetAndDestroy()],
])('A connection that is reset %s is 503, and a POST is not sent again', async (_, reset) => {
  let received = 0;
  answer = (socket) => {
    received++;
    reset(socket);
  };

  const { status, json } = await ask('POST', '/v1/customers', { ...bearer(), body: '{}' });

  expect([status, json?.code, received]).toEqual([503, '800003', 1]);
});
