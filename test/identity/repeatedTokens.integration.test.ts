/**
 * Attacks on the cache of verified tokens, through the verifier with real tokens: no token profits from another one that
 * was accepted, and none outlives its end or its signing key by more than the cache may add.
 */
import { UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { claimsOf, issuerOf, partnerCenterAudience, tokenRequest } from '../../local/issuer/claims.ts';
import { type Verify, verifier } from '../../shared/identity/verify.ts';
import { MINUTE, SECOND } from '../support/samples.ts';
import { type KeyServer, startKeyServer } from './keyServer.ts';

const OTHER = '11111111-1111-4111-8111-111111111111';
const DENIED = { error: { name: 'accessDenied' } };
const CLOCK_SKEW = 60 * SECOND;

let server: KeyServer;
let verify: Verify;
let token: string;
const signatureChecks = vi.spyOn(crypto.subtle, 'verify');
/** A token has been accepted twice: once to fetch the keys, once to be kept. */
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  server = await startKeyServer();
  verify = verifier({
    jwksUrl: server.url,
    issuers: [issuerOf('{tid}')],
    audiences: [partnerCenterAudience],
    tenants: [tokenRequest.parse({}).tenant],
    clockSkewMs: CLOCK_SKEW,
  });
  token = await sign({});
  await verify(`Bearer ${token}`);
  await verify(`Bearer ${token}`);
  signatureChecks.mockClear();
});
afterEach(async () => {
  vi.useRealTimers();
  await server?.stop();
});
afterAll(() => signatureChecks.mockRestore());
const claims = (request: Parameters<typeof tokenRequest.parse>[0]) =>
  claimsOf(tokenRequest.parse(request), Math.floor(Date.now() / SECOND));
const sign = (request: Parameters<typeof tokenRequest.parse>[0], kid = 'one') =>
  server.sign(claims(request), { kid });
const pass = (ms: number) => vi.advanceTimersByTime(ms);
const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');

it('A repeat of an accepted token is accepted without another check of its signature', async () => {
  const first = await verify(`Bearer ${token}`);
  const second = await verify(`bearer   ${token} `);

  expect(first).toEqual({ caller: expect.objectContaining({ kind: 'app' }) });
  expect(second).toEqual(first);
  expect(signatureChecks).not.toHaveBeenCalled();
});

it('A token is verified again five minutes after it was verified', async () => {
  pass(5 * MINUTE);

  expect(await verify(`Bearer ${token}`)).toHaveProperty('caller');
  expect(signatureChecks).toHaveBeenCalledOnce();
});

describe('Tokens that differ from an accepted one', () => {
  const [HEAD, CLAIMS, SIGNATURE] = [0, 1, 2];
  const changed = (index: number | undefined, text: string) =>
    token
      .split('.')
      .map((value, at) => (at === index ? text : value))
      .join('.');

  it.each<[string, () => string | Promise<string>]>([
    ['claims of another tenant', () => changed(CLAIMS, part(claims({ tenant: OTHER })))],
    ['claims with another role', () => changed(CLAIMS, part(claims({ roles: ['AdminAgent'] })))],
    ['the same claims with another spacing', () => changed(CLAIMS, respaced(token))],
    ['a header with another algorithm', () => changed(HEAD, part({ alg: 'RS512', kid: 'one' }))],
    ['a header without a signature algorithm', () => changed(HEAD, part({ alg: 'none' }))],
    ['a header that brings its key', () => changed(HEAD, part({ alg: 'RS256', jwk: { kty: 'RSA' } }))],
    ['no signature', () => changed(SIGNATURE, 'AAAA')],
    [
      'the signature of another token',
      async () => changed(SIGNATURE, (await sign({ app: OTHER })).split('.')[2] ?? ''),
    ],
    ['a signature that is cut by one character', () => token.slice(0, -1)],
    ['a signature with one more character', () => `${token}A`],
    ['a signature in lower case', () => changed(SIGNATURE, (token.split('.')[2] ?? '').toLowerCase())],
    ['the same claims by a foreign key', () => server.forge(claims({}))],
    ['the same claims, unsecured', () => `${new UnsecuredJWT(claims({})).encode()}AAAA`],
  ])('A token that differs from an accepted one is rejected: %s', async (_, make) => {
    const other = await make();

    expect(other).not.toBe(token);
    expect(await verify(`Bearer ${other}`)).toMatchObject(DENIED);
    expect(await verify(`Bearer ${other}`), 'also when repeated').toMatchObject(DENIED);
    expect(await verify(`Bearer ${token}`), 'and the accepted token stays accepted').toHaveProperty('caller');
  });
});

