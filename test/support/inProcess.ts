/**
 * The HTTP side of the service in this process: the real routes, pipeline, verifier and inbound limiter, real keys and
 * tokens, and ports in memory that record every effect. For tests that cover every route.
 */
import { randomUUID } from 'node:crypto';
import { HttpRequest, InvocationContext } from '@azure/functions';
import { routeEntries } from '../../functions/http/routeEntries.ts';
import { routes } from '../../functions/http/routes.ts';
import {
  claimsOf,
  issuerOf,
  partnerCenterAudience,
  type TokenRequest,
  tokenRequest,
} from '../../local/issuer/claims.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import { composeService } from '../../shared/compose.ts';
import { readSettings } from '../../shared/config.ts';
import type { Policies } from '../../shared/http/context.ts';
import { dispatch } from '../../shared/http/pipeline.ts';
import { canonicalPath, type Route } from '../../shared/http/route.ts';
import type { KeyServer } from '../identity/keyServer.ts';
import { clientHeaderOf, recordLinks } from './linkRecorder.ts';
import { newWorld, type World } from './ports.ts';
import { NOW } from './samples.ts';

export interface Answered {
  status: number;
  headers: Record<string, string>;
  /** Empty if the body is not JSON. */
  body: Record<string, unknown>;
  text: string;
}

export interface Asked {
  token?: string;
  headers?: Record<string, string>;
  /** Not sent with GET and HEAD: a value as JSON, bytes unchanged. */
  body?: unknown;
}

export interface InProcess {
  world: World;
  policies: Policies;
  ask: (method: string, path: string, asked?: Asked) => Promise<Answered>;
}

/** A token that the service accepts, unless the request makes it invalid. */
export function tokenOf(keys: KeyServer, request: TokenRequest = {}): Promise<string> {
  return keys.sign(claimsOf(tokenRequest.parse(request), Math.floor(Date.now() / 1_000)));
}

/** An empty service. Its checkouts do not wait. */
export function openInProcess(keys: KeyServer, settings: Record<string, string> = {}): InProcess {
  const world = newWorld(NOW);
  const service = composeService(
    readSettings({
      AUTH_JWKS_URL: keys.url,
      AUTH_ISSUERS: issuerOf('{tid}'),
      AUTH_AUDIENCES: partnerCenterAudience,
      AUTH_TENANTS: '*',
      CHECKOUT_WAIT: 'PT0S',
      AUTH_ERASE_ROLES: '*',
      CartStorage: 'never connected to',
      ServiceBusConnection: 'never connected to',
      ...settings,
    }),
  );
  const inMemory = { ...service, ports: () => world.ports };
  // The same for all of a file: what one test has followed, the next need not.
  const name = `in process ${JSON.stringify(settings)}`;
  const ask: InProcess['ask'] = async (method, path, { token, headers = {}, body } = {}) => {
    const request = new HttpRequest({
      method,
      url: `http://localhost${path}`,
      headers: { ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }), ...headers },
      ...(body === undefined || BODILESS.includes(method) ? {} : { body: bodyOf(body) }),
    });
    const answer = await dispatch(routeEntries, request, new InvocationContext(), inMemory);
    const sent = answer.headers as Record<string, string>;
    const isJson = sent['Content-Type']?.startsWith('application/json');
    const answered = {
      status: answer.status ?? 0,
      headers: sent,
      body: isJson ? (JSON.parse(String(answer.body)) as Record<string, unknown>) : {},
      text: String(answer.body ?? ''),
    };
    recordLinks({
      ...{ service: name, method, path, status: answered.status, body: answered.body },
      location: sent.Location ?? null,
      async follow(otherMethod, otherPath, otherBody) {
        const other = await ask(otherMethod, otherPath, {
          headers: clientHeaderOf(headers),
          ...(token === undefined ? {} : { token }),
          ...(otherBody === undefined ? {} : { body: otherBody }),
        });
        return { ...other, headers: new Headers(other.headers) };
      },
    });
    return answered;
  };
  return { world, policies: service.policies, ask };
}

const BODILESS = ['GET', 'HEAD'];
const bodyOf = (body: unknown) =>
  body instanceof Uint8Array ? { bytes: body } : { string: JSON.stringify(body) };

/**
 * Creates this cart for a customer, checks it out, orders it again in a bulk order, and registers a webhook that is
 * tested; returns the ids as path parameters.
 */
export async function placeOrder(
  { world, policies, ask }: InProcess,
  asked: Asked,
  customerId: string = randomUUID(),
) {
  const carts = `/v1/customers/${customerId}/carts`;
  const cartId = String((await ask('POST', carts, asked)).body.id);
  await ask('POST', `${carts}/${cartId}/checkout`, asked);
  await runAttempt(world.ports, world.sent[0]!.message, policies.attemptPolicy);
  const [order] = world.orders.values();
  if (!order) throw new Error('The cart was not ordered.');
  const submitted = await ask('POST', '/v1/bulkorders', { ...asked, body: bulkOf(asked.body, customerId) });
  await ask('POST', REGISTRATION, { ...asked, body: WEBHOOK });
  await ask('POST', `/v1/customers/${customerId}/erasure`, asked);
  const { body } = await ask('POST', `${REGISTRATION}/validationEvents`, asked);
  return {
    customerId,
    cartId,
    orderId: order.orderId,
    lineItemNumber: '0',
    subscriptionId: order.lineItems[0]?.subscriptionId ?? '',
    bulkOrderId: String(submitted.body.id),
    correlationId: String(body.correlationId),
    deliveryId: world.deliveriesSent[0]?.message.deliveryId ?? '',
    file: 'cart.expired.v1.json',
    ...CATALOG_ITEM,
  };
}

/** A catalogue item that the sample catalogue has, as parameters of paths. */
export const CATALOG_ITEM = {
  productId: 'DG7GMGF0DWTL',
  skuId: '0001',
  availabilityId: 'DG7GMGF0DSJB',
};
/** The settings with which the routes of the catalogue find something. */
export const WITH_CATALOG = { CATALOG_FILE: 'shared/catalog/sample.json' };

/** Whether a route is about the catalogue, which is the same for every partner. */
export const isOfCatalog = ({ docs }: Route): boolean => docs.tag === 'Products';

export const REGISTRATION = '/webhooks/v1/registration';
/** A webhook that is never called. */
export const WEBHOOK = { WebhookUrl: 'https://hooks.contoso.com/', WebhookEvents: ['test-created'] };

/** A bulk order of one item: this cart, for this customer. */
export const bulkOf = (cart: unknown, customerId: string) => ({
  reference: 'renewals',
  items: [{ reference: 'first', customerId, cart }],
});

/** The routes that require a token, each as `[name, route]`. */
export const closedRoutes: [string, Route][] = routes
  .filter(({ access }) => access !== 'open')
  .map((route) => [route.name, route]);

/** The path of a route with its parameters; throws if a parameter is missing. */
export function pathOf(route: Pick<Route, 'path' | 'access'>, params: Record<string, string>): string {
  const path = canonicalPath(route);
  return `/${path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`The test has no ${name} for the path ${path}.`);
    return value;
  })}`;
}
