/** The claims of App+User tokens, App tokens and invalid tokens. */
import { expect, test } from 'vitest';
import { claimsOf, localCaller, type TokenRequest, tokenRequest } from '../../../local/issuer/claims.ts';

const tenant = '11111111-1111-4111-8111-111111111111';
const user = '22222222-2222-4222-8222-222222222222';
const app = '33333333-3333-4333-8333-333333333333';
const nowSeconds = 1_700_000_000;

function claims(request: TokenRequest): Record<string, unknown> {
  return claimsOf(tokenRequest.parse(request), nowSeconds);
}

test('A token with a user has the claims of an App+User token with multi-factor authentication', () => {
  expect(claims({ tenant, user, app })).toEqual({
    aud: 'https://api.partnercenter.microsoft.com',
    iss: `https://sts.windows.net/${tenant}/`,
    iat: nowSeconds,
    nbf: nowSeconds,
    exp: nowSeconds + 8 * 3600,
    appid: app,
    appidacr: '1',
    tid: tenant,
    ver: '1.0',
    acr: '1',
    amr: ['pwd', 'mfa'],
    oid: user,
    sub: user,
    scp: 'user_impersonation',
    unique_name: '22222222@partner.example',
    upn: '22222222@partner.example',
  });
});

test('A token without a user is an App token: idtyp, roles, an object id that is not the client id, and no scp', () => {
  const token = claims({ tenant, app });

  expect(token).toMatchObject({ idtyp: 'app', roles: [], appid: app, tid: tenant });
  expect(token.oid).toBe(token.sub);
  expect(token.oid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(token.oid).not.toBe(app);
  expect(token).not.toHaveProperty('scp');
  expect(token).not.toHaveProperty('amr');
});

test('An application has a different object id in every tenant', () => {
  expect(claims({ tenant, app }).oid).not.toBe(claims({ app }).oid);
});

test('The amr claim has only pwd without multi-factor authentication', () => {
  expect(claims({ tenant, user, mfa: false }).amr).toEqual(['pwd']);
});

test('Tenant and application are those of the local caller by default', () => {
  expect(claims({})).toMatchObject({ tid: localCaller.tenant, appid: localCaller.app });
});

test('Roles and audience of the request are in the token', () => {
  const token = claims({ user, roles: ['Admin agent'], audience: 'https://graph.windows.net' });

  expect(token).toMatchObject({ roles: ['Admin agent'], aud: 'https://graph.windows.net' });
});

test('An expired token was issued before it expired', () => {
  const token = claims({ lifetimeSeconds: -60 });

  expect(token).toMatchObject({ exp: nowSeconds - 60, iat: nowSeconds - 61, nbf: nowSeconds - 61 });
});

test('A request can replace and remove claims', () => {
  const token = claims({ user, claims: { iss: 'https://elsewhere.example/', tid: null } });

  expect(token.iss).toBe('https://elsewhere.example/');
  expect(token).not.toHaveProperty('tid');
});
