/** Who may call, decided from real tokens: every claim that is wrong, every signature that is not the issuer's. */
import { createHmac } from 'node:crypto';
import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Verify, verifier } from '../../shared/identity/verify.ts';
import { KEY } from '../support/samples.ts';
import { type Claims, type KeyServer, startKeyServer } from './keyServer.ts';

const TENANT = KEY.tenant;
const OTHER = '11111111-1111-4111-8111-111111111111';
const AUDIENCE = 'https://api.partnercenter.microsoft.com';
const APP = '9b1f3c52-7d44-4e0a-8a0e-3a6f2b9c4d55';
const USER = '2713ccd7-ea3b-470a-9cfb-451d5d0482cc';
const seconds = () => Math.floor(Date.now() / 1_000);

let server: KeyServer;
let verify: Verify;
const verifierFor = (more: Partial<Parameters<typeof verifier>[0]> = {}) =>
  verifier({
    jwksUrl: server.url,
    issuers: ['https://sts.windows.net/{tid}/', 'https://login.microsoftonline.com/{tid}/v2.0'],
    audiences: [AUDIENCE, 'fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd'],
    tenants: [TENANT],
    clockSkewMs: 60_000,
    ...more,
  });
beforeAll(async () => {
  server = await startKeyServer();
  verify = verifierFor();
});
afterAll(() => server?.stop());

const appClaims = (more: Claims = {}): Claims => ({
  aud: AUDIENCE,
  iss: `https://sts.windows.net/${TENANT}/`,
  nbf: seconds() - 10,
  exp: seconds() + 3_600,
  tid: TENANT,
  appid: APP,
  idtyp: 'app',
  oid: 'the service principal',
  sub: 'the service principal',
  ...more,
});
const userClaims = (more: Claims = {}): Claims =>
  appClaims({
    oid: USER,
    sub: 'who the person is to this application',
    idtyp: undefined,
    scp: 'user_impersonation',
    amr: ['pwd', 'mfa'],
    ...more,
  });
const verifyToken = async (claims: Claims, by: Verify = verify) => by(`Bearer ${await server.sign(claims)}`);
const DENIED = { error: { name: 'accessDenied', description: expect.stringMatching(/^[A-Z].*\.$/) } };

describe('a good token', () => {
  it('of an application says which tenant, application and service principal', async () => {
    expect(await verifyToken(appClaims())).toEqual({
      caller: { tenant: TENANT, app: APP, principal: 'the service principal', kind: 'app', roles: [] },
    });
  });

  it('of a person says who', async () => {
    expect(await verifyToken(userClaims())).toEqual({
      caller: { tenant: TENANT, app: APP, principal: USER, kind: 'appUser', roles: [] },
    });
  });

  it.each<[string, Claims]>([
    ['version 2', { iss: `https://login.microsoftonline.com/${TENANT}/v2.0`, appid: undefined, azp: APP }],
    ['an application that says so', { idtyp: 'app', sub: 'another' }],
    ['another of the audiences', { aud: 'fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd' }],
    ['several audiences', { aud: ['x', AUDIENCE] }],
    ['a tenant in capitals', { tid: TENANT.toUpperCase() }],
    ['several scopes', { scp: 'openid user_impersonation', amr: ['mfa'] }],
    ['an end within the clock’s tolerance', { exp: seconds() - 30 }],
    ['a beginning within the clock’s tolerance', { nbf: seconds() + 30 }],
  ])('may be of %s', async (_, more) => {
    expect(await verifyToken(appClaims(more))).toMatchObject({ caller: { tenant: TENANT, app: APP } });
  });

  it('says what the caller belongs to: roles, directory roles and groups', async () => {
    const claims = {
      roles: ['AdminAgent', 7],
      wids: ['62e90394-69f5-4237-9190-012177145e10'],
      groups: ['g'],
    };

    expect(await verifyToken(userClaims(claims))).toMatchObject({
      caller: { roles: ['AdminAgent', '62e90394-69f5-4237-9190-012177145e10', 'g'] },
    });
  });

  it('comes under any spelling of Bearer', async () => {
    const token = await server.sign(appClaims());

    for (const header of [`bearer ${token}`, ` BEARER ${token} `, `Bearer   ${token}`]) {
      expect(await verify(header)).toHaveProperty('caller');
    }
  });
});

