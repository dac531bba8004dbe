/**
 * The service while a dependency is slow, suspended or killed: every request ends within the timeout of the dependency
 * with 503 and `Retry-After`, and the service recovers without a restart when the dependency responds again.
 */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { READINESS_CACHE_MS } from '../../shared/readiness.ts';
import { BROKER_TIMEOUTS, SIGNING_KEYS_TIMEOUTS, STORAGE_TIMEOUTS } from '../../shared/timeouts.ts';
import { createCart, RESERVATION } from '../e2e/orders.ts';
import { type Answer, eventually, type Running, startService } from '../e2e/running.ts';

/** What a loaded machine may add to a timeout, in milliseconds. */
const SLACK_MS = 4_000;

/** A message that a connection received as it broke is delivered again when its lock of a minute has expired. */
const REDELIVERY_MS = 75_000;

/** A server of signing keys that passes on those of the issuer, never responds, or fails. */
let keys: { server: Server; mode: 'pass' | 'hang' | 'fail' };
let service: Running;
let call: Running['call'];
const suspended = new Set<number>();

beforeAll(async () => {
  keys = { mode: 'hang', server: createServer() };
  keys.server.on('request', async (_, response) => {
    if (keys.mode === 'pass') response.end(await (await fetch(service.jwksUrl)).text());
    else if (keys.mode === 'fail') response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => keys.server.listen(0, '127.0.0.1', resolve));
  service = await startService({
    azurite: 'disk',
    settings: {
      AUTH_JWKS_URL: `http://127.0.0.1:${(keys.server.address() as AddressInfo).port}/keys`,
      CHECKOUT_WATCHDOG: 'PT1S',
      CHECKOUT_WAIT: 'PT1S',
    },
  });
  call = service.call;
});
afterEach(() => {
  for (const pid of suspended) resume(pid);
});
afterAll(async () => {
  await service?.stop();
  keys?.server.closeAllConnections();
  keys?.server.close();
});

function suspend(name: 'azurite' | 'broker'): number {
  const pid = service.processes[name]?.pid as number;
  process.kill(pid, 'SIGSTOP');
  suspended.add(pid);
  return pid;
}
function resume(pid: number): void {
  suspended.delete(pid);
  process.kill(pid, 'SIGCONT');
}

/** The response, and how long it took when that is longer than the timeout allows. */
async function timed(request: Promise<Answer>, boundMs: number) {
  const began = performance.now();
  const { status, headers, body } = await request;
  const tookMs = performance.now() - began;
  return {
    status,
    retryAfter: Number(headers.get('Retry-After') ?? Number.NaN),
    code: body.code,
    late: tookMs > boundMs + SLACK_MS ? tookMs : false,
  };
}

const UNAVAILABLE = { status: 503, retryAfter: expect.any(Number), code: '800003', late: false };
const checkOut = (path: string) => call('POST', `${path}/checkout`, { headers: { Prefer: 'respond-async' } });
/** The first result of the readiness probe that is not one that was cached before the outage. */
const notReady = (boundMs: number) =>
  eventually(async () => {
    const answer = await timed(call('GET', '/ready'), boundMs);
    return answer.status !== 200 && answer;
  });
const isOrdered = async (path: string) => (await call('GET', path)).body.status === 'Ordered';

describe('Signing keys', () => {
  const anyCart =
    '/v1/customers/d6bf25b7-e0a8-4f2d-a31b-97b55cfc774d/carts/b4c8fdea-cbe4-4d17-9576-13fcacbf9605';

  it('Unavailable signing keys are 503 within the timeout; the next request succeeds when they are available', async () => {
    keys.mode = 'hang';
    const hung = await Promise.all(
      [1, 2, 3].map(() => timed(call('GET', anyCart), SIGNING_KEYS_TIMEOUTS.callMs)),
    );
    keys.mode = 'fail';
    const failed = await timed(call('GET', anyCart), SIGNING_KEYS_TIMEOUTS.callMs);
    keys.mode = 'pass';
    const passed = await call('GET', anyCart);

    expect([...hung, failed]).toEqual(Array(4).fill(UNAVAILABLE));
    expect(passed).toMatchObject({ status: 404, body: { code: '800008' } });
  });

  it('Signing keys that become unavailable are served from the cache', async () => {
    keys.mode = 'fail';

    expect(await call('GET', anyCart)).toMatchObject({ status: 404, body: { code: '800008' } });
  });
});

describe('Storage', () => {
  const body = { lineItems: [RESERVATION] };

  it('Storage that hangs is 503 for reads and writes within the timeout, and is used again when it responds', async () => {
    const { path, customer } = await createCart(call);
    const carts = `/v1/customers/${customer}/carts`;

    await sleep(READINESS_CACHE_MS); // a result from before the outage is no longer kept
    const pid = suspend('azurite');
    const answers = await Promise.all(
      [call('GET', path), call('POST', carts, { body }), call('PUT', path, { body }), checkOut(path)].map(
        (request) => timed(request, STORAGE_TIMEOUTS.callMs),
      ),
    );
    const ready = await notReady(STORAGE_TIMEOUTS.callMs);
    const alive = await timed(call('GET', '/health'), 0);
    resume(pid);

    expect([...answers, ready]).toEqual(Array(5).fill(UNAVAILABLE));
    expect(alive).toMatchObject({ status: 200, late: false });
    expect((await call('GET', path)).status).toBe(200);
    await eventually(async () => (await call('GET', '/ready')).status === 200); // the result is cached for seconds
  });

  it('Storage that is killed causes 201 or 503 and no other response, and is used again when it restarts', async () => {
    const { customer } = await createCart(call);
    const carts = `/v1/customers/${customer}/carts`;

    const killed = service.kill('azurite');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => timed(call('POST', carts, { body }), STORAGE_TIMEOUTS.callMs)),
    );
    await killed;
    await service.up('azurite');

    for (const answer of answers) {
      expect(answer).toEqual(answer.status === 201 ? expect.objectContaining({ late: false }) : UNAVAILABLE);
    }
    expect((await call('POST', carts, { body })).status).toBe(201);
  });
});

