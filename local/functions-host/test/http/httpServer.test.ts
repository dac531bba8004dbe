import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanUp, eventually, type HostProcess, masterKey, startApp } from '../fixture.ts';
import { code } from './httpApp.ts';

let host: HostProcess;

beforeAll(async () => {
  host = await startApp(
    { code, bundled: true },
    { 'AzureWebJobs.off.Disabled': 'true', FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1000' },
  );
});
afterAll(cleanUp);

interface Received {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** Sends a request unchanged; fetch would normalize it. */
async function send(
  method: string,
  path: string,
  { headers = {}, body }: { headers?: OutgoingHttpHeaders; body?: string } = {},
): Promise<Received> {
  const { port } = new URL(host.url);
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += chunk;
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text };
}

async function echo(...request: Parameters<typeof send>): Promise<Record<string, unknown>> {
  const { status, text } = await send(...request);
  expect(status).toBe(200);
  return JSON.parse(text);
}

test('Functions are matched in alphabetical order of their names, so a parameter can hide a literal', async () => {
  expect(await echo('GET', '/p/list')).toMatchObject({ name: 'details', params: { id: 'list' } });
});

test('A handler receives method, URL, parameters, query, headers, body and trace context of a request', async () => {
  const seen = await echo('POST', '/ECHO/a%20b/?a=1&A=2&b=', {
    headers: { 'X-Two': ['1', '2'], 'content-length': 3, traceparent: '00-abc-def-01' },
    body: 'abc',
  });

  expect(seen).toMatchObject({
    method: 'POST',
    url: `${host.url}/ECHO/a%20b/?a=1&A=2&b=`,
    params: { id: 'a b' },
    query: [
      ['a', '1,2'],
      ['b', ''],
    ],
    headers: { 'x-two': '1,2' },
    text: 'abc',
    trace: { traceParent: '00-abc-def-01', traceState: '' },
    metadata: null,
  });
});

test.each([
  ['/echo/%c3%a4', '/echo/%C3%A4', 'ä'],
  ['/echo/%7Ea', '/echo/~a', '~a'],
  ['/echo/%2541', '/echo/%41', '%41'],
  ['/echo/a/../b', '/echo/b', 'b'],
  ['/echo/a%2fb', '/echo/a%2fb', 'a%2fb'],
])('The path %s reaches the handler decoded and encoded again as %s', async (path, encoded, id) => {
  expect(await echo('GET', path)).toMatchObject({ url: `${host.url}${encoded}`, params: { id } });
});

test('An absent optional route parameter is omitted', async () => {
  expect(await echo('GET', '/echo')).toMatchObject({ params: {} });
});

test('A request body without Content-Length arrives empty', async () => {
  expect(
    await echo('POST', '/echo', { headers: { 'transfer-encoding': 'chunked' }, body: 'lost' }),
  ).toMatchObject({
    text: '',
  });
});

test('The body of a GET request is dropped', async () => {
  expect(await echo('GET', '/echo', { headers: { 'content-length': 4 }, body: 'lost' })).toMatchObject({
    text: '',
  });
});

test('A request body in several chunks arrives complete', async () => {
  const body = 'x'.repeat(1000);

  expect(await echo('POST', '/echo', { headers: { 'content-length': 1000 }, body })).toMatchObject({
    text: body,
  });
});

test('A request body above FUNCTIONS_REQUEST_BODY_SIZE_LIMIT fails the invocation with 500', async () => {
  const headers = { 'content-length': 1001 };

  const { status, text } = await send('POST', '/echo', { headers, body: 'x'.repeat(1001) });

  expect([status, text]).toEqual([500, '']);
  await eventually(() =>
    host.stderr.includes("The function 'echo' failed: The request body exceeds 1000 bytes."),
  );
});

test.each([
  ['PUT', '/echo'],
  ['HEAD', '/echo'],
  ['OPTIONS', '/echo'],
  ['GET', '/echo/a/b'],
  ['GET', '/nowhere'],
  ['GET', '/g/no-guid'],
  ['GET', '//echo'],
  ['GET', '//rest/a'],
])('The request %s %s is answered with 404 and no body', async (method, path) => {
  expect(await send(method, path)).toMatchObject({
    status: 404,
    text: '',
    headers: { 'content-length': '0' },
  });
});

test('A catch-all parameter matches empty segments after its first segment', async () => {
  expect(await echo('GET', '/rest/a//b/')).toMatchObject({ params: { path: 'a//b/' } });
});

test('A function without a route is reached by its name', async () => {
  expect(await echo('GET', '/unnamed')).toMatchObject({ name: 'unnamed' });
});

test('A disabled function hides later routes, and can be called with the master key', async () => {
  expect(await send('GET', '/gone/here')).toMatchObject({ status: 404 });
  expect(await echo('GET', '/gone/here', { headers: { 'x-functions-key': masterKey } })).toMatchObject({
    name: 'off',
  });
  expect(host.stderr).toContain("The function 'off' is disabled.");
});

test('A function with an authLevel requires a key', async () => {
  expect(await send('GET', '/keyed')).toMatchObject({ status: 401, text: '' });
  expect(await send('GET', '/keyed', { headers: { 'x-functions-key': 'wrong' } })).toMatchObject({
    status: 401,
  });
  expect(await echo('GET', `/keyed?code=${masterKey}`)).toMatchObject({ name: 'keyed' });
  expect(await echo('GET', '/keyed', { headers: { 'x-functions-key': masterKey } })).toMatchObject({
    name: 'keyed',
  });
});

test.each([
  ['/fails', 500],
  ['/text', 500],
  ['/status/700', 500],
  ['/nothing', 204],
  ['/throws-nothing', 204],
  ['/status/204', 204],
])('The request %s is answered with %i and no body', async (path, status) => {
  expect(await send('GET', path)).toMatchObject({ status, text: '' });
});

test('A failed invocation is logged by the host', async () => {
  await send('GET', '/fails');

  await eventually(() =>
    host.stderr.some((line) => /^The function 'fails' failed \(.*\): Error: no good$/.test(line)),
  );
});

test('Headers, cookies and body of a response are written as the Azure host writes them', async () => {
  const { headers, text } = await send('GET', '/answer');

  expect(text).toBe('ü');
  expect(headers).toMatchObject({
    'content-type': 'text/plain;charset=UTF-8',
    'x-a': '1, 2',
    'set-cookie': ['c=d%20e; path=/', 'f=g; path=/h'],
  });
});

test('Lines that the app logs are written to stdout unchanged', async () => {
  await send('GET', '/answer');

  await eventually(() => host.stdout.includes("one line { of: 'the app' }"));
});

test('A log call after the end of its invocation is logged with a warning', async () => {
  await send('GET', '/late');

  await eventually(() => host.stdout.includes('too late'));
  expect(host.stderr).toContainEqual(
    expect.stringMatching(
      /^Warning: Unexpected call to 'log' .* Function name: late\. Invocation Id: \S+\.$/,
    ),
  );
});

test('The root path is the homepage', async () => {
  expect(await send('GET', '/')).toMatchObject({ status: 200, headers: { 'content-type': 'text/html' } });
});

test('The host status requires the master key', async () => {
  expect(await send('GET', '/admin/host/status')).toMatchObject({ status: 401, text: '' });
  expect(await send('GET', '/admin/host/status?code=wrong')).toMatchObject({ status: 401 });
  const { status, text } = await send('GET', '/admin/host/status', {
    headers: { 'x-functions-key': masterKey },
  });

  expect(status).toBe(200);
  expect(JSON.parse(text)).toEqual({
    state: 'Running',
    version: expect.stringMatching(/^4\./),
    processUptime: expect.any(Number),
  });
});

test('The ping of the host requires no key, and other admin paths are answered with 404', async () => {
  expect(await send('GET', '/admin/host/ping')).toMatchObject({ status: 200, text: '' });
  expect(await send('POST', '/Admin/Host/Ping')).toMatchObject({ status: 200 });
  expect(await send('GET', '/admin/else')).toMatchObject({ status: 404 });
});

test('A client that disconnects before the end of its body does not affect other requests', async () => {
  const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
  socket.write('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc', () => socket.destroy());
  await once(socket, 'close');

  expect(await echo('POST', '/echo', { headers: { 'content-length': 2 }, body: 'ok' })).toMatchObject({
    text: 'ok',
  });
});

test('A header or query key may have the name of an object member', async () => {
  const seen = await echo('GET', '/echo?__proto__=1&constructor=2', { headers: { constructor: 'x' } });

  expect(seen.query).toContainEqual(['constructor', '2']);
  expect(seen.headers).toMatchObject({ constructor: 'x' });
});
