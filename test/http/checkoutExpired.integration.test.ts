/** The result of a checkout remains available after its cart has expired. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { type InProcess, openInProcess, tokenOf } from '../support/inProcess.ts';
import { excuseLinks } from '../support/linkRecorder.ts';
import { DAY, MODERN, REFUSAL } from '../support/samples.ts';

const line = (billingCycle: string) => ({ catalogItemId: MODERN, quantity: 1, billingCycle });
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
beforeEach(async () => {
  excuseLinks(/^GET \/customers\/\S+\/carts\/\S+$/, 'The test lets the cart expire.');
  service = openInProcess(keys);
  service.world.gateway = {
    place: async (placement) =>
      placement.order.billingCycle === 'annual'
        ? { kind: 'refused', problem: REFUSAL }
        : ledgerGateway.place(placement),
  };
});

/** Creates a cart of these billing cycles whose checkout starts before the cart expires and ends after it. */
async function endLate(...cycles: string[]) {
  const { world, policies, ask } = service;
  const body = { lineItems: cycles.map(line) };
  path = `${CARTS}/${(await ask('POST', CARTS, { token, body })).body.id}`;
  await ask('POST', `${path}/checkout`, { token });
  world.nowMs += 8 * DAY;
  await runAttempt(world.ports, world.sent[0]!.message, {
    ...policies.attemptPolicy,
    retry: { ...policies.attemptPolicy.retry, scheduleToCloseMs: 30 * DAY },
  });
}
const call = async (method: string, rest = '') => {
  const { status, body } = await service.ask(method, `${path}${rest}`, { token });
  return { status, code: body.code, orders: (body.orders as unknown[] | undefined)?.length };
};

it('An expired checkout reports the orders that were placed, to a read and to a repeated request', async () => {
  await endLate('monthly', 'annual');

  expect(await call('GET', '/checkout')).toEqual({ status: 200, code: undefined, orders: 1 });
  expect(await call('POST', '/checkout')).toEqual({ status: 201, code: undefined, orders: 1 });
  expect(await call('GET')).toMatchObject({ status: 404, code: '800008' });
  expect(service.world.orders.size).toBe(1);
});

it('An expired checkout that failed reports the reason and does not start again', async () => {
  await endLate('annual');

  expect(await call('GET', '/checkout')).toMatchObject({ status: 200, orders: 0 });
  expect(await call('POST', '/checkout')).toMatchObject({ status: 404, code: '800008' });
});

it('An expired cart without a checkout stays expired and has no checkout', async () => {
  const created = await service.ask('POST', CARTS, { token, body: { lineItems: [line('monthly')] } });
  path = `${CARTS}/${created.body.id}`;
  expect(await call('GET', '/checkout')).toMatchObject({ status: 404, code: '1000' });

  service.world.nowMs += 8 * DAY;

  expect(await call('GET', '/checkout')).toMatchObject({ status: 404, code: '800008' });
});