describe('The broker', { timeout: 2 * REDELIVERY_MS }, () => {
  it('A silent broker delays the response to a checkout by its timeout at most; the checkout has started, and the sweeper continues it', async () => {
    const { path } = await createCart(call);
    await sleep(READINESS_CACHE_MS);
    const pid = suspend('broker');

    const [asked, ready, ...others] = await Promise.all([
      timed(checkOut(path), BROKER_TIMEOUTS.callMs),
      notReady(BROKER_TIMEOUTS.callMs),
      ...Array.from({ length: 20 }, () => timed(checkOut(path), BROKER_TIMEOUTS.callMs)),
    ]);
    const marked = await call('GET', `${path}/checkout`);
    resume(pid);

    expect([asked, ...others]).toEqual(Array(21).fill(expect.objectContaining({ status: 202, late: false })));
    expect(ready).toEqual(UNAVAILABLE);
    expect(marked).toMatchObject({ status: 200, body: { status: 'running' } });
    await eventually(async () => {
      await service.runFunction('sweepDue');
      return isOrdered(path);
    }, REDELIVERY_MS);
    await eventually(async () => (await call('GET', '/ready')).status === 200); // the result is cached for seconds
  });

  it('A killed broker is no error for the caller, and the checkout continues when it is back', async () => {
    const { path } = await createCart(call);

    await service.kill('broker');
    const asked = await timed(checkOut(path), BROKER_TIMEOUTS.callMs);
    await service.up('broker');

    expect(asked).toMatchObject({ status: 202, late: false });
    await eventually(async () => {
      await service.runFunction('sweepDue');
      return isOrdered(path);
    }, REDELIVERY_MS);
  });
});
