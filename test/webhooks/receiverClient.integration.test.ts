/** Calls to hostile receivers: names that resolve to internal addresses, redirects, endless and silent responses. */
import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { MAX_RESPONSE_BYTES, receiverClient } from '../../shared/webhooks/receiverClient.ts';
import type { Address } from '../../shared/webhooks/resolveName.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A receiver on a free port, and what it was asked. */
async function receiver(handler: Handler) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}/hook`, requests };
}

const LOCAL = { allowsLoopback: true, timeoutMs: 2_000 };
const post = (url: string, headers: Record<string, string> = {}) => ({
  method: 'POST' as const,
  url,
  headers,
  body: '{"EventName":"cart-expired"}',
});

it('The client sends the body, the headers of the request, and no others but those that HTTP needs', async () => {
  let received = '';
  const { url, requests } = await receiver((request, response) => {
    request.on('data', (chunk) => (received += chunk)).on('end', () => response.writeHead(202).end('ok'));
  });

  const response = await receiverClient(LOCAL).call(post(url, { 'webhook-id': 'a' }));

  expect(response).toMatchObject({ status: 202, text: 'ok', durationMs: expect.any(Number) });
  expect(received).toBe('{"EventName":"cart-expired"}');
  expect(Object.keys(requests[0]?.headers ?? {}).sort()).toEqual(
    ['accept', 'connection', 'content-length', 'host', 'user-agent', 'webhook-id'].sort(),
  );
});

it.each([300, 301, 302, 303, 304, 305, 307, 308])(
  'The redirect %i is returned and not followed',
  async (status) => {
    const inside = await receiver((_, response) => response.end('secret'));
    const { url } = await receiver((_, response) =>
      response.writeHead(status, { Location: inside.url }).end(),
    );

    expect(await receiverClient(LOCAL).call(post(url))).toMatchObject({ status, text: '' });
    expect(inside.requests).toEqual([]);
  },
);

it('A call ends after the time-out when the receiver is silent', async () => {
  const { url, requests } = await receiver(() => undefined);

  const response = await receiverClient({ ...LOCAL, timeoutMs: 200 }).call(post(url));

  expect(response).toMatchObject({ reason: 'The receiver did not respond within 0.2 seconds.' });
  expect(requests).toHaveLength(1);
});

it('A call ends after the time-out when a name is never resolved', async () => {
  const client = receiverClient({
    allowsLoopback: false,
    timeoutMs: 100,
    resolve: () => new Promise(() => undefined),
  });

  expect(await client.call(post('https://hooks.contoso.com/'))).toMatchObject({
    reason: expect.stringContaining('within 0.1 seconds'),
  });
});

it('An endless response is read to the bound, and the connection ends', async () => {
  let isClosed = false;
  const { url } = await receiver((request, response) => {
    request.once('close', () => (isClosed = true));
    response.writeHead(200);
    // A write after the end of the connection reports an error: the loop would outlive the test.
    const more = () => response.write('x'.repeat(65_536), (error) => error ?? setImmediate(more));
    more();
  });

  const response = await receiverClient(LOCAL).call(post(url));

  expect(response).toMatchObject({ status: 200, text: 'x'.repeat(MAX_RESPONSE_BYTES) });
  await expect.poll(() => isClosed).toBe(true);
});

it('A response whose body never ends has its status', async () => {
  const { url } = await receiver((_, response) => response.writeHead(500).write('half'));

  const response = await receiverClient({ ...LOCAL, timeoutMs: 300 }).call(post(url));

  expect(response).toMatchObject({ status: 500, text: 'half' });
  expect(response.durationMs).toBeLessThan(1_500);
});

it('A response with too many header bytes is rejected', async () => {
  const { url } = await receiver((_, response) =>
    response.writeHead(200, { 'X-Long': 'x'.repeat(40_000) }).end(),
  );

  expect(await receiverClient(LOCAL).call(post(url))).toMatchObject({
    reason: expect.stringContaining('HPE_HEADER_OVERFLOW'),
  });
});

it('A receiver that does not speak HTTP or cannot be reached is reported with the code of the error alone', async () => {
  const server = createTcpServer((socket) => socket.resume().end('220 mail.contoso.com ESMTP\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const spoken = await receiverClient(LOCAL).call(post(`http://127.0.0.1:${port}/`));
  await new Promise((resolve) => server.close(resolve));
  const closed = await receiverClient(LOCAL).call(post(`http://127.0.0.1:${port}/`));

  expect(spoken).toMatchObject({
    reason: expect.stringMatching(/did not respond in valid HTTP \(HPE_\w+\)/),
  });
  expect(closed).toMatchObject({ reason: 'The receiver could not be reached (ECONNREFUSED).' });
});

