/**
 * Enum values that a client library cannot parse: responses have `unknown` in their place, and `unknown` sent back
 * means the stored value (docs/contract.md 16.5, 16.6).
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { openInProcess, tokenOf } from '../support/inProcess.ts';
import { MODERN } from '../support/samples.ts';

const PARTICIPANTS = [
  { key: 'transaction_reseller', value: '1' },
  { key: 'additional_transaction_reseller', value: '2' },
  { key: 'consumption_reseller', value: '3' },
];
const LINE = { catalogItemId: MODERN, quantity: 1, billingCycle: 'triennial', participants: PARTICIPANTS };
const CART = { lineItems: [LINE], partnerOnRecordAttestationAccepted: true };
const OLD_CLIENTS = ['Partner Center Java SDK', 'Partner Center Open .NET SDK', 'Partner Center PowerShell'];
const NEW_VALUES = /triennial|biennial|additional_transaction_reseller|consumption_reseller/;

interface Line {
  billingCycle: string;
  participants: { key: string; value: string }[];
}

let keys: KeyServer;
beforeAll(async () => {
  keys = await startKeyServer();
});
afterAll(() => keys?.stop());

async function openCart(client?: string) {
  const { ask, world, policies } = openInProcess(keys);
  const token = await tokenOf(keys);
  const customer = `/v1/customers/${randomUUID()}`;
  const headers: Record<string, string> = client ? { 'MS-PartnerCenter-Client': client } : {};
  const { body } = await ask('POST', `${customer}/carts`, { token, body: CART });
  const path = `${customer}/carts/${body.id}`;
  return {
    customer,
    order: async () => {
      await ask('POST', `${path}/checkout`, { token });
      await runAttempt(world.ports, world.sent[0]!.message, policies.attemptPolicy);
    },
    as: (method: string, uri: string, sent?: unknown) => ask(method, uri, { token, headers, body: sent }),
    get: () => ask('GET', path, { token, headers }),
    put: (lineItems: unknown[]) => ask('PUT', path, { token, headers, body: { ...CART, lineItems } }),
    stored: async () => ((await ask('GET', path, { token })).body.lineItems as Line[])[0],
    path,
  };
}

describe.each(OLD_CLIENTS)('%s', (client) => {
  it(`${client} gets values that it can parse in carts, checkouts, orders and lists`, async () => {
    const { customer, path, order, as, get } = await openCart(client);
    const cart = await get();
    await order();

    const checkout = await as('POST', `${path}/checkout`);
    const list = await as('GET', `${customer}/orders`);
    const [{ id }] = list.body.items as [{ id: string }];
    const one = await as('GET', `${customer}/orders/${id}`);
    const progress = await as('GET', `${path}/checkout`);

    for (const { status, text } of [cart, checkout, list, one, progress]) {
      expect(status).toBeLessThan(300);
      expect(text).toContain('"billingCycle":"unknown"');
      expect(text).not.toMatch(NEW_VALUES);
    }
    expect((cart.body.lineItems as Line[])[0]?.participants).toEqual([
      { key: 'transaction_reseller', value: '1' },
      { key: 'unknown', value: '2' },
      { key: 'unknown', value: '3' },
    ]);
  });

  it(`${client} can send "unknown" back without changing the stored values`, async () => {
    const { get, put, stored } = await openCart(client);
    const [line] = (await get()).body.lineItems as [Line];

    const { status, text } = await put([{ ...line, quantity: 5 }]);

    expect(status).toBe(201);
    expect(text).not.toMatch(NEW_VALUES);
    expect(await stored()).toMatchObject({
      quantity: 5,
      billingCycle: 'triennial',
      participants: PARTICIPANTS,
    });
  });

  it(`${client} can change a billing cycle, and "unknown" is rejected for any other line item`, async () => {
    const { get, put, stored } = await openCart(client);
    const [line] = (await get()).body.lineItems as [Line];

    expect((await put([{ ...line, billingCycle: 'monthly' }])).status).toBe(201);
    expect((await stored())?.billingCycle).toBe('monthly');
    expect(await put([{ ...line, catalogItemId: 'DZH318Z0BQ3Q:0001:DZH318Z0BQ3R' }])).toMatchObject({
      status: 400,
      body: { code: '900269', data: [{ path: 'lineItems[0].billingCycle', message: 'is required' }] },
    });
  });
});

it.each([undefined, 'Partner Center .NET SDK'])(
  'A client that can parse every value gets the stored values: %s',
  async (client) => {
    const { get, put } = await openCart(client);
    const { body } = await get();

    expect(body.lineItems).toMatchObject([LINE]);
    expect(await put([{ ...LINE, billingCycle: 'unknown' }])).toMatchObject({
      status: 400,
      body: { code: '900269' },
    });
  },
);
