/**
 * A partner cannot reach carts and orders of another partner. Every route is called by another partner, and for
 * another customer, with every header that services are known to trust. The ports in memory record the partitions
 * that a call reads or writes; the calls of the owner prove that the record is complete.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TokenRequest } from '../../local/issuer/claims.ts';
import type { Route } from '../../shared/http/route.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import {
  type Asked,
  closedRoutes as allClosedRoutes,
  bulkOf,
  type InProcess,
  isOfCatalog,
  openInProcess,
  pathOf,
  placeOrder,
  tokenOf,
  WEBHOOK,
} from '../support/inProcess.ts';
import { MODERN } from '../support/samples.ts';

/** The routes of what a partner owns; those of the catalogue are the same for every partner. */
const closedRoutes = allClosedRoutes.filter(([, route]) => !isOfCatalog(route));

const OWNER = { tenant: randomUUID(), user: randomUUID() };
const CUSTOMER = randomUUID();
const CART = { lineItems: [{ catalogItemId: MODERN, quantity: 1, billingCycle: 'monthly' }] };
const BULK = bulkOf(CART, CUSTOMER);
/** The stranger sends the owner's request id and body as well: no response is repeated across tenants. */
const REQUEST_ID = randomUUID();
/** The bodies of routes that read no cart. */
const BODIES: Record<string, object> = {
  submitBulkOrder: BULK,
  retryBulkOrder: {},
  createWebhook: WEBHOOK,
  replaceWebhook: WEBHOOK,
};

let keys: KeyServer;
let ownersToken: string;
let service: InProcess;
/** The path parameters of the owner's cart, order and bulk order. */
let owned: Record<string, string>;
beforeAll(async () => {
  keys = await startKeyServer();
  ownersToken = await tokenOf(keys, OWNER);
});
afterAll(() => keys?.stop());

/** A service in which the owner has a cart, an order, a bulk order and a webhook. */
async function openOwned(): Promise<void> {
  service = openInProcess(keys);
  const asked = { token: ownersToken, headers: { 'MS-RequestId': REQUEST_ID }, body: CART };
  owned = await placeOrder(service, asked, CUSTOMER);
  service.world.effects.length = 0;
}

/** Opens it once for tests that may not change what the owner has; each sees its own effects only. */
function shareOwned(): void {
  beforeAll(openOwned);
  beforeEach(() => {
    service.world.effects.length = 0;
  });
}

async function askRoute(route: Route, token: string, { params = owned, query = '', ...asked }: Way = {}) {
  const headers = { 'MS-RequestId': REQUEST_ID, ...asked.headers };
  const path = `${pathOf(route, params)}${query}`;
  return service.ask(route.method, path, { token, body: BODIES[route.name] ?? CART, ...asked, headers });
}

interface Way extends Asked {
  params?: Record<string, string>;
  query?: string;
}

/** The names of the effects that have this id in any argument. */
const touching = (id: string) =>
  service.world.effects.filter(({ args }) => JSON.stringify(args).includes(id)).map(({ name }) => name);
