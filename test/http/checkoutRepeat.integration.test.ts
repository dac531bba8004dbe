/** A checkout that is refused and repeated, as SDKs do at once and several times, is one checkout. */
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
let asked: string[];
/** A cart whose order is refused whenever it is asked for; messages are worked on as they are sent. */
beforeEach(async () => {
  service = openInProcess(keys, { CHECKOUT_WAIT: 'PT10S' });
  const { world, policies } = service;
  asked = [];
  world.gateway = {
    async place({ requestId }) {
      asked.push(requestId);
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

it('with one request id: one order is asked for, and one event sent, however often it comes', async () => {
  const headers = { 'MS-RequestId': randomUUID() };

  const answers = [];
  for (let n = 0; n < 5; n++) answers.push(await checkOut(headers));

  expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
    Array(5).fill([REFUSAL.status, REFUSAL.code]),
  );
  expect([asked.length, service.world.events.length]).toEqual([1, 1]);
});

it('with another request id, another caller or none is another checkout', async () => {
  const headers = { 'MS-RequestId': randomUUID() };
  await checkOut(headers);
  await checkOut({ 'MS-RequestId': randomUUID() });
  await checkOut();
  await checkOut();
  await checkOut(headers, await tokenOf(keys, { app: randomUUID() }));

  expect(asked).toHaveLength(5);
});

it('after an edit is the checkout of what the cart is then', async () => {
  const headers = { 'MS-RequestId': randomUUID() };
  await checkOut(headers);
  service.world.nowMs += 1;
  await service.ask('PUT', path, { token, body: { lineItems: [{ ...LINE, quantity: 2 }] } });

  await checkOut(headers);
  await checkOut(headers);

  expect(new Set(asked).size).toBe(2);
  expect(asked).toHaveLength(2);
});