it('A refused token is verified each time', async () => {
  const foreign = await sign({ tenant: OTHER });

  for (let n = 0; n < 3; n++) {
    expect(await verify(`Bearer ${foreign}`)).toMatchObject({ error: { name: 'tenantNotAllowed' } });
  }
  expect(signatureChecks).toHaveBeenCalledTimes(3);
});

it('A token is verified again from its `exp` on, and refused after the clock skew', async () => {
  const short = await sign({ lifetimeSeconds: 60 });
  await verify(`Bearer ${short}`);
  signatureChecks.mockClear();

  pass(MINUTE - SECOND);
  expect(await verify(`Bearer ${short}`)).toHaveProperty('caller');
  expect(signatureChecks).not.toHaveBeenCalled();

  pass(2 * SECOND);
  expect(await verify(`Bearer ${short}`)).toHaveProperty('caller');
  expect(signatureChecks).toHaveBeenCalledOnce();

  pass(CLOCK_SKEW);
  expect(await verify(`Bearer ${short}`)).toMatchObject(DENIED);
});

it('A token whose key was withdrawn is refused as soon as the keys are fetched again', async () => {
  server.publish('two');
  pass(MINUTE);
  expect(await verify(`Bearer ${token}`), 'the keys are not fetched yet').toHaveProperty('caller');

  expect(await verify(`Bearer ${await sign({}, 'two')}`)).toHaveProperty('caller');

  expect(await verify(`Bearer ${token}`)).toMatchObject(DENIED);
});

it('A token that was verified while the keys were fetched again is not kept', async () => {
  pass(MINUTE);
  const other = await sign({ app: OTHER });
  // The check of the signature ends after another token has made the verifier fetch the keys, which lack this key now.
  server.publish('two');
  const withNewKey = await sign({}, 'two');
  const { verify: check } = SubtleCrypto.prototype;
  signatureChecks.mockImplementationOnce(async (...input) => {
    const isValid = await check.apply(crypto.subtle, input);
    expect(await verify(`Bearer ${withNewKey}`)).toHaveProperty('caller');
    return isValid;
  });

  expect(await verify(`Bearer ${other}`)).toHaveProperty('caller');

  expect(await verify(`Bearer ${other}`)).toMatchObject(DENIED);
});

it('An accepted token is accepted without fetching keys that are too old, for five minutes at most', async () => {
  const long = await sign({ lifetimeSeconds: 24 * 3_600 });
  pass(12 * 60 * MINUTE - MINUTE);
  await verify(`Bearer ${long}`);
  server.answer(503, 'down');

  pass(2 * MINUTE);
  expect(await verify(`Bearer ${long}`)).toHaveProperty('caller');

  pass(4 * MINUTE);
  expect(await verify(`Bearer ${long}`)).toMatchObject({ error: { name: 'serviceUnavailable' } });
});

/** The claims of a token, the same ones, written with another spacing. */
function respaced(signed: string): string {
  const json: unknown = JSON.parse(Buffer.from(signed.split('.')[1] ?? '', 'base64url').toString());
  return Buffer.from(JSON.stringify(json, undefined, 1)).toString('base64url');
}