/** Whether a route addresses one existing resource, rather than all of a customer. */
const addressesOne = ({ path }: Route) => /\{(?!customerId)/.test(path);
/** Whether a route addresses a customer, rather than all customers of a partner. */
const addressesCustomer = ({ path }: Route) => path.includes('{customerId}');

describe('The owner', () => {
  // The list of event names is the same for every partner.
  const ownRoutes = closedRoutes.filter(([name]) => name !== 'listWebhookEvents');
  /** Whether the service is as it was opened; only a route that writes changes what the owner has. */
  let isUnchanged = false;
  beforeEach(async () => {
    if (!isUnchanged) await openOwned();
    service.world.effects.length = 0;
  });

  it.each(ownRoutes)('%s gives the owner access to its own data', async (_, route) => {
    isUnchanged = route.access === 'read';
    const { status } = await askRoute(route, ownersToken);

    expect([403, 404]).not.toContain(status);
    expect(touching(OWNER.tenant)).not.toEqual([]);
    // An erasure names the customer by a hash.
    if (addressesCustomer(route) && route.access !== 'erase') expect(touching(CUSTOMER)).not.toEqual([]);
  });
});

/** Every way in which a caller may claim another identity or another path. */
function forgeries(): Way {
  const { tenant, user } = OWNER;
  const principal = { auth_typ: 'aad', claims: [{ typ: 'tid', val: tenant }], tid: tenant, userId: user };
  const names = [
    'X-Tenant',
    'X-Tenant-Id',
    'X-MS-Tenant-Id',
    'X-Partner-Tenant',
    'MS-PartnerCenter-Application',
  ];
  return {
    headers: {
      ...Object.fromEntries(names.map((name) => [name, tenant])),
      'x-ms-client-principal': Buffer.from(JSON.stringify(principal)).toString('base64'),
      'x-ms-client-principal-id': user,
      'X-MS-TOKEN-AAD-ACCESS-TOKEN': ownersToken,
      'X-Forwarded-Authorization': `Bearer ${ownersToken}`,
      'X-Original-URL': pathOf({ path: 'customers/{customerId}/carts/{cartId}', access: 'read' }, owned),
      'X-HTTP-Method-Override': 'GET',
    },
    query: `?tenant=${tenant}&tid=${tenant}&access_token=${ownersToken}`,
    body: { ...CART, id: owned.cartId, tenant, tid: tenant, tenantId: tenant, partnerId: tenant },
  };
}

describe('Another partner', () => {
  shareOwned();
  const ways: [string, () => Way][] = [
    ['with its own token', () => ({})],
    ['with forged headers', forgeries],
    ['with ids in capital letters', () => ({ params: mapValues(owned, (id) => id.toUpperCase()) })],
  ];
  /** A partner for each case, which sends the request id of the owner for the first time. */
  const callers: [string, () => TokenRequest][] = [
    ['user', () => ({ tenant: randomUUID(), user: randomUUID() })],
    ['application', () => ({ tenant: randomUUID() })],
  ];
  const cases = ways.flatMap(([how, way]) =>
    callers.flatMap(([who, caller]) =>
      closedRoutes.map(([name, route]) => ({ how, who, name, way, caller, route })),
    ),
  );

  it.each(cases)('$name gives another partner no access ($who, $how)', async ({ way, caller, route }) => {
    const before = service.world.cart({ tenant: OWNER.tenant, customer: CUSTOMER, cartId: owned.cartId! });

    const { status, body } = await askRoute(route, await tokenOf(keys, caller()), way());

    if (addressesOne(route)) expect([403, 404]).toContain(status);
    else expect(JSON.stringify(body)).not.toMatch(new RegExp(`${owned.orderId}|${owned.bulkOrderId}`));
    expect([owned.cartId, owned.bulkOrderId]).not.toContain(body.id);
    expect(touching(OWNER.tenant)).toEqual([]);
    expect(service.world.cart({ tenant: OWNER.tenant, customer: CUSTOMER, cartId: owned.cartId! })).toEqual(
      before,
    );
  });
});

describe('Another customer of the same partner', () => {
  shareOwned();
  it.each(closedRoutes.filter(([, route]) => addressesCustomer(route)))(
    '%s gives no access to the data of another customer of the partner',
    async (_, route) => {
      const { status, body } = await askRoute(route, ownersToken, {
        params: { ...owned, customerId: randomUUID() },
      });

      if (addressesOne(route)) expect([403, 404]).toContain(status);
      else expect(JSON.stringify(body)).not.toContain(owned.orderId);
      expect(body.id).not.toBe(owned.cartId);
      expect(touching(CUSTOMER)).toEqual([]);
    },
  );
});

it('A customer id cannot address another partition', async () => {
  await openOwned();
  const token = await tokenOf(keys, { tenant: randomUUID(), user: randomUUID() });
  const path = (customer: string) => `/v1/customers/${encodeURIComponent(customer)}/carts/${owned.cartId}`;
  const forgedIds = [
    `${CUSTOMER}_x`,
    `../${CUSTOMER}`,
    `${OWNER.tenant}_${CUSTOMER}`,
    `${CUSTOMER}' or PartitionKey eq '${OWNER.tenant}_${CUSTOMER}`,
    `${CUSTOMER}\0`,
  ];

  for (const customer of forgedIds) {
    expect([400, 404]).toContain((await service.ask('GET', path(customer), { token })).status);
  }
  expect(service.world.effects).toEqual([]);
});

it.each(allClosedRoutes.filter(([, route]) => isOfCatalog(route)))(
  'The catalogue is read without what any partner owns: %s',
  async (_, route) => {
    await openOwned();
    await askRoute(route, ownersToken, { query: '?country=US&targetView=Azure' });

    expect(service.world.effects).toEqual([]);
  },
);

const mapValues = (values: Record<string, string>, change: (value: string) => string) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
