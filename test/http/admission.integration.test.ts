/**
 * Who is let in, shown of every route in the table: each refusal says what it should and comes before any
 * effect on the world, which the ports in memory count.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../functions/http/routes.ts';
import { claimsOf, type TokenRequest, tokenRequest } from '../../local/issuer/claims.ts';
import type { Route } from '../../shared/http/route.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { closedRoutes, type InProcess, openInProcess, pathOf, tokenOf } from '../support/inProcess.ts';

const USER = randomUUID();
const TENANT = randomUUID();
const PARAMS = {
  customerId: randomUUID(),
  cartId: randomUUID(),
  orderId: 'f76c6b7f449d',
  bulkOrderId: randomUUID(),
};

let keys: KeyServer;
beforeAll(async () => {
  keys = await startKeyServer();
});
afterAll(() => keys?.stop());

const askRoute = (service: InProcess, route: Route, token?: string) =>
  service.ask(route.method, pathOf(route, PARAMS), { ...(token === undefined ? {} : { token }), body: {} });
/** A write that is refused with 400 once its caller is let in, because its body is empty. */
const CREATE = routes.find(({ name }) => name === 'createCart')!;
const effects = ({ world }: InProcess) => world.effects.map(({ name }) => name);

/** With this token every route is closed, and nothing is reached. */
async function expectClosed(token: string | undefined): Promise<void> {
  const service = openInProcess(keys);
  for (const [name, route] of closedRoutes) {
    const { status, headers, body } = await askRoute(service, route, token);

    expect([name, status, body.code]).toEqual([name, 401, '400']);
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

it('a good token of this file opens every route', async () => {
  for (const [, route] of closedRoutes) {
    const { status } = await askRoute(openInProcess(keys), route, await keys.sign(goodClaims()));
    expect(status).not.toBe(401);
  }
});

describe('a bad token opens no route and reaches nothing', () => {
  it.each<[string, TokenRequest | undefined]>([
    ['none', undefined],
    ['expired', { lifetimeSeconds: -3_600 }],
    ['of another audience', { audience: 'https://graph.windows.net' }],
    ['of another tenant’s issuer', { claims: { iss: `https://sts.windows.net/${randomUUID()}/` } }],
    ['without a tenant', { claims: { tid: null } }],
    ['without a second factor', { user: USER, mfa: false }],
    ['of another scope', { user: USER, claims: { scp: 'openid' } }],
    ['not yet valid', { claims: { nbf: Math.floor(Date.now() / 1_000) + 3_600 } }],
  ])('%s', async (_, request) => {
    await expectClosed(request && (await tokenOf(keys, request)));
  });

  it.each<[string, () => Promise<string> | string]>([
    ['unsigned', () => new UnsecuredJWT(goodClaims()).encode()],
    ['signed with the public key for a secret', signedWithPublicKey],
    ['signed with another key', () => keys.forge(goodClaims())],
    ['signed by a key that is not published', () => keys.sign(goodClaims(), { kid: 'two' })],
    ['that is none', () => 'a.b.c'],
  ])('%s', async (_, make) => {
    await expectClosed(await make());
  });

  it('a tenant that is not served', async () => {
    const service = openInProcess(keys, { AUTH_TENANTS: TENANT });
    const token = await tokenOf(keys, { tenant: randomUUID() });

    for (const [, route] of closedRoutes) {
      expect(await askRoute(service, route, token)).toMatchObject({ status: 403, body: { code: '20002' } });
    }
    expect(effects(service)).toEqual([]);
  });

  it('the paths that there are not, too', async () => {
    expect(await openInProcess(keys).ask('GET', '/v1/nothing/here')).toMatchObject({ status: 401 });
  });
});

it('Unavailable signing keys are 503 with Retry-After, cause no effect, and are used as soon as they are available', async () => {
  const shaky = await startKeyServer();
  const service = openInProcess(shaky);
  const token = await tokenOf(shaky);
  shaky.answer(500, 'down');

  const { status, headers } = await askRoute(service, CREATE, token);
  expect([status, headers['Retry-After'], effects(service)]).toEqual([503, '5', []]);

  shaky.publish('one');
  expect((await askRoute(service, CREATE, token)).status).toBe(400);
  await shaky.stop();
});

describe('roles', () => {
  const NAMED = { AUTH_READ_ROLES: 'HelpdeskAgent', AUTH_WRITE_ROLES: 'AdminAgent,SalesAgent' };
  /** The routes that this caller is refused for want of a role, and the effects that they had. */
  async function refusedBy(request: TokenRequest, settings: Record<string, string> = NAMED) {
    const token = await tokenOf(keys, request);
    const refused: { name: string; effects: string[] }[] = [];
    for (const [name, route] of closedRoutes) {
      const service = openInProcess(keys, settings);
      const { status, body } = await askRoute(service, route, token);
      if (status === 403 && body.code === '900150') refused.push({ name, effects: effects(service) });
    }
    return refused;
  }
  const named = (which: (route: Route) => boolean) =>
    closedRoutes.filter(([, route]) => which(route)).map(([name]) => ({ name, effects: [] }));
  const isWrite = ({ access }: Route) => access === 'write';

  it('Every route of a tenant requires roles: the read roles where it only reads, otherwise the write roles', () => {
    for (const [name, { method, access }] of closedRoutes) {
      expect([name, access]).toEqual([name, method === 'GET' ? 'read' : 'write']);
    }
    expect(routes.filter(({ access }) => access === 'open').map(({ name }) => name)).not.toContain('getCart');
  });

  it('a person without any is refused everywhere, before any effect', async () => {
    expect(await refusedBy({ user: USER })).toEqual(named(() => true));
  });

  it('a person with one for reading may not write', async () => {
    expect(await refusedBy({ user: USER, roles: ['HelpdeskAgent'] })).toEqual(named(isWrite));
  });

  it.each<[string, TokenRequest]>([
    ['a role', { roles: ['SalesAgent'] }],
    ['a directory role', { claims: { wids: ['AdminAgent'] } }],
    ['a group', { claims: { groups: ['x', 'AdminAgent'] } }],
  ])('a person with %s for writing may do everything', async (_, request) => {
    expect(await refusedBy({ user: USER, ...request })).toEqual([]);
  });

  it('an application needs none', async () => {
    expect(await refusedBy({})).toEqual([]);
  });

  it('No caller needs a role unless the settings name one', async () => {
    expect(await refusedBy({ user: USER }, {})).toEqual([]);
  });
});

describe('the rate of a partner tenant', () => {
  const full = async (settings: Record<string, string>) => {
    const service = openInProcess(keys, settings);
    const token = await tokenOf(keys, { tenant: TENANT });
    const first = await askRoute(service, CREATE, token);
    service.world.effects.length = 0;
    return { service, token, first };
  };

  it('once used up closes every route before any effect, in words for every client', async () => {
    const { service, token, first } = await full({ RATE_LIMIT: '1' });

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

  it('is its own: others get through, and the open routes always', async () => {
    const { service } = await full({ RATE_LIMIT: '1' });

    expect((await askRoute(service, CREATE, await tokenOf(keys))).status).toBe(400);
    for (const open of routes.filter(({ access }) => access === 'open')) {
      for (let n = 0; n < 3; n++) expect((await askRoute(service, open)).status).toBe(200);
    }
  });

  it('may be another one for one tenant', async () => {
    const { service, token } = await full({
      RATE_LIMIT: '1',
      RATE_LIMIT_TENANTS: `${TENANT.toUpperCase()}=0`,
    });

    for (let n = 0; n < 5; n++) expect((await askRoute(service, CREATE, token)).status).toBe(400);
  });

  it('is not spent by who is refused anyway', async () => {
    const service = openInProcess(keys, { RATE_LIMIT: '1', AUTH_WRITE_ROLES: 'AdminAgent' });
    const nobody = await tokenOf(keys, { tenant: TENANT, user: USER });

    for (let n = 0; n < 5; n++) expect((await askRoute(service, CREATE, nobody)).status).toBe(403);

    expect((await askRoute(service, CREATE, await tokenOf(keys, { tenant: TENANT }))).status).toBe(400);
  });
});
