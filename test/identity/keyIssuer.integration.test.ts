/** A key for which the key set names an issuer is accepted for tokens of that issuer only (docs/contract.md 4.3). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifier } from '../../shared/identity/verify.ts';
import { KEY } from '../support/samples.ts';
import { type KeyServer, startKeyServer } from './keyServer.ts';

const TENANT = KEY.tenant;
const OTHER = '11111111-1111-4111-8111-111111111111';

describe('keys with an issuer in the key set', () => {
  const V2 = 'https://login.microsoftonline.com/{tenantid}/v2.0';
  let server: KeyServer;
  beforeAll(async () => {
    server = await startKeyServer();
  });
  afterAll(() => server?.stop());
  const verifyTokenOf = async (issuer: unknown, iss: string) => {
    server.publishFor(issuer);
    const verify = verifier({
      jwksUrl: server.url,
      issuers: ['https://sts.windows.net/{tid}/', 'https://login.microsoftonline.com/{tid}/v2.0'],
      audiences: ['a'],
      tenants: ['*'],
      clockSkewMs: 0,
    });
    const exp = Math.floor(Date.now() / 1_000) + 3_600;
    const claims = { aud: 'a', iss, exp, tid: TENANT, appid: 'b', oid: 'c', idtyp: 'app' };
    return verify(`Bearer ${await server.sign(claims)}`);
  };
  const ownV1 = `https://sts.windows.net/${TENANT}/`;
  const ownV2 = `https://login.microsoftonline.com/${TENANT}/v2.0`;

  it.each([
    [V2, ownV2],
    [V2, ownV1],
    ['https://sts.windows.net/{tenantid}/', ownV1],
    [ownV2, ownV2],
    [undefined, ownV1],
  ])('A key of issuer %s is accepted for tokens of %s', async (issuer, iss) => {
    expect(await verifyTokenOf(issuer, iss)).toHaveProperty('caller');
  });

  it.each([
    [`https://login.microsoftonline.com/${OTHER}/v2.0`, ownV2],
    [`https://sts.windows.net/${OTHER}/`, ownV1],
    ['https://evil.example/{tenantid}/v2.0', ownV2],
  ])('A key of issuer %s is rejected for tokens of %s', async (issuer, iss) => {
    expect(await verifyTokenOf(issuer, iss)).toMatchObject({
      error: { name: 'accessDenied', description: expect.stringContaining('`iss`') },
    });
  });
});
