/**
 * The conformance checklist of the wire contract (docs/contract.md), line by line, against the running service: each line is a
 * test that stands alone and carries its number. What other files show at length is shown here once more.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import dotnet from '../fixtures/wire/dotnet.json' with { type: 'json' };
import java from '../fixtures/wire/java.json' with { type: 'json' };
import psdk from '../fixtures/wire/psdk.json' with { type: 'json' };
import { excuseLinks } from '../support/linkRecorder.ts';
import { PARTNERS } from '../support/stackSettings.ts';
import { createCart, RESERVATION, SEATS } from './orders.ts';
import { type Answer, type Body, eventually, type Service, sharedService } from './running.ts';

let service: Service;
let call: Service['call'];
/** Made first, and so past its time when its test comes. */
let aged: Awaited<ReturnType<typeof createCart>>;
beforeAll(async () => {
  service = await sharedService('limits', { tenant: PARTNERS.checklist, roles: ['AdminAgent'] });
  call = service.call;
  aged = await createCart(call);
});
beforeEach(() => excuseLinks(/^GET \/customers\/\S+\/carts\/\S+$/, 'Carts live for six seconds here.'));

const carts = (customer: string = randomUUID()) => `/v1/customers/${customer}/carts`;
const client = (name: string) => ({ 'MS-PartnerCenter-Client': `Partner Center ${name}` });

/** The create that an SDK was recorded sending, for a new customer. */
function recordedCreate({ requests: [first] }: typeof java | typeof dotnet): Promise<Answer> {
  const headers = Object.fromEntries(first?.headers.filter(([name]) => name !== 'Content-Length') ?? []);
  delete headers.Authorization;
  return call('POST', carts(), { body: first?.body, headers });
}

/** The body of a document's sample, as printed. */
function printed(seed: 'create' | 'update' | 'checkout'): string {
  const text = readFileSync(new URL(`../fixtures/seeds/${seed}.txt`, import.meta.url), 'utf8');
  return text.slice(text.indexOf('\n\n') + 2);
}

const idsOf = (items: Body['lineItems'], addons = 'addonItems'): number[] =>
  (items ?? []).flatMap((item) => [item.id, ...idsOf(item[addons] as Body['lineItems'])]);