it('Nothing is sent to a name with an address that is not public, also beside public ones', async () => {
  const { port, requests } = await receiver((_, response) => response.end());
  const addresses: Address[][] = [
    [{ address: '127.0.0.1', family: 4 }],
    [
      { address: '8.8.8.8', family: 4 },
      { address: '169.254.169.254', family: 4 },
    ],
    [{ address: '::ffff:127.0.0.1', family: 6 }],
    [],
  ];
  for (const resolved of addresses) {
    const client = receiverClient({ allowsLoopback: false, timeoutMs: 1_000, resolve: async () => resolved });

    expect(await client.call(post('https://hooks.contoso.com/'))).toMatchObject({
      reason: expect.stringMatching(/not public|no address/),
    });
  }
  expect(
    await receiverClient({ ...LOCAL, allowsLoopback: false }).call(post(`http://127.0.0.1:${port}/`)),
  ).toMatchObject({
    reason: 'The URL must begin with https://.',
  });
  expect(requests).toEqual([]);
});

it('The connection uses the address that was checked, and the name is resolved once', async () => {
  const { port, requests } = await receiver((_, response) => response.end('here'));
  let lookups = 0;
  // The second answer is the attack: an address that was never checked.
  const resolve = async (): Promise<Address[]> =>
    lookups++ === 0 ? [{ address: '127.0.0.1', family: 4 }] : [{ address: '203.0.113.9', family: 4 }];

  const response = await receiverClient({ ...LOCAL, resolve }).call(post(`http://localhost:${port}/`));

  expect(response).toMatchObject({ status: 200, text: 'here' });
  expect(requests[0]?.headers.host).toBe(`localhost:${port}`);
  expect(lookups).toBe(1);
});

it('Proxy variables that are set in the running process have no effect', async () => {
  const proxy = await receiver((_, response) => response.end('proxied'));
  const { url } = await receiver((_, response) => response.end('direct'));
  const before = { ...process.env };
  Object.assign(process.env, {
    NODE_USE_ENV_PROXY: '1',
    HTTP_PROXY: proxy.url,
    HTTPS_PROXY: proxy.url,
    http_proxy: proxy.url,
  });
  try {
    expect(await receiverClient(LOCAL).call(post(url))).toMatchObject({ text: 'direct' });
  } finally {
    process.env = before;
  }
  expect(proxy.requests).toEqual([]);
});

it('The connection uses the address that was checked, and no other look-up of the name', async () => {
  // Every other look-up of this name has 127.0.0.1.
  const { url, requests } = await receiver((_, response) => response.writeHead(204).end());
  const asked: string[] = [];
  const client = receiverClient({
    ...LOCAL,
    async resolve(name) {
      asked.push(name);
      return [{ address: '127.0.0.2', family: 4 }];
    },
  });

  expect(await client.call(post(url.replace('127.0.0.1', 'localhost')))).toMatchObject({
    reason: expect.any(String),
  });
  expect([asked, requests]).toEqual([['localhost'], []]);
});

it('A compressed response is not decompressed', async () => {
  const bomb = gzipSync(Buffer.alloc(500 * MAX_RESPONSE_BYTES));
  const { url } = await receiver((_, response) =>
    response.writeHead(500, { 'Content-Encoding': 'gzip' }).end(bomb),
  );

  const response = await receiverClient(LOCAL).call(post(url));

  expect(response).toMatchObject({ status: 500 });
  expect('text' in response && Buffer.byteLength(response.text)).toBeLessThan(4 * MAX_RESPONSE_BYTES);
});

it('Proxy variables of the environment have no effect', async () => {
  const proxy = await receiver((_, response) => response.writeHead(200).end('proxied'));
  const { url, requests } = await receiver((_, response) => response.writeHead(204).end());
  const variables = Object.fromEntries(
    ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'ALL_PROXY'].map((name) => [
      name,
      `http://127.0.0.1:${proxy.port}`,
    ]),
  );
  const client = pathToFileURL(join(import.meta.dirname, '../../shared/webhooks/receiverClient.ts'));
  const script = `
    const { receiverClient } = await import('${client}');
    const call = { method: 'POST', url: '${url}', headers: {}, body: '{}' };
    console.log(JSON.stringify(await receiverClient({ allowsLoopback: true, timeoutMs: 5000 }).call(call)));`;

  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, ...variables, NODE_USE_ENV_PROXY: '1', NO_PROXY: '', no_proxy: '' },
  });

  expect(JSON.parse(stdout)).toMatchObject({ status: 204 });
  expect([requests.length, proxy.requests.length]).toEqual([1, 0]);
});
