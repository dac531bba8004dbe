/**
 * Every route, requested by every form of its path and with every method: the response does not depend on the form,
 * every success has a body and the headers that clients read, and no response redirects.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../functions/http/routes.ts';
import { ERRORS, unavailable } from '../../shared/errors.ts';
import type { Route } from '../../shared/http/route.ts';
import { errorsOf } from '../../shared/openapi/openapi.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import {
  type Answered,
  type InProcess,
  isOfCatalog,
  openInProcess,
  pathOf,
  placeOrder,
  REGISTRATION,
  tokenOf,
  WEBHOOK,
  WITH_CATALOG,
} from '../support/inProcess.ts';
import { MODERN } from '../support/samples.ts';

const CART = { lineItems: [{ catalogItemId: MODERN, quantity: 1, billingCycle: 'monthly' }] };
const TRACE = { 'MS-RequestId': randomUUID(), 'MS-CorrelationId': randomUUID(), 'X-Locale': 'de-DE' };
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const everyRoute = routes.map((route) => [route.name, route] as const);
const everyBody = everyRoute.filter(([, { reads }]) => reads.body);

let keys: KeyServer;
let token: string;
let service: InProcess;
/** The path parameters of a cart and an order of the caller. */
let params: Record<string, string>;
beforeAll(async () => {
  keys = await startKeyServer();
  token = await tokenOf(keys, { user: randomUUID() });
  service = openInProcess(keys, WITH_CATALOG);
  params = await placeOrder(service, { token, body: CART });
});
afterAll(() => keys?.stop());

const pathTo = (route: Route) => pathOf(route, params);
async function ask(route: Route, path = pathTo(route), method: string = route.method): Promise<Answered> {
  const asked = { token, body: CART, headers: TRACE };
  const answered = await service.ask(method, isOfCatalog(route) ? withMarket(path) : path, asked);
  // What was removed is there for the next test.
  if (method === 'DELETE' && method === route.method)
    await service.ask('POST', REGISTRATION, { token, body: WEBHOOK });
  return answered;
}
/** What the routes of the catalogue ask for. */
const withMarket = (path: string) => `${path}${path.includes('?') ? '&' : '?'}country=us&targetView=azure`;

/** The part of a response that does not depend on the form of the path. */
const invariant = ({ status, body }: Answered) => ({ status, code: body.code, names: Object.keys(body) });

const FORMS: [string, (path: string) => string][] = [
  ['a trailing slash', (path) => `${path}/`],
  ['leading slashes', (path) => `//${path}`],
  ['doubled slashes', (path) => path.replaceAll('/', '//')],
  ['a doubled version', (path) => `/v1/v1/${path.replace(/^\/v1/, '')}`],
  ['no version', (path) => path.replace(/^\/v1/, '')],
  // Partner Center chooses the id of an order, and ids may differ in case only.
  [
    'capital letters',
    (path) => path.toUpperCase().replace(params.orderId?.toUpperCase() ?? '', params.orderId ?? ''),
  ],
  ['braces', (path) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{$&}')],
  ['escaped braces', (path) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '%7B$&%7D')],
  ['a query', (path) => `${path}?include_price=True&country=US`],
];

it.each(everyBody)('%s says of a body that is a list what it must be', async (_, route) => {
  const { status, body } = await service.ask(route.method, withMarket(pathTo(route)), { token, body: [] });

  expect({ status, body }).toEqual({
    status: 400,
    body: {
      code: '800002',
      description: expect.stringMatching(/^The body must be an? [a-z ]+: a JSON object/),
      data: [],
      source: 'Cartwright',
    },
  });
});

/** More entries than a list may have, and as many wrong line items as a cart may have, each with many problems. */
const WRONG_ENTRIES = [Array(1_100).fill({}), Array(200).fill({ participants: Array(20).fill({}) })];

