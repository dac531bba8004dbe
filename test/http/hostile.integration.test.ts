/**
 * Hostile and malformed requests: each is rejected in the error format, with a status that no client retries
 * indefinitely, and without an effect on storage or queues, which the ports in memory count.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_LINE_ITEMS } from '../../shared/cart/limits.ts';
import { MAX_BODY_BYTES } from '../../shared/http/json.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { type Answered, type InProcess, openInProcess, tokenOf } from '../support/inProcess.ts';
import { MODERN } from '../support/samples.ts';

let keys: KeyServer;
let token: string;
beforeAll(async () => {
  keys = await startKeyServer();
  token = await tokenOf(keys);
});
afterAll(() => keys?.stop());

const LINE = { catalogItemId: MODERN, quantity: 1, billingCycle: 'monthly' };
const CARTS = `/v1/customers/${randomUUID()}/carts`;
const utf8 = (text: string) => new TextEncoder().encode(text);
const cart = (more: object) => ({ lineItems: [{ ...LINE, ...more }] });

/** Expects the error format and no effect. */
function expectRejected({ world }: InProcess, { status, headers, body }: Answered): void {
  expect([400, 403, 404, 409]).toContain(status);
  expect(headers['Content-Type']).toBe('application/json; charset=utf-8');
  expect(body).toEqual({
    code: expect.stringMatching(/^\d+$/),
    description: expect.stringMatching(/^.{1,1024}$/s),
    data: expect.any(Array),
    source: 'Cartwright',
  });
  expect(world.effects.map(({ name }) => name)).toEqual([]);
}

describe.each([
  ['create', 'POST', CARTS],
  ['replace', 'PUT', `${CARTS}/${randomUUID()}`],
])('Invalid requests: %s', (action, method, path) => {
  const expectRejection = async (body: unknown) => {
    const service = openInProcess(keys);
    const answer = await service.ask(method, path, { token, body });
    expectRejected(service, answer);
    return answer;
  };

  it.each<[string, unknown]>([
    ['no body', undefined],
    ['an empty body', utf8('')],
    ['a byte-order mark only', utf8('\uFEFF')],
    ['malformed JSON', utf8('{"lineItems":[')],
    ['two values', utf8('{} {}')],
    ['XML', utf8('<cart/>')],
    ['invalid UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['UTF-16', Buffer.from(JSON.stringify(cart({})), 'utf16le')],
    ['a body over the limit', utf8(JSON.stringify(cart({})).padEnd(MAX_BODY_BYTES + 1))],
    ['deep lists', utf8('['.repeat(100_000))],
    ['deep objects', utf8(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`)],
    ['a string', 'success'],
    ['a list', [cart({})]],
    ['no line items', { lineItems: [] }],
    ['too many line items', { lineItems: Array(MAX_LINE_ITEMS + 1).fill(LINE) }],
    ['too many add-ons', cart({ addonItems: Array(MAX_LINE_ITEMS).fill(LINE) })],
    ['add-ons of add-ons', cart({ addonItems: [{ ...LINE, addonItems: [LINE] }] })],
    ['line items in a prototype', utf8(`{"__proto__":${JSON.stringify(cart({}))}}`)],
    [
      'the members of a line item in a prototype',
      utf8(`{"lineItems":[{"__proto__":${JSON.stringify(LINE)}}]}`),
    ],
    ['a constructor', utf8(`{"constructor":{"prototype":${JSON.stringify(cart({}))}}}`)],
    ['a quantity of text', cart({ quantity: 'one' })],
    ['no quantity', cart({ quantity: null })],
    ['a negative quantity', cart({ quantity: -1 })],
    ['a fraction', cart({ quantity: 0.5 })],
    ['a quantity above 32 bits', cart({ quantity: 2 ** 31 })],
    ['an infinite quantity', utf8(JSON.stringify(cart({})).replace('"quantity":1', '"quantity":1e999'))],
    ['an unknown billing cycle', cart({ billingCycle: 'weekly' })],
    ['an impossible date', cart({ customTermEndDate: '2027-02-30' })],
    ['text in place of a boolean', cart({ attestationAccepted: 'yes' })],
    ['objects in the provisioning context', cart({ provisioningContext: { scope: {} } })],
    ['text above the limit', cart({ friendlyName: 'x'.repeat(100_000) })],
  ])(`A ${action} with %s is rejected with 400, before any effect`, async (_name, body) => {
    expect((await expectRejection(body)).status).toBe(400);
  });

  it(`A ${action} with many errors is rejected, and all of them are reported`, async () => {
    const { body } = await expectRejection({
      partnerOnRecordAttestationAccepted: 1,
      lineItems: [
        { ...LINE, quantity: 0, currencyCode: 'EURO', renewsTo: { termDuration: 1 } },
        { addonItems: [{ ...LINE, billingCycle: 7 }] },
        'x',
      ],
    });

    expect((body.data as { path: string }[]).map(({ path: at }) => at).sort()).toEqual([
      'lineItems[0].currencyCode',
      'lineItems[0].quantity',
      'lineItems[0].renewsTo.termDuration',
      'lineItems[1].addonItems[0].billingCycle',
      'lineItems[1].billingCycle',
      'lineItems[1].catalogItemId',
      'lineItems[1].quantity',
      'lineItems[2]',
      'partnerOnRecordAttestationAccepted',
    ]);
  });

  it(`A valid ${action} has effects, which proves that effects are counted`, async () => {
    const service = openInProcess(keys);
    await service.ask(method, path, { token, body: cart({}) });

    expect(service.world.effects.length).toBeGreaterThan(0);
  });
});

describe('Paths and methods without a route', () => {
  it.each([
    ['POST', '/'],
    ['GET', '/v1'],
    ['GET', '/v2/customers'],
    ['GET', `${CARTS}/`],
    ['POST', `${CARTS}/${randomUUID()}/checkout/now`],
    ['GET', '/v1/customers/%/carts'],
    ['GET', '/v1/__proto__'],
    ['DELETE', `${CARTS}/${randomUUID()}`],
    ['PATCH', `${CARTS}/${randomUUID()}`],
    ['OPTIONS', CARTS],
    ['HEAD', '/v1/nothing'],
    ['POST', '/health'],
    ['GET', `/v1/customers/nobody/carts/${randomUUID()}`],
    ['GET', `${CARTS}/nothing`],
  ])('%s %s is rejected, before any effect', async (method, path) => {
    const service = openInProcess(keys);

    expectRejected(service, await service.ask(method, path, { token, body: cart({}) }));
  });

  it.each(['a%00b', '%EF%BF%BF', '%E2%80%A8', '..%2F', '%20', '%7F'])(
    'The order %s, whose id a gateway could give, is looked up and not found',
    async (orderId) => {
      const { ask, world } = openInProcess(keys);

      const { status, body } = await ask('GET', `/v1/customers/${randomUUID()}/orders/${orderId}`, { token });

      expect({ status, code: body.code }).toEqual({ status: 404, code: '20000' });
      expect(world.effects.map(({ name }) => name)).toEqual(['orders.read']);
    },
  );
});
