/** The verification of real tokens: accepted forms, invalid claims and invalid signatures. */
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
    sub: 'the pairwise id of the user',
    idtyp: undefined,
    scp: 'user_impersonation',
    amr: ['pwd', 'mfa'],
    ...more,
  });
const verifyToken = async (claims: Claims, by: Verify = verify) => by(`Bearer ${await server.sign(claims)}`);
const DENIED = { error: { name: 'accessDenied', description: expect.stringMatching(/^[A-Z].*\.$/) } };

describe('valid tokens', () => {
  it('The token of an application identifies tenant, application and service principal', async () => {
    expect(await verifyToken(appClaims())).toEqual({
      caller: { tenant: TENANT, app: APP, principal: 'the service principal', kind: 'app', roles: [] },
    });
  });

  it('The token of a user identifies the user', async () => {
    expect(await verifyToken(userClaims())).toEqual({
      caller: { tenant: TENANT, app: APP, principal: USER, kind: 'appUser', roles: [] },
    });
  });

  it.each<[string, Claims]>([
    ['version 2.0', { iss: `https://login.microsoftonline.com/${TENANT}/v2.0`, appid: undefined, azp: APP }],
    ['the claim that it is of an application', { idtyp: 'app', sub: 'another' }],
    ['another accepted audience', { aud: 'fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd' }],
    ['several audiences', { aud: ['x', AUDIENCE] }],
    ['a tenant id in upper case', { tid: TENANT.toUpperCase() }],
    ['several scopes', { scp: 'openid user_impersonation', amr: ['mfa'] }],
    ['an expiry within the clock tolerance', { exp: seconds() - 30 }],
    ['a start within the clock tolerance', { nbf: seconds() + 30 }],
  ])('A token is accepted with %s', async (_, more) => {
    expect(await verifyToken(appClaims(more))).toMatchObject({ caller: { tenant: TENANT, app: APP } });
  });

  it('The caller has the roles, directory roles and groups of the token', async () => {
    const claims = {
      roles: ['AdminAgent', 7],
      wids: ['62e90394-69f5-4237-9190-012177145e10'],
      groups: ['g'],
    };

    expect(await verifyToken(userClaims(claims))).toMatchObject({
      caller: { roles: ['AdminAgent', '62e90394-69f5-4237-9190-012177145e10', 'g'] },
    });
  });

  it('The scheme Bearer is accepted in any case and with any spaces', async () => {
    const token = await server.sign(appClaims());

    for (const header of [`bearer ${token}`, ` BEARER ${token} `, `Bearer   ${token}`]) {
      expect(await verify(header)).toHaveProperty('caller');
    }
  });
});

describe('malformed Authorization headers', () => {
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
  ])('The Authorization header %j is rejected', async (header) => {
    expect(await verify(header)).toMatchObject(DENIED);
  });
});

describe('invalid signatures', () => {
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');

  it.each<[string, () => Promise<string> | string]>([
    ['absent, with algorithm none', () => new UnsecuredJWT(appClaims()).encode()],
    ['arbitrary, with algorithm none', () => `${part({ alg: 'none' })}.${part(appClaims())}.AAAA`],
    [
      'HS256 with the public key as the secret',
      () => {
        const head = `${part({ alg: 'HS256', kid: 'one' })}.${part(appClaims())}`;
        return `${head}.${createHmac('sha256', server.publicPem).update(head).digest('base64url')}`;
      },
    ],
    [
      'made with an algorithm that the issuer does not use',
      () => server.sign(appClaims(), { alg: 'EdDSA', kid: 'edwards' }),
    ],
    ['made with another key under the id of the published one', () => server.forge(appClaims())],
    ['made with a key id that is not published', () => server.sign(appClaims(), { kid: 'two' })],
    [
      'for other claims',
      async () => {
        const [head, , signature] = (await server.sign(appClaims())).split('.');
        return `${head}.${part(appClaims({ tid: OTHER }))}.${signature}`;
      },
    ],
    ['truncated', async () => (await server.sign(appClaims())).slice(0, -4)],
    ['for a header that is not JSON', () => `AAAA.${part(appClaims())}.AAAA`],
    ['for claims that are not JSON', () => `${part({ alg: 'RS256', kid: 'one' })}.AAAA.AAAA`],
  ])('A token is rejected when its signature is %s', async (_, make) => {
    expect(await verify(`Bearer ${await make()}`)).toMatchObject(DENIED);
  });
});