describe('Bodies of the SDKs', () => {
  it('1. .NET: PascalCase, nulls, no date, Attributes → 201 in camelCase with numbers for ids', async () => {
    const { status, body } = await recordedCreate(dotnet);

    expect(status).toBe(201);
    expect(idsOf(body.lineItems)).toEqual([0, 1, 2]);
    const names = JSON.stringify(body).match(/"[^"]+"(?=:)/g) ?? [];
    expect(names.filter((name) => /^"[A-Z]/.test(name))).toEqual([]);
    expect(Date.parse(String(body.expirationTimestamp))).toBeGreaterThan(Date.now());
  });

  it('2. PowerShell: OneTime, TransactionReseller, every Id 0 → 201 with ids 0, 1 and snake_case', async () => {
    const recorded = await recordedCreate(psdk as typeof java);
    const lines = [RESERVATION, SEATS].map((line) => ({ Id: 0, ...line, billingCycle: 'OneTime' }));
    const allZero = await call('POST', carts(), { body: { LineItems: lines } });

    expect([recorded.status, allZero.status]).toEqual([201, 201]);
    expect(recorded.body.lineItems?.[0]).toMatchObject({
      billingCycle: 'one_time',
      participants: [{ key: 'transaction_reseller', value: '5357564' }],
    });
    expect(idsOf(allZero.body.lineItems)).toEqual([0, 1]);
  });

  it('3. Java: addOnItems come back as addOnItems, and as addonItems to .NET', async () => {
    const { status, body } = await recordedCreate(java);
    const uri = `/v1${(body.links as { self: { uri: string } }).self.uri}`;
    const seenByNet = await call('GET', uri, { headers: client('.NET SDK') });

    expect(status).toBe(201);
    expect(idsOf(body.lineItems, 'addOnItems')).toEqual([0, 1, 2]);
    expect(idsOf(seenByNet.body.lineItems, 'addonItems')).toEqual([0, 1, 2]);
    expect(JSON.stringify([body, seenByNet.body]).match(/add[Oo]nItems/g)).toEqual([
      'addOnItems',
      'addonItems',
    ]);
  });
});

describe('Samples of the documentation', () => {
  it('4. create and update as printed, malformed as they are → 201 with the id of the path', async () => {
    const customer = randomUUID();
    const created = await call('POST', carts(customer), { body: printed('create') });
    const path = `${carts(customer)}/${created.body.id}`;
    const updated = await call('PUT', `${path}/`, { body: printed('update') });

    expect([created.status, updated.status]).toEqual([201, 201]);
    expect(updated.body.id).toBe(created.body.id);
    expect(printed('update')).not.toContain(created.body.id);
  });

  it('5. a checkout with no body, "success", a cart, anything → 201 each, with one result', async () => {
    const { path } = await createCart(call);
    const headers = { 'Content-Type': 'text/xml' };
    const answers = [
      await call('POST', `${path}/checkout`),
      await call('POST', `${path}/checkout`, { body: '"success"' }),
      await call('POST', `${path}/checkout`, { body: printed('checkout') }),
      await call('POST', `${path}/checkout`, { body: 'No-Content-Body' }),
      await call('POST', `${path}/checkout`, { body: '<cart/>', headers }),
    ];

    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(201));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });
});

describe('Writes', () => {
  it('6. one POST twice with one MS-RequestId → one cart, one body; with two ids → two carts', async () => {
    const path = carts();
    const create = (id: string) =>
      call('POST', path, { body: { lineItems: [SEATS] }, headers: { 'MS-RequestId': id } });
    const id = randomUUID();

    const [first, again, other] = [await create(id), await create(id), await create(randomUUID())];

    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(other.status).toBe(201);
    expect(other.body.id).not.toBe(first.body.id);
  });

  it('7. a cart put back as it was got → 201, unchanged', async () => {
    const { path } = await createCart(call, [RESERVATION, { ...SEATS, addonItems: [RESERVATION] }]);
    const got = await call('GET', path);
    const put = await call('PUT', path, { body: got.body });

    expect(put.status).toBe(201);
    expect(put.body.lineItems).toEqual(got.body.lineItems);
  });

  it('8. ParentSubscriptionId → parentSubscriptionId', async () => {
    const provisioningContext = { ParentSubscriptionId: '3D5ECED6-1151-44C7-AEE6-70A4BB725666' };
    const { created } = await createCart(call, [{ ...SEATS, provisioningContext }]);

    expect(created.body.lineItems?.[0]?.provisioningContext).toEqual({
      parentSubscriptionId: provisioningContext.ParentSubscriptionId,
    });
  });
});

describe('Paths', () => {
  it('9. trailing slash, //customers, //v1, braces, capitals → the cart', async () => {
    const { path, cartId, customer } = await createCart(call);
    const forms = [
      `${path}/`,
      path.replace('/customers', '//customers'),
      `/v1/${path}`,
      path.replace('/v1', ''),
      path.replace(cartId, `%7B${cartId}%7D`).replace(customer, `{${customer}}`),
      path.replace(cartId, cartId.toUpperCase()).replace(customer, customer.toUpperCase()),
    ];

    const answers = await Promise.all(forms.map((form) => call('GET', form)));

    expect(answers.map(({ status, body }) => [status, body.id])).toEqual(forms.map(() => [200, cartId]));
  });
});

describe('Rejections', () => {
  it('10. a bad catalogue item → 201 with the error’s number; its checkout → 400 800009, whole shape', async () => {
    const { path, created } = await createCart(call, [{ ...SEATS, catalogItemId: 'no such item' }]);
    const refused = await call('POST', `${path}/checkout`);

    expect(created.body.lineItems?.[0]?.error).toMatchObject({ errorCode: 10001 });
    expect(refused.status).toBe(400);
    expect(refused.body).toEqual({
      code: '800009',
      description: expect.stringMatching(/./),
      data: [{ lineItemId: 0, errorCode: 10001, errorDescription: expect.stringMatching(/./) }],
      source: expect.stringMatching(/./),
    });
  });

  it('11. expired → 404 800008; ordered: replace → 400 800065, checkout → 201 with the same orders', async () => {
    const { path } = await createCart(call);
    const first = await call('POST', `${path}/checkout`);
    const again = await call('POST', `${path}/checkout`);
    const replaced = await call('PUT', path, { body: { lineItems: [SEATS] } });
    await eventually(async () => Date.now() > Date.parse(String(aged.created.body.expirationTimestamp)));
    const expired = [
      await call('GET', aged.path),
      await call('PUT', aged.path, { body: { lineItems: [SEATS] } }),
      await call('POST', `${aged.path}/checkout`),
    ];

    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(replaced).toMatchObject({ status: 400, body: { code: '800065' } });
    expect(expired.map(({ status, body }) => [status, body.code])).toEqual(Array(3).fill([404, '800008']));
  });

  it('12. 429 → Retry-After in seconds, and the members of both shapes', async () => {
    const token = await service.token({ tenant: PARTNERS.onceAMinute });
    const ask = () => call('GET', carts(), { token });
    await ask(); // the one request of this minute

    const { status, headers, body } = await ask();

    expect(status).toBe(429);
    expect(headers.get('Retry-After')).toMatch(/^[1-9]\d*$/);
    expect(body).toMatchObject({
      code: expect.stringMatching(/./),
      description: expect.stringMatching(/./),
      data: [],
      statusCode: 429,
      message: expect.stringMatching(/./),
    });
  });
});

describe('Authorization', () => {
  it('13. a person without a second factor → 401 with a challenge; an application buys, but → 403 900329 on provisioningstatus', async () => {
    const weak = await service.token({ user: randomUUID(), mfa: false });
    const app = await service.token();

    const denied = await call('GET', aged.path, { token: weak });
    const created = await call('POST', carts(aged.customer), { token: app, body: { lineItems: [SEATS] } });
    const path = `${carts(aged.customer)}/${created.body.id}`;
    const bought = await call('POST', `${path}/checkout`, { token: app });
    const orders = `/v1/customers/${aged.customer}/orders/${bought.body.orders?.[0]?.id}`;
    const status = await call('GET', `${orders}/provisioningstatus`, { token: app });

    expect(denied).toMatchObject({ status: 401, body: { code: '400', data: [] } });
    expect(denied.headers.get('WWW-Authenticate')).toContain('Bearer');
    expect([created.status, bought.status]).toEqual([201, 201]);
    expect(status).toMatchObject({ status: 403, body: { code: '900329' } });
  });
});
