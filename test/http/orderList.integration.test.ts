/** The orders of a customer, as the list of them is asked for. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { openInProcess, tokenOf } from '../support/inProcess.ts';
import { line } from '../support/samples.ts';

let keys: KeyServer;
beforeAll(async () => {
  keys = await startKeyServer();
});
afterAll(() => keys?.stop());

it('is cut down to a billing cycle, in the spelling of any SDK', async () => {
  const { ask, policies, world } = openInProcess(keys);
  const token = await tokenOf(keys);
  const customer = `/v1/customers/${randomUUID()}`;
  const lineItems = [line({ billingCycle: 'monthly' }), line({ billingCycle: 'one_time' })];
  const { body: cart } = await ask('POST', `${customer}/carts`, { token, body: { lineItems } });
  await ask('POST', `${customer}/carts/${cart.id}/checkout`, { token });
  await runAttempt(world.ports, world.sent[0]!.message, policies.attemptPolicy);

  const cyclesOf = async (query: string) => {
    const { body } = await ask('GET', `${customer}/orders${query}`, { token });
    return (body.items as { billingCycle: string }[]).map(({ billingCycle }) => billingCycle).sort();
  };

  expect(await cyclesOf('')).toEqual(['monthly', 'one_time']);
  expect(await cyclesOf('?billingType=')).toEqual(['monthly', 'one_time']);
  expect(await cyclesOf('?billingType=OneTime')).toEqual(['one_time']);
  expect(await cyclesOf('?billingType=onetime&include_price=true')).toEqual(['one_time']);
  expect(await cyclesOf('?billingType=Annual')).toEqual([]);
  expect(await ask('GET', `${customer}/orders?billingType=weekly`, { token })).toMatchObject({
    status: 400,
    body: { code: '900126', data: [{ path: 'billingType' }] },
  });
});
