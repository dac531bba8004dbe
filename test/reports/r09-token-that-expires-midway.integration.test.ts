/**
 * Report R9: the token runs out midway (abraunegg/onedrive#3355, DSpace/DSpace#12351). `bulk submit` ended with exit code 2,
 * without a result file or a hint, and a single 403 of another program did the same. It says that the order continues and
 * how to follow it, reads the token again, and repeats a request after a foreign 4xx as after a 5xx.
 */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onSharedStack, row, statesIn } from './orderFile.ts';

const stack = onSharedStack();

/** The service behind a gateway that answers itself when a test says so. */
let url: string;
let intercept: (request: string, authorization: string) => { status: number; body: string } | undefined;
const gateway = createServer(async (request, response) => {
  const { method = 'GET', headers } = request;
  const body = Buffer.concat(await Array.fromAsync(request));
  const other = intercept(`${method} ${request.url}`, String(headers.authorization));
  if (other) return response.writeHead(other.status).end(other.body);
  const kept = ['authorization', 'content-type', 'ms-requestid'];
  const answer = await fetch(`${stack.service().url}${request.url}`, {
    method,
    headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      kept.includes(name) ? [[name, String(value)]] : [],
    ),
    ...(method === 'GET' ? {} : { body }),
  });
  return response.writeHead(answer.status).end(await answer.text());
});
beforeAll(async () => {
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
});
afterAll(() => {
  gateway.closeAllConnections();
  gateway.close();
});
beforeEach(() => {
  intercept = () => undefined;
});

const EXPIRED = { status: 401, body: '{"code":"400","description":"The token has expired."}' };

/** Submits a file of one item through the gateway. */
async function submit(token: readonly string[]) {
  const customer = randomUUID();
  const path = await stack.file([row('a', customer)]);
  const outcome = await stack.bulk('submit', path, '--url', url, ...token);
  return { ...outcome, path, customer };
}

describe('Tokens that expire while a bulk order is followed (onedrive#3355, DSpace#12351)', () => {
  it('The command prints that the bulk order continues when the token expires, and its advice leads to the outcome', async () => {
    intercept = (request) => (request.startsWith('GET') ? EXPIRED : undefined);

    const { code, err, path, customer } = await submit(['--token', await stack.service().token()]);
    const open = await statesIn(path);
    intercept = () => undefined;
    const [, advice = ''] =
      /^Bulk order \S+ continues on the service\. Follow it: npx cartwright bulk (.*)$/m.exec(err) ?? [];
    const followed = await stack.bulk(...advice.split(' '), '--token', await stack.service().token());

    expect({ code, open }).toEqual({ code: 3, open: { a: 'submitted' } });
    expect(err).toContain('(401, code 400): The token has expired.');
    expect(followed).toMatchObject({ code: 0, out: expect.stringContaining('1 item: 1 succeeded.') });
    expect(await statesIn(path)).toEqual({ a: 'succeeded' });
    expect(await stack.ordersOf(customer)).toBe(1);
  });

  it('The same command reports the outcome when it is run again after the token has expired', async () => {
    intercept = (request) => (request.startsWith('GET') ? EXPIRED : undefined);
    const first = await submit(['--token', await stack.service().token()]);
    intercept = () => undefined;

    const second = await stack.submit(first.path);

    expect(second.code).toBe(0);
    expect(await stack.ordersOf(first.customer)).toBe(1);
  });

  it.each(['--token-file', '--token-command'])('An expired token is read again from %s', async (option) => {
    const file = await stack.file('old', `${randomUUID()}.txt`);
    const fresh = await stack.service().token();
    const old = await stack.service().token({ app: randomUUID() });
    await writeFile(file, old);
    let refusals = 0;
    intercept = (request, authorization) => {
      if (!request.startsWith('GET') || authorization !== `Bearer ${old}`) return undefined;
      refusals++;
      void writeFile(file, fresh); // as another process that renews the token
      return EXPIRED;
    };

    const { code, customer } = await submit([option, option === '--token-file' ? file : `cat ${file}`]);

    expect(code).toBe(0);
    expect(refusals).toBeGreaterThan(0);
    expect(await stack.ordersOf(customer)).toBe(1);
  });
});

describe('Responses of other programs while a bulk order is followed (onedrive#3355, DSpace#12351)', () => {
  it.each([
    ['403 with the page of a firewall', { status: 403, body: '<html>Request blocked</html>' }],
    ['404 with the page of a load balancer', { status: 404, body: '<html>No backend</html>' }],
    ['403 as JSON of an AWS gateway', { status: 403, body: '{"message":"Forbidden"}' }],
    ['401 without a body', { status: 401, body: '' }],
    ['302 to a sign-in page', { status: 302, body: '' }],
    ['200 with a sign-in page', { status: 200, body: '<html>Please sign in</html>' }],
  ])('A bulk order is followed to its end despite a response of another program: %s', async (_, foreign) => {
    let left = 1;
    intercept = (request) => (request.startsWith('GET') && left-- > 0 ? foreign : undefined);

    const { code, out, customer } = await submit([
      '--token-command',
      `echo ${await stack.service().token()}`,
    ]);

    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('1 item: 1 succeeded.') });
    expect(await stack.ordersOf(customer)).toBe(1);
  });
});