it.each(everyBody)('%s lists at most a thousand problems of a body', async (name, route) => {
  const lists = ['lineItems', 'items', 'states', 'targetItems', 'WebhookEvents'];
  for (const entries of WRONG_ENTRIES) {
    const body = Object.fromEntries(lists.map((list) => [list, entries]));
    const answer = await service.ask(route.method, withMarket(pathTo(route)), { token, body });

    expect(answer.status).toBe(400);
    // A bulk order reports every malformed item (docs/contract.md 19.4).
    const most = name === 'submitBulkOrder' ? 3 * entries.length : 1_000;
    expect((answer.body.data as unknown[]).length).toBeLessThanOrEqual(most);
  }
});

/** Ports in front of storage and a broker that do not respond. */
function withoutResponse<AllPorts extends object>(ports: AllPorts): AllPorts {
  const stay = ['now', 'random', 'newId', 'log', 'limitValidations'];
  const fail = async () => {
    throw unavailable('Storage', new Error('The test stopped it.'));
  };
  const silent = (port: unknown) => (typeof port === 'function' ? fail : new Proxy({}, { get: () => fail }));
  const entries = Object.entries(ports).map(([name, port]) => [
    name,
    stay.includes(name) ? port : silent(port),
  ]);
  return Object.fromEntries(entries) as AllPorts;
}

describe('While storage does not respond', () => {
  let during: InProcess;
  beforeAll(() => {
    during = openInProcess(keys, WITH_CATALOG);
    Object.assign(during.world.ports, withoutResponse(during.world.ports));
  });

  it.each(everyRoute)('%s documents its response while storage does not respond', async (name, route) => {
    const { status } = await during.ask(route.method, withMarket(pathTo(route)), { token, body: CART });

    const ofErrors = errorsOf(route).map((error) => ERRORS[error].status);
    expect([...Object.keys(route.docs.answers).map(Number), ...ofErrors]).toContain(status);
    expect({ name, status }).not.toEqual({ name, status: 500 });
  });
});

describe.each(everyRoute)('%s', (name, route) => {
  it(`${name} responds with a body and the common headers, and never redirects`, async () => {
    const { status, headers, body, text } = await ask(route);

    expect({ isRedirect: status >= 300 && status < 400, hasBody: text.length > 2 }).toEqual({
      isRedirect: false,
      hasBody: true,
    });
    expect(headers).toMatchObject({
      ...TRACE,
      'Content-Type': expect.stringMatching(
        /^(application\/json|text\/(html|csv|javascript|css)); charset=utf-8$/,
      ),
      'MS-CV': expect.stringMatching(/^\S{16}\.0$/),
      'MS-ServerId': expect.stringMatching(/^\w{6,9}$/),
    });
    expect(headers).not.toHaveProperty('Content-Encoding');
    if (!headers['Content-Type']?.startsWith('application/json')) return;
    expect(body).not.toEqual({});
    expect(text).not.toContain(':null');
  });

  it(`${name} responds in the same way to every form of its path`, async () => {
    const path = pathTo(route);
    const expected = invariant(await ask(route, path));

    for (const [form, formOf] of FORMS) {
      expect({ form, ...invariant(await ask(route, formOf(path))) }).toEqual({ form, ...expected });
    }
  });

  it(`${name} responds to HEAD with the status of its GET, or with 404 if it has none`, async () => {
    const { status, headers } = await ask(route, pathTo(route), 'HEAD');
    const ofGet = routes.some(({ path, method }) => path === route.path && method === 'GET');

    expect(status).toBe(ofGet ? 200 : 404);
    expect(headers).toMatchObject(TRACE);
  });

  it(`${name} responds to every other method with 404, an Allow header and no effect`, async () => {
    const own = routes.filter(({ path }) => path === route.path).map(({ method }) => method as string);
    const before = service.world.effects.length;

    for (const method of METHODS.filter((other) => !own.includes(other))) {
      const { status, headers, body } = await ask(route, pathTo(route), method);

      expect({ method, status, code: body.code }).toEqual({ method, status: 404, code: '1000' });
      expect(headers.Allow?.split(', ').filter((name) => name !== 'HEAD')).toEqual(own);
    }
    expect(service.world.effects.length).toBe(before);
  });
});
