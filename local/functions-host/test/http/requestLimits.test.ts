/** The limits of requests, at a host behind a front door that has no master key. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseMaxBodyBytes } from '../../src/http/requestLimits.ts';
import { buildApp, cleanUp, eventually, type HostProcess, startProcess } from '../fixture.ts';

const code = `
  app.http('header', { route: 'header', handler: (request) => ({ jsonBody: request.headers.get('x-a') }) });
  app.http('rest', { route: '{*path}', handler: (request) => ({ jsonBody: [request.url, request.params] }) });
  app.http('response', { route: 'response/{code}', handler: (request) => ({
    headers: { 'x-a': String.fromCharCode(request.params.code) }, body: 'ok',
  }) });
`;

let host: HostProcess;

beforeAll(async () => {
  host = await startProcess(await buildApp({ code }), { LOCAL_MASTER_KEY: '' }, '--front-door');
});
afterAll(cleanUp);

interface Received {
  readonly status: number;
  readonly closed: boolean;
  readonly body: string;
}

/** Sends the head of a request as Latin-1 and reads until the server closes the connection. */
async function send(requestLine: string, ...headers: string[]): Promise<Received> {
  const socket = connect(Number(new URL(host.url).port), '127.0.0.1').setEncoding('latin1');
  socket.end(`${[requestLine, ...headers].join('\r\n')}\r\n\r\n`, 'latin1');
  let response = '';
  for await (const chunk of socket) response += chunk;
  const [head = '', body = ''] = response.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), closed: /^connection: close$/im.test(head), body };
}

const get = (path: string, ...headers: string[]): Promise<Received> =>
  send(`GET ${path} HTTP/1.1`, 'Host: local', ...headers);
const rejected = (status: number): object => ({ status, closed: true, body: '' });

/** A path with which the request line has a length in bytes, including its line break. */
const pathFor = (requestLineBytes: number): string =>
  `/${'a'.repeat(requestLineBytes - 'GET / HTTP/1.1\r\n'.length)}`;

test('A request line of 8,192 bytes is accepted', async () => {
  expect(await get(pathFor(8_192))).toMatchObject({ status: 200 });
});

test.each([[8_193], [100_000]])('A request line of %i bytes is rejected with 414', async (bytes) => {
  expect(await get(pathFor(bytes))).toEqual(rejected(414));
});

/** `count` headers, to which the Host header is added. */
const headerLines = (count: number): string[] => Array.from({ length: count }, (_, index) => `x-${index}: 1`);

test('A request with 100 headers is accepted', async () => {
  expect(await get('/', ...headerLines(99))).toMatchObject({ status: 200 });
});

test('A request with 101 headers is rejected with 431', async () => {
  expect(await get('/', ...headerLines(100))).toEqual(rejected(431));
});

/** A header with which all headers have a length in bytes, with the Host header and the empty line. */
const headerFor = (bytes: number): string =>
  `x-a: ${'b'.repeat(bytes - 'Host: local\r\nx-a: \r\n\r\n'.length)}`;

test('Headers of 32,768 bytes are accepted', async () => {
  expect(await get('/', headerFor(32_768))).toMatchObject({ status: 200 });
});

test.each([[32_769], [200_000]])('Headers of %i bytes are rejected with 431', async (bytes) => {
  expect(await get('/', headerFor(bytes))).toEqual(rejected(431));
});

const latin1 = (utf8: string): string => Buffer.from(utf8).toString('latin1');

test('A header value in UTF-8 up to U+00FF arrives decoded', async () => {
  const { body } = await get('/header', `x-a: ${latin1('größe')}`);

  expect(body).toContain(latin1('größe'));
});

test('A header value that is not UTF-8 is rejected with 400', async () => {
  expect(await get('/header', 'x-a: gr\xf6\xdfe')).toEqual(rejected(400));
});

test('A header value above U+00FF fails the invocation with 500', async () => {
  expect(await get('/header', `x-a: ${latin1('€')}`)).toMatchObject({ status: 500, body: '' });

  await eventually(() => host.stderr.some((line) => /^The function 'header' failed .*ByteString/.test(line)));
});

test('A response header value that is not ASCII is replaced by a response with 500', async () => {
  expect(await get('/response/65')).toMatchObject({ status: 200 });
  expect(await get('/response/228')).toMatchObject({ status: 500, body: '' });

  await eventually(() =>
    host.stderr.some((line) => line.startsWith("The response of the function 'response'")),
  );
});

test.each([
  ['a byte that is not ASCII in the path', 'GET /\xe4 HTTP/1.1', ['Host: local']],
  ['an encoded NUL in the path', 'GET /%00 HTTP/1.1', ['Host: local']],
  ['no Host header', 'GET / HTTP/1.1', []],
  ['two Host headers', 'GET / HTTP/1.1', ['Host: local', 'Host: local']],
  ['an invalid Host header', 'GET / HTTP/1.1', ['Host: a/b']],
  ['another authority than its Host header', 'GET http://other/ HTTP/1.1', ['Host: local']],
])('A request with %s is rejected with 400', async (_, requestLine, headers) => {
  expect(await send(requestLine, ...headers)).toEqual(rejected(400));
});

test('A request target in absolute form is accepted with the same Host header', async () => {
  expect(await send('GET http://LOCAL:80/ HTTP/1.1', 'Host: local')).toMatchObject({ status: 200 });
});

test('Multiple slashes at the beginning of a path are merged with --front-door', async () => {
  const answer = await fetch(`${host.url}///a//b`);

  expect(await answer.json()).toEqual([`${host.url}/a//b`, { path: 'a//b' }]);
});

test('Without a configured master key, the host status cannot be read', async () => {
  expect((await fetch(`${host.url}/admin/host/status?code=`)).status).toBe(401);
});

test.each([
  [undefined, 104_857_600],
  ['', 104_857_600],
  ['100 MB', 104_857_600],
  ['1024', 1024],
])('The body limit with FUNCTIONS_REQUEST_BODY_SIZE_LIMIT=%s is %i bytes', (setting, bytes) => {
  expect(parseMaxBodyBytes(setting)).toBe(bytes);
});
