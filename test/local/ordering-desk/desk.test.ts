/** The ordering desk over HTTP: orders, idempotency, authentication, and the ledger. */
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startIssuer } from '../../../local/issuer/issuer.ts';
import { type Desk, startDesk } from '../../../local/ordering-desk/desk.ts';
import { readLedger } from '../../../local/ordering-desk/ledger.ts';
import { callerOf, customer, offerId, order } from './caller.ts';

let folder: string;
let ledgerFile: string;
let desk: Desk;
const { send, play, get, outcomes } = callerOf(() => desk.url);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'desk-'));
  ledgerFile = join(folder, 'ledger.jsonl');
  desk = await startDesk({ ledgerFile });
});

afterEach(async () => {
  await desk.close();
  await rm(folder, { recursive: true });
});

test('An order request returns 201 and the complete Order', async () => {
  const response = await send({ requestId: 'r-1' });

  expect(response.status).toBe(201);
  expect(response.headers.get('ms-requestid')).toBe('r-1');
  const made = (await response.json()) as Record<string, unknown>;
  expect(made).toMatchObject({
    id: expect.stringMatching(/^[0-9a-f]{12}$/),
    alternateId: made.id,
    referenceCustomerId: customer,
    billingCycle: 'monthly',
    currencyCode: 'USD',
    currencySymbol: '$',
    status: 'completed',
    transactionType: 'UserPurchase',
    creationDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/),
    links: { self: { uri: `/customers/${customer}/orders/${made.id}`, method: 'GET', headers: [] } },
    attributes: { objectType: 'Order' },
  });
  expect((made.lineItems as unknown[])[0]).toMatchObject({
    ...order.lineItems[0],
    transactionType: 'New',
    subscriptionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    links: { sku: { uri: '/products/DG7GMGF0DWTL/skus/0001?country=US' } },
  });
});

test('The lines of a one-time order have no subscription', async () => {
  const response = await send({ body: { ...order, billingCycle: 'one_time' } });

  const { lineItems } = (await response.json()) as { lineItems: object[] };
  expect(lineItems[0]).not.toHaveProperty('subscriptionId');
});

test('A repeated request id returns the same order, and the ledger has one line', async () => {
  const first = await (await send({ requestId: 'r-1' })).json();
  const second = await send({ requestId: 'r-1' });

  expect(second.status).toBe(201);
  expect(await second.json()).toEqual(first);
  expect(await readLedger(ledgerFile)).toHaveLength(1);
  expect(await outcomes()).toEqual(['created', 'repeated']);
});

test('Twenty concurrent requests with one request id create one order', async () => {
  const responses = await Promise.all(Array.from({ length: 20 }, () => send({ requestId: 'r-1' })));

  const ids = await Promise.all(
    responses.map(async (response) => ((await response.json()) as { id: string }).id),
  );
  expect(new Set(ids).size).toBe(1);
  expect(await readLedger(ledgerFile)).toHaveLength(1);
});

test('A desk without idempotency creates an order for every request', async () => {
  await play({ idempotency: false });
  await send({ requestId: 'r-1' });
  await send({ requestId: 'r-1' });

  expect(await readLedger(ledgerFile)).toHaveLength(2);
});

test('The orders of a customer can be listed and read, with the unknown members of their requests', async () => {
  const externalReference = { checkout: 'c-1', group: ['0'] };
  const made = (await (await send({ body: { ...order, externalReference } })).json()) as { id: string };

  const list = await get<{ totalCount: number; items: unknown[]; attributes: unknown }>(
    `/v1/customers/${customer.toUpperCase()}/orders`,
  );
  expect(list).toMatchObject({ totalCount: 1, attributes: { objectType: 'Collection' } });
  expect(list.items[0]).toEqual(made);
  expect(await get(`/v1/customers/${customer}/orders/${made.id}`)).toMatchObject({ externalReference });
  expect(await get('/v1/customers/another/orders')).toMatchObject({ totalCount: 0, items: [] });
  expect(await get(`/v1/customers/${customer}/orders/000000000000`)).toMatchObject({ code: '20000' });
});

test('With a list delay, a new order is missing from the list and can be read by its id', async () => {
  await play({ listDelaySeconds: 60 });
  const { id } = (await (await send()).json()) as { id: string };

  expect(await get(`/v1/customers/${customer}/orders`)).toMatchObject({ totalCount: 0, items: [] });
  expect(await get(`/v1/customers/${customer}/orders/${id}`)).toMatchObject({ id });
  await play({ listDelaySeconds: 0 });
  expect(await get(`/v1/customers/${customer}/orders`)).toMatchObject({ totalCount: 1, items: [{ id }] });
});

test('A desk without echo does not return the externalReference of an order', async () => {
  await play({ echo: false });
  const made = await (await send({ body: { ...order, externalReference: 'c-1' } })).json();

  expect(made).not.toHaveProperty('externalReference');
});

test('An invalid order request is rejected with 400 and creates no order', async () => {
  const response = await send({ body: { ...order, lineItems: [] } });

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: '800002', data: [], source: 'OrderingDesk' });
  expect(await readLedger(ledgerFile)).toEqual([]);
});

test('The ledger line of an order is written before the response is sent', async () => {
  const { id } = (await (await send({ requestId: 'r-1' })).json()) as { id: string };

  const [line] = (await readFile(ledgerFile, 'utf8')).split('\n');
  expect(JSON.parse(line!)).toMatchObject({
    at: expect.any(Number),
    requestId: 'r-1',
    customer,
    orderId: id,
    lines: [{ lineItemNumber: 0, offerId, quantity: 2 }],
  });
});

test('A restarted desk loads the orders of its ledger and ignores a partly written line', async () => {
  const made = await (await send({ requestId: 'r-1' })).json();
  await desk.close();
  await appendFile(ledgerFile, '{"at":1,"requestId":"half');

  desk = await startDesk({ ledgerFile });
  const repeated = await send({ requestId: 'r-1' });
  await send({ requestId: 'r-2' });

  expect(await repeated.json()).toEqual(made);
  expect((await readLedger(ledgerFile)).map(({ requestId }) => requestId)).toEqual(['r-1', 'r-2']);
});

test('A desk with a key set rejects callers without a valid token', async () => {
  const issuer = await startIssuer();
  await desk.close();
  desk = await startDesk({ ledgerFile, jwksUrl: issuer.jwksUrl });
  const valid = await issuer.mint({});
  const invalid = {
    missing: undefined,
    expired: await issuer.mint({ lifetimeSeconds: -60 }),
    'for another audience': await issuer.mint({ audience: 'https://graph.windows.net' }),
    'of another issuer': await issuer.mint({ claims: { iss: 'https://sts.windows.net/other/' } }),
  };

  for (const [what, token] of Object.entries(invalid)) {
    const response = await send(token === undefined ? {} : { token });
    expect(response.status, what).toBe(401);
    expect(response.headers.get('www-authenticate'), what).toBe('Bearer error="invalid_token"');
  }
  expect((await send({ token: valid })).status).toBe(201);
  expect(await readLedger(ledgerFile)).toHaveLength(1);
  await issuer.close();
});

test('Starting the desk fails when the ledger cannot be written', async () => {
  await expect(startDesk({ ledgerFile: join(ledgerFile, 'below-a-file.jsonl') })).rejects.toThrow();
});
