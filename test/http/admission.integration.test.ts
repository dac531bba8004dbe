/**
 * Admission, checked for every route: tokens, roles and the inbound rate limit. Every rejection has the documented
 * response and precedes any effect, which the ports in memory count.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../functions/http/routes.ts';
import { claimsOf, type TokenRequest, tokenRequest } from '../../local/issuer/claims.ts';
import type { Route } from '../../shared/http/route.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import {
  CATALOG_ITEM,
  closedRoutes,
  type InProcess,
  openInProcess,
  pathOf,
  tokenOf,
} from '../support/inProcess.ts';

const USER = randomUUID();
const TENANT = randomUUID();
const PARAMS = {
  customerId: randomUUID(),
  cartId: randomUUID(),
  orderId: 'f76c6b7f449d',
  lineItemNumber: '0',
  subscriptionId: randomUUID(),
  bulkOrderId: randomUUID(),
  ...CATALOG_ITEM,
  correlationId: randomUUID(),
  deliveryId: '06866023497616-5f0d8c1e2b3a49687756c4d1',
  file: 'cart.expired.v1.json',
};

let keys: KeyServer;
beforeAll(async () => {
  keys = await startKeyServer();
});
afterAll(() => keys?.stop());

const askRoute = (service: InProcess, route: Route, token?: string) =>
  service.ask(route.method, pathOf(route, PARAMS), { ...(token === undefined ? {} : { token }), body: {} });
/** A write that is rejected with 400 after its caller is admitted, because its body is empty. */
const CREATE = routes.find(({ name }) => name === 'createCart')!;
const effects = ({ world }: InProcess) => world.effects.map(({ name }) => name);

/** Expects that every route rejects this token, without an effect. */
async function expectRejectedEverywhere(token: string | undefined): Promise<void> {
  const service = openInProcess(keys);
  for (const [name, route] of closedRoutes) {
    const { status, headers, body } = await askRoute(service, route, token);

    expect({ name, status, code: body.code }).toEqual({ name, status: 401, code: '400' });
    expect(headers['WWW-Authenticate']).toBe('Bearer error="invalid_token"');
  }
  expect(effects(service)).toEqual([]);
}

const goodClaims = () => claimsOf(tokenRequest.parse({}), Math.floor(Date.now() / 1_000));

function signedWithPublicKey(): string {
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
  const head = `${part({ alg: 'HS256', kid: 'one' })}.${part(goodClaims())}`;
  return `${head}.${createHmac('sha256', keys.publicPem).update(head).digest('base64url')}`;
}

it('The valid tokens of this file are accepted by every route', async () => {
  const service = openInProcess(keys);
  const token = await keys.sign(goodClaims());
  for (const [name, route] of closedRoutes) {
    const { status } = await askRoute(service, route, token);
    expect({ name, status }).not.toEqual({ name, status: 401 });
  }
});

describe('Rejected tokens', () => {
  it.each<[string, TokenRequest | undefined]>([
    ['without a token', undefined],
    ['with an expired token', { lifetimeSeconds: -3_600 }],
    ['with a token for another audience', { audience: 'https://graph.windows.net' }],
    [
      'with a token of another tenant’s issuer',
      { claims: { iss: `https://sts.windows.net/${randomUUID()}/` } },
    ],
    ['with a token without a tenant', { claims: { tid: null } }],
    ['with a token without multi-factor authentication', { user: USER, mfa: false }],
    ['with a token of another scope', { user: USER, claims: { scp: 'openid' } }],
    ['with a token that is not yet valid', { claims: { nbf: Math.floor(Date.now() / 1_000) + 3_600 } }],
  ])('Every route rejects a request %s, before any effect', async (_, request) => {
    await expectRejectedEverywhere(request && (await tokenOf(keys, request)));
  });

  it.each<[string, () => Promise<string> | string]>([
    ['unsigned', () => new UnsecuredJWT(goodClaims()).encode()],
    ['signed with HS256 and the public key as the secret', signedWithPublicKey],
    ['signed with another key', () => keys.forge(goodClaims())],
    ['signed by a key that is not published', () => keys.sign(goodClaims(), { kid: 'two' })],
    ['malformed', () => 'a.b.c'],
  ])('Every route rejects a request with a token that is %s, before any effect', async (_, make) => {
    await expectRejectedEverywhere(await make());
  });

  it('Every route rejects a token of a tenant that the service does not serve, before any effect', async () => {
    const service = openInProcess(keys, { AUTH_TENANTS: TENANT });
    const token = await tokenOf(keys, { tenant: randomUUID() });

    for (const [, route] of closedRoutes) {
      expect(await askRoute(service, route, token)).toMatchObject({ status: 403, body: { code: '20002' } });
    }
    expect(effects(service)).toEqual([]);
  });

  it('A path without a route requires a token as well', async () => {
    expect(await openInProcess(keys).ask('GET', '/v1/nothing/here')).toMatchObject({ status: 401 });
  });
});

it('Unavailable signing keys cause 503 with Retry-After and no effect, and are used as soon as they are available', async () => {
  const keyServer = await startKeyServer();
  const service = openInProcess(keyServer);
  const token = await tokenOf(keyServer);
  keyServer.answer(500, 'down');

  const { status, headers } = await askRoute(service, CREATE, token);
  expect({ status, retryAfter: headers['Retry-After'], effects: effects(service) }).toEqual({
    status: 503,
    retryAfter: '5',
    effects: [],
  });

  keyServer.publish('one');
  expect((await askRoute(service, CREATE, token)).status).toBe(400);
  await keyServer.stop();
});

