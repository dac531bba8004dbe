/** Repeats of a rejected checkout, which SDKs send immediately and several times, are one checkout. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { type InProcess, openInProcess, tokenOf } from '../support/inProcess.ts';
import { MODERN, REFUSAL } from '../support/samples.ts';

const LINE = { catalogItemId: MODERN, quantity: 1, billingCycle: 'monthly' };
const CARTS = `/v1/customers/${randomUUID()}/carts`;

let keys: KeyServer;
let token: string;
beforeAll(async () => {
  keys = await startKeyServer();
  token = await tokenOf(keys);
});
afterAll(() => keys?.stop());

let service: InProcess;
let path: string;
let orderRequests: string[];
/** Creates a cart whose order the gateway always rejects. Messages are processed as soon as they are sent. */
beforeEach(async () => {
  service = openInProcess(keys, { CHECKOUT_WAIT: 'PT10S' });
  const { world, policies } = service;
  orderRequests = [];
  world.gateway = {
    async place({ requestId }) {
      orderRequests.push(requestId);
      return { kind: 'refused', problem: REFUSAL };
    },
  };
  world.around = async (effect, run) => {
    const before = world.sent.length;
    const done = await run();
    if (effect.name !== 'checkouts.send') return done;
    for (const { message } of world.sent.slice(before)) {
      await runAttempt(world.ports, message, policies.attemptPolicy);
    }
    return done;
  };
  path = `${CARTS}/${(await service.ask('POST', CARTS, { token, body: { lineItems: [LINE] } })).body.id}`;
});
const checkOut = (headers: Record<string, string> = {}, by = token) =>
  service.ask('POST', `${path}/checkout`, { token: by, headers, body: 'success' });

it('A checkout that is repeated with one request id sends one order request and one event', async () => {
  const headers = { 'MS-RequestId': randomUUID() };

  const answers = [];
  for (let n = 0; n < 5; n++) answers.push(await checkOut(headers));

  expect(answers.map(({ status, body }) => ({ status, code: body.code }))).toEqual(
    Array(5).fill({ status: REFUSAL.status, code: REFUSAL.code }),
  );
  expect(orderRequests).toHaveLength(1);
  expect(service.world.events).toHaveLength(1);
});

it('A checkout with another request id, another caller or no request id is another checkout', async () => {
  const headers = { 'MS-RequestId': randomUUID() };
  await checkOut(headers);
  await checkOut({ 'MS-RequestId': randomUUID() });
  await checkOut();
  await checkOut();
  await checkOut(headers, await tokenOf(keys, { app: randomUUID() }));

  expect(orderRequests).toHaveLength(5);
});

it('A checkout that is repeated after a replace checks out the replaced cart, once', async () => {
  const headers = { 'MS-RequestId': randomUUID() };
  await checkOut(headers);
  service.world.nowMs += 1;
  await service.ask('PUT', path, { token, body: { lineItems: [{ ...LINE, quantity: 2 }] } });

  await checkOut(headers);
  await checkOut(headers);

  expect(new Set(orderRequests).size).toBe(2);
  expect(orderRequests).toHaveLength(2);
});
