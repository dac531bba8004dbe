/** The issuer over HTTP: key set, tokens, and the managed identity endpoint with the real SDK. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManagedIdentityCredential } from '@azure/identity';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { localCaller } from '../../../local/issuer/claims.ts';
import { type Issuer, startIssuer } from '../../../local/issuer/issuer.ts';

const tenant = '11111111-1111-4111-8111-111111111111';
const user = '22222222-2222-4222-8222-222222222222';
const audience = 'https://api.partnercenter.microsoft.com';

let folder: string;
let issuer: Issuer;

// One issuer for all tests: generating its key takes most of the time of a start, and requests do not change it.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'issuer-'));
  issuer = await startIssuer({ keyFile: join(folder, 'key.pem'), identityHeader: 'the secret' });
});

afterAll(async () => {
  await issuer.close();
  await rm(folder, { recursive: true });
});

function verify(token: string, jwksUrl = issuer.jwksUrl) {
  return jwtVerify(token, createRemoteJWKSet(new URL(jwksUrl)), { audience });
}

function post(body: string): Promise<Response> {
  return fetch(`${issuer.url}/token`, { method: 'POST', body });
}

test('A token is valid for the published key set', async () => {
  const token = await issuer.mint({ tenant, user });

  const { payload, protectedHeader } = await verify(token);
  expect(payload).toMatchObject({ iss: issuer.issuer(tenant), tid: tenant, oid: user });
  expect(protectedHeader).toMatchObject({ typ: 'JWT', alg: 'RS256' });
});

test('The key set is cacheable and contains only the public key', async () => {
  const response = await fetch(issuer.jwksUrl);

  expect(response.headers.get('cache-control')).toBe('max-age=3600');
  const { keys } = (await response.json()) as { keys: Record<string, string>[] };
  expect(Object.keys(keys[0]!).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
});

test('POST /token returns a token and its expiry time', async () => {
  const response = await post(JSON.stringify({ tenant, user, mfa: false }));

  expect(response.status).toBe(200);
  const answer = (await response.json()) as Record<string, string>;
  const payload = decodeJwt(answer.access_token!);
  expect(payload).toMatchObject({ tid: tenant, oid: user, amr: ['pwd'] });
  expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 28_800, expires_on: String(payload.exp) });
});

test.each([
  ['{"tenant":"invalid"}', 'tenant'],
  ['{"user":7}', 'user'],
  ['{"tenent":"11111111-1111-4111-8111-111111111111"}', 'tenent'],
  ['{ not json', 'body'],
])('POST /token rejects %s with an error that names %s', async (body, name) => {
  const response = await post(body);

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: 'invalid_request',
    error_description: expect.stringContaining(name),
  });
});

test('A token is valid after a restart, and only the owner can read the key file', async () => {
  const token = await issuer.mint({ tenant });
  const key = await readFile(join(folder, 'key.pem'), 'utf8');

  const restarted = await startIssuer({ keyFile: join(folder, 'key.pem') });
  onTestFinished(() => restarted.close());

  expect((await verify(token, restarted.jwksUrl)).payload.tid).toBe(tenant);
  expect(await readFile(join(folder, 'key.pem'), 'utf8')).toBe(key);
  expect((await stat(join(folder, 'key.pem'))).mode & 0o077).toBe(0);
});

test('A token that was signed with another key is not valid', async () => {
  const other = await startIssuer();
  const token = await other.mint({ tenant });
  await other.close();

  await expect(verify(token)).rejects.toThrow();
  expect(decodeProtectedHeader(token).kid).toBeDefined();
});

test('Starting on a port that is in use rejects with EADDRINUSE', async () => {
  const keyFile = join(folder, 'key.pem');

  await expect(startIssuer({ port: issuer.port, keyFile })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

// One test for both identities: the SDK keeps its first endpoint until the process ends.
test('ManagedIdentityCredential gets an App token of the system-assigned or the named identity', async () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('IDENTITY_ENDPOINT', issuer.identityEndpoint);
  vi.stubEnv('IDENTITY_HEADER', issuer.identityHeader);
  const clientId = '44444444-4444-4444-8444-444444444444';
  const scope = `${audience}/.default`;

  const own = await new ManagedIdentityCredential().getToken(scope);
  const named = await new ManagedIdentityCredential({ clientId }).getToken(scope);

  const { payload } = await verify(own.token);
  expect(payload).toMatchObject({ idtyp: 'app', appid: localCaller.app, tid: localCaller.tenant });
  expect(Math.abs(own.expiresOnTimestamp - payload.exp! * 1000)).toBeLessThan(5000);
  expect(decodeJwt(named.token)).toMatchObject({ idtyp: 'app', appid: clientId });
});

test('The managed identity endpoint responds in the format of App Service', async () => {
  const response = await fetch(`${issuer.identityEndpoint}?resource=${audience}&api-version=2019-08-01`, {
    headers: { 'X-IDENTITY-HEADER': 'the secret' },
  });

  const answer = (await response.json()) as Record<string, string>;
  expect(Object.keys(answer).sort()).toEqual([
    'access_token',
    'client_id',
    'expires_on',
    'resource',
    'token_type',
  ]);
  expect(answer).toMatchObject({ resource: audience, token_type: 'Bearer', client_id: localCaller.app });
  expect(answer.expires_on).toMatch(/^\d+$/);
});

test.each([
  [401, 'a wrong secret', `?resource=${audience}&api-version=2019-08-01`, 'guess'],
  [400, 'another API version', `?resource=${audience}&api-version=2017-09-01`, 'the secret'],
  [400, 'a missing resource', '?api-version=2019-08-01', 'the secret'],
  [400, 'a client id that is not a GUID', `?resource=r&api-version=2019-08-01&client_id=me`, 'the secret'],
])('The managed identity endpoint returns %i for %s', async (status, _what, query, secret) => {
  const response = await fetch(`${issuer.identityEndpoint}${query}`, {
    headers: { 'X-IDENTITY-HEADER': secret },
  });

  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ statusCode: status });
});