describe('no token', () => {
  it.each([
    null,
    '',
    'Bearer',
    'Bearer ',
    'Basic YTpi',
    'Bearer a.b',
    'Bearer a.b.c.d',
    'Bearer a b.c',
    'Bearer ..',
  ])('is what stands in %j', async (header) => {
    expect(await verify(header)).toMatchObject(DENIED);
  });
});

describe('a signature that is not the issuer’s', () => {
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');

  it.each<[string, () => Promise<string> | string]>([
    ['none, alg none', () => new UnsecuredJWT(appClaims()).encode()],
    ['anything, alg none', () => `${part({ alg: 'none' })}.${part(appClaims())}.AAAA`],
    [
      'HS256 with the public key for a secret',
      () => {
        const head = `${part({ alg: 'HS256', kid: 'one' })}.${part(appClaims())}`;
        return `${head}.${createHmac('sha256', server.publicPem).update(head).digest('base64url')}`;
      },
    ],
    [
      'an algorithm that the issuer does not use',
      () => server.sign(appClaims(), { alg: 'EdDSA', kid: 'edwards' }),
    ],
    ['another key under the name of the published one', () => server.forge(appClaims())],
    ['a key that is not published', () => server.sign(appClaims(), { kid: 'two' })],
    [
      'of other claims',
      async () => {
        const [head, , signature] = (await server.sign(appClaims())).split('.');
        return `${head}.${part(appClaims({ tid: OTHER }))}.${signature}`;
      },
    ],
    ['missing its end', async () => (await server.sign(appClaims())).slice(0, -4)],
    ['of a header that is not JSON', () => `AAAA.${part(appClaims())}.AAAA`],
    ['of claims that are not JSON', () => `${part({ alg: 'RS256', kid: 'one' })}.AAAA.AAAA`],
  ])('is refused: %s', async (_, make) => {
    expect(await verify(`Bearer ${await make()}`)).toMatchObject(DENIED);
  });
});

describe('a claim that is wrong', () => {
  it.each<[string, Claims]>([
    ['another audience', { aud: 'https://graph.windows.net' }],
    ['no audience', { aud: undefined }],
    ['expired', { exp: seconds() - 61 }],
    ['no end', { exp: undefined }],
    ['not yet valid', { nbf: seconds() + 90 }],
    ['the issuer of another tenant', { iss: `https://sts.windows.net/${OTHER}/` }],
    ['an issuer that nobody trusts', { iss: `https://evil.example/${TENANT}/` }],
    ['the placeholder itself', { iss: 'https://sts.windows.net/{tid}/' }],
    ['no issuer', { iss: undefined }],
    ['no tenant', { tid: undefined }],
    ['a tenant that is no GUID', { tid: 'common', iss: 'https://sts.windows.net/common/' }],
    [
      'a tenant that breaks out of its partition',
      { tid: `${TENANT}_x`, iss: `https://sts.windows.net/${TENANT}_x/` },
    ],
    ['no application', { appid: undefined }],
    [
      'a subject that is not its own object, and nothing that says it is an application',
      { idtyp: undefined, sub: 'a' },
    ],
    ['its own subject, and nothing that says it is an application', { idtyp: undefined }],
    [
      'a user without a scope whose subject is the object id',
      { idtyp: undefined, amr: ['mfa'], upn: 'a@b.c' },
    ],
    ['an end in 30 hours, longer than Entra ID issues', { exp: seconds() + 30 * 3_600 }],
    ['an end in ten years', { exp: seconds() + 315_360_000 }],
    ['an end in milliseconds', { exp: Date.now() + 3_600_000 }],
    ['a person’s ID token', { idtyp: 'user', roles: ['AdminAgent'] }],
    ['a person without a second factor', { scp: 'user_impersonation', amr: ['pwd'] }],
    ['a person who says nothing of factors', { scp: 'user_impersonation' }],
    ['a person whose factors are text', { scp: 'user_impersonation', amr: 'mfa' }],
    ['a person of another scope', { scp: 'openid user_impersonation2', amr: ['mfa'] }],
    ['a person without a scope', { scp: '', amr: ['mfa'] }],
    ['a person whose scopes are a list', { scp: ['user_impersonation'] }],
  ])('is refused: %s', async (_, more) => {
    expect(await verifyToken(appClaims(more))).toMatchObject(DENIED);
  });
});