describe('Roles', () => {
  const NAMED = {
    AUTH_READ_ROLES: 'HelpdeskAgent',
    AUTH_WRITE_ROLES: 'AdminAgent,SalesAgent',
    AUTH_ERASE_ROLES: 'AdminAgent,SalesAgent',
  };
  /** The routes that reject this caller because of a missing role, and the effects that they had. */
  async function rejectedBy(request: TokenRequest, settings: Record<string, string> = NAMED) {
    const token = await tokenOf(keys, request);
    const service = openInProcess(keys, settings);
    const rejected: { name: string; effects: string[] }[] = [];
    for (const [name, route] of closedRoutes) {
      service.world.effects.length = 0;
      const { status, body } = await askRoute(service, route, token);
      if (status === 403 && body.code === '900150') rejected.push({ name, effects: effects(service) });
    }
    return rejected;
  }
  const routesThat = (which: (route: Route) => boolean) =>
    closedRoutes.filter(([, route]) => which(route)).map(([name]) => ({ name, effects: [] }));
  const isWrite = ({ access }: Route) => access !== 'read';

  it('Every route of a tenant requires the read roles if it only reads, and the write roles otherwise', () => {
    for (const [name, { method, access }] of closedRoutes) {
      if (access === 'erase') continue;
      const isRead = method === 'GET' || name === 'checkInventory';
      expect({ name, access }).toEqual({ name, access: isRead ? 'read' : 'write' });
    }
    expect(routes.filter(({ access }) => access === 'open').map(({ name }) => name)).not.toContain('getCart');
  });

  it('Every route rejects a user without a role, before any effect', async () => {
    expect(await rejectedBy({ user: USER })).toEqual(routesThat(() => true));
  });

  it('Every write route rejects a user who has only a read role', async () => {
    expect(await rejectedBy({ user: USER, roles: ['HelpdeskAgent'] })).toEqual(routesThat(isWrite));
  });

  it.each<[string, TokenRequest]>([
    ['a role', { roles: ['SalesAgent'] }],
    ['a directory role', { claims: { wids: ['AdminAgent'] } }],
    ['a group', { claims: { groups: ['x', 'AdminAgent'] } }],
  ])('Every route accepts a user who has a write role as %s', async (_, request) => {
    expect(await rejectedBy({ user: USER, ...request })).toEqual([]);
  });

  it('Every route but those of an erasure accepts an application without a role', async () => {
    expect(await rejectedBy({})).toEqual(routesThat(({ access }) => access === 'erase'));
  });

  it('Every route accepts a user without a role when the settings name no roles', async () => {
    expect(await rejectedBy({ user: USER }, {})).toEqual([]);
  });
});

describe('The inbound rate limit', () => {
  const afterOneRequest = async (settings: Record<string, string>) => {
    const service = openInProcess(keys, settings);
    const token = await tokenOf(keys, { tenant: TENANT });
    const first = await askRoute(service, CREATE, token);
    service.world.effects.length = 0;
    return { service, token, first };
  };

  it('A tenant that has used its rate limit gets 429 from every route, before any effect, with a body that every client can read', async () => {
    const { service, token, first } = await afterOneRequest({ RATE_LIMIT: '1' });

    expect(first.status).toBe(400);
    for (const [, route] of closedRoutes) {
      const { status, headers, body } = await askRoute(service, route, token);
      const seconds = Number(headers['Retry-After']);

      expect(status).toBe(429);
      expect(seconds).toSatisfy((n: number) => Number.isInteger(n) && n >= 1 && n <= 60);
      expect(body).toEqual({
        code: '429',
        description: `Rate limit is exceeded. Try again in ${seconds} seconds.`,
        data: [],
        source: 'Cartwright',
        statusCode: 429,
        message: `Rate limit is exceeded. Try again in ${seconds} seconds.`,
      });
    }
    expect(effects(service)).toEqual([]);
  });

  it('The rate limit of a tenant does not affect other tenants, nor the open routes', async () => {
    const { service } = await afterOneRequest({ RATE_LIMIT: '1' });

    expect((await askRoute(service, CREATE, await tokenOf(keys))).status).toBe(400);
    for (const open of routes.filter(({ access }) => access === 'open')) {
      for (let n = 0; n < 3; n++) expect((await askRoute(service, open)).status).toBe(200);
    }
  });

  it('RATE_LIMIT_TENANTS overrides the rate limit for a single tenant', async () => {
    const { service, token } = await afterOneRequest({
      RATE_LIMIT: '1',
      RATE_LIMIT_TENANTS: `${TENANT.toUpperCase()}=0`,
    });

    for (let n = 0; n < 5; n++) expect((await askRoute(service, CREATE, token)).status).toBe(400);
  });

  it('A request that is rejected for a missing role does not count towards the rate limit', async () => {
    const service = openInProcess(keys, { RATE_LIMIT: '1', AUTH_WRITE_ROLES: 'AdminAgent' });
    const withoutRole = await tokenOf(keys, { tenant: TENANT, user: USER });

    for (let n = 0; n < 5; n++) expect((await askRoute(service, CREATE, withoutRole)).status).toBe(403);

    expect((await askRoute(service, CREATE, await tokenOf(keys, { tenant: TENANT }))).status).toBe(400);
  });
});
