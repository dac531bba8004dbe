/**
 * Every route of the table, asked by every form of its path and by every method: one answer whatever the form,
 * a body to every success, never a redirect, and the headers that clients look for.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../functions/http/routes.ts';
import type { Route } from '../../shared/http/pipeline.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import {
  type Answered,
  type InProcess,
  openInProcess,
  pathOf,
  placeOrder,
  tokenOf,
} from '../support/inProcess.ts';
import { MODERN } from '../support/samples.ts';

const CART = { lineItems: [{ catalogItemId: MODERN, quantity: 1, billingCycle: 'monthly' }] };
const TRACE = { 'MS-RequestId': randomUUID(), 'MS-CorrelationId': randomUUID(), 'X-Locale': 'de-DE' };
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const everyRoute = routes.map((route) => [route.name, route] as const);

let keys: KeyServer;
let token: string;
let service: InProcess;
/** Whose cart and order the paths are about: the caller's own, ordered already. */
let params: Record<string, string>;
beforeAll(async () => {
  keys = await startKeyServer();
  token = await tokenOf(keys, { user: randomUUID() });
  service = openInProcess(keys);
  params = await placeOrder(service, { token, body: CART });
});
afterAll(() => keys?.stop());

const pathTo = (route: Route) => (route.access === 'open' ? `/${route.path}` : pathOf(route, params));
const ask = (route: Route, path = pathTo(route), method: string = route.method) =>
  service.ask(method, path, { token, body: CART, headers: TRACE });

/** What of an answer is the same however the path was spelled. */
const essence = ({ status, body }: Answered) => ({ status, code: body.code, names: Object.keys(body) });

const FORMS: [string, (path: string) => string][] = [
  ['a trailing slash', (path) => `${path}/`],
  ['slashes before', (path) => `//${path}`],
  ['doubled slashes', (path) => path.replaceAll('/', '//')],
  ['a doubled version', (path) => `/v1/v1/${path.replace(/^\/v1/, '')}`],
  ['no version', (path) => path.replace(/^\/v1/, '')],
  // The id of an order is Partner Center's to choose, and may mean another in another case.
  [
    'capitals',
    (path) => path.toUpperCase().replace(params.orderId?.toUpperCase() ?? '', params.orderId ?? ''),
  ],
  ['braces', (path) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{$&}')],
  ['escaped braces', (path) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '%7B$&%7D')],
  ['a query', (path) => `${path}?include_price=True&country=US`],
];

describe.each(everyRoute)('%s', (_, route) => {
  it('answers with a body and the headers of every answer, and never redirects', async () => {
    const { status, headers, body, text } = await ask(route);

    expect([status < 300 || status >= 400, text.length > 2]).toEqual([true, true]);
    if (headers['Content-Type']?.startsWith('application/json')) expect(body).not.toEqual({});
    expect(headers).toMatchObject({
      ...TRACE,
      'Content-Type': expect.stringMatching(/^(application\/json|text\/(html|csv)); charset=utf-8$/),
      'MS-CV': expect.stringMatching(/^\S{16}\.0$/),
      'MS-ServerId': expect.stringMatching(/^\w{6,9}$/),
    });
    expect(headers).not.toHaveProperty('Content-Encoding');
    expect(text).not.toContain(':null');
  });

  it.each(FORMS)('is the same with %s', async (_form, form) => {
    const path = pathTo(route);

    expect(essence(await ask(route, form(path)))).toEqual(essence(await ask(route, path)));
  });

  it('is what HEAD asks for, if it is a GET', async () => {
    const { status, headers } = await ask(route, pathTo(route), 'HEAD');
    const ofGet = routes.some(({ path, method }) => path === route.path && method === 'GET');

    expect(status).toBe(ofGet ? 200 : 404);
    expect(headers).toMatchObject(TRACE);
  });

  it('says of every other method which there are, as 404, and does nothing', async () => {
    const own = routes.filter(({ path }) => path === route.path).map(({ method }) => method as string);
    const before = service.world.effects.length;

    for (const method of METHODS.filter((other) => !own.includes(other))) {
      const { status, headers, body } = await ask(route, pathTo(route), method);

      expect([method, status, body.code]).toEqual([method, 404, '1000']);
      expect(headers.Allow?.split(', ').filter((name) => name !== 'HEAD')).toEqual(own);
    }
    expect(service.world.effects.length).toBe(before);
  });
});