describe('partner tenants', () => {
  const foreign = () => appClaims({ tid: OTHER, iss: `https://sts.windows.net/${OTHER}/` });

  it('that are not on the list are not served', async () => {
    expect(await verifyToken(foreign())).toMatchObject({ error: { name: 'tenantNotAllowed' } });
  });

  it('are all served where the list says *', async () => {
    expect(await verifyToken(foreign(), verifierFor({ tenants: ['*'] }))).toMatchObject({
      caller: { tenant: OTHER },
    });
  });

  it('are on the list in any case', async () => {
    expect(await verifyToken(appClaims(), verifierFor({ tenants: [TENANT.toUpperCase()] }))).toHaveProperty(
      'caller',
    );
  });
});

describe('the reason of a rejection', () => {
  it.each<[string, Claims]>([
    ["The token's `aud` claim is not accepted.", { aud: 'https://graph.windows.net' }],
    ['The token has no `tid` claim.', { tid: undefined }],
    ['The token has expired: its `exp` claim is in the past.', { exp: seconds() - 3_600 }],
    ['The token is not valid yet: its `nbf` claim is in the future.', { nbf: seconds() + 3_600 }],
    [
      "The token's `iss` claim is not accepted for the tenant in its `tid` claim.",
      { iss: 'https://evil.example/' },
    ],
    ["The token's `scp` claim does not contain `user_impersonation`.", { scp: 'openid', amr: ['mfa'] }],
    [
      "The token's `amr` claim does not contain `mfa`: multi-factor authentication is required.",
      { scp: 'user_impersonation', amr: ['pwd'] },
    ],
    ["The token's `idtyp` claim is not `app`, and it has no `scp` claim.", { idtyp: 'user' }],
  ])('names the claim: %s', async (description, more) => {
    expect(await verifyToken(appClaims(more))).toEqual({ error: { name: 'accessDenied', description } });
  });
});

describe('the keys', () => {
  it('are fetched once for many tokens', async () => {
    const own = verifierFor();
    const before = server.fetches();

    for (let n = 0; n < 5; n++) await verifyToken(appClaims(), own);

    expect(server.fetches()).toBe(before + 1);
  });

  it('Unavailable signing keys are a retryable error of the service', async () => {
    const unavailable = { error: { name: 'serviceUnavailable', retryAfterMs: 5_000 } };
    const broken = await startKeyServer();
    const token = `Bearer ${await server.sign(appClaims())}`;
    for (const [status, body] of [
      [500, 'down'],
      [404, '{}'],
      [200, 'not JSON'],
      [200, '{"keys":5}'],
    ] as const) {
      broken.answer(status, body);
      expect(await verifierFor({ jwksUrl: broken.url })(token), body).toMatchObject(unavailable);
    }
    await broken.stop();

    expect(await verifierFor({ jwksUrl: broken.url })(token)).toMatchObject(unavailable);
  });

  it('are not asked for when there is no token to verify', async () => {
    const before = server.fetches();

    await verifierFor()(null);

    expect(server.fetches()).toBe(before);
  });
});