describe('invalid claims', () => {
  it.each<[string, Claims]>([
    ['another audience', { aud: 'https://graph.windows.net' }],
    ['no audience', { aud: undefined }],
    ['an expiry in the past', { exp: seconds() - 61 }],
    ['no expiry', { exp: undefined }],
    ['a start in the future', { nbf: seconds() + 90 }],
    ['the issuer of another tenant', { iss: `https://sts.windows.net/${OTHER}/` }],
    ['an untrusted issuer', { iss: `https://evil.example/${TENANT}/` }],
    ['the placeholder as its issuer', { iss: 'https://sts.windows.net/{tid}/' }],
    ['no issuer', { iss: undefined }],
    ['no tenant', { tid: undefined }],
    ['a tenant that is not a GUID', { tid: 'common', iss: 'https://sts.windows.net/common/' }],
    [
      'a tenant that would match another partition',
      { tid: `${TENANT}_x`, iss: `https://sts.windows.net/${TENANT}_x/` },
    ],
    ['no application', { appid: undefined }],
    [
      'a subject that differs from its object id, and no claim that it is of an application',
      { idtyp: undefined, sub: 'a' },
    ],
    ['a subject that equals its object id, and no claim that it is of an application', { idtyp: undefined }],
    ['a user as subject, without a scope', { idtyp: undefined, amr: ['mfa'], upn: 'a@b.c' }],
    ['an expiry in 30 hours, later than Entra ID issues', { exp: seconds() + 30 * 3_600 }],
    ['an expiry in ten years', { exp: seconds() + 315_360_000 }],
    ['an expiry in milliseconds', { exp: Date.now() + 3_600_000 }],
    ['the type of a user’s ID token', { idtyp: 'user', roles: ['AdminAgent'] }],
    ['a user without a second factor', { scp: 'user_impersonation', amr: ['pwd'] }],
    ['a user without the claim amr', { scp: 'user_impersonation' }],
    ['a user whose claim amr is text', { scp: 'user_impersonation', amr: 'mfa' }],
    ['a user with another scope', { scp: 'openid user_impersonation2', amr: ['mfa'] }],
    ['a user without a scope', { scp: '', amr: ['mfa'] }],
    ['a user whose scopes are a list', { scp: ['user_impersonation'] }],
  ])('A token is rejected with %s', async (_, more) => {
    expect(await verifyToken(appClaims(more))).toMatchObject(DENIED);
  });
});

describe('allowed partner tenants', () => {
  const foreign = () => appClaims({ tid: OTHER, iss: `https://sts.windows.net/${OTHER}/` });

  it('A partner tenant that is not in the list is rejected with tenantNotAllowed', async () => {
    expect(await verifyToken(foreign())).toMatchObject({ error: { name: 'tenantNotAllowed' } });
  });

  it('With * in the list, every partner tenant is accepted', async () => {
    expect(await verifyToken(foreign(), verifierFor({ tenants: ['*'] }))).toMatchObject({
      caller: { tenant: OTHER },
    });
  });

  it('The list of partner tenants ignores case', async () => {
    expect(await verifyToken(appClaims(), verifierFor({ tenants: [TENANT.toUpperCase()] }))).toHaveProperty(
      'caller',
    );
  });
});

describe('reasons of rejections', () => {
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
  ])('The reason of a rejection names the claim: %s', async (description, more) => {
    expect(await verifyToken(appClaims(more))).toEqual({ error: { name: 'accessDenied', description } });
  });
});

describe('fetching the signing keys', () => {
  it('The signing keys are fetched once for many tokens', async () => {
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
      [500, 'unavailable'],
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

  it('The signing keys are not fetched when there is no token', async () => {
    const before = server.fetches();

    await verifierFor()(null);

    expect(server.fetches()).toBe(before);
  });
});
