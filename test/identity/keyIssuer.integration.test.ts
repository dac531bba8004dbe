/** The issuer that a key set names for a key binds the key to it (docs/contract.md 4.3). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifier } from '../../shared/identity/verify.ts';
import { KEY } from '../support/samples.ts';
import { type KeyServer, startKeyServer } from './keyServer.ts';

const TENANT = KEY.tenant;
const OTHER = '11111111-1111-4111-8111-111111111111';

describe('the issuer that the key set names for a key', () => {
  const V2 = 'https://login.microsoftonline.com/{tenantid}/v2.0';
  let named: KeyServer;
  beforeAll(async () => {
    named = await startKeyServer();
  });
  afterAll(() => named?.stop());
  const verifiedBy = async (issuer: unknown, iss: string) => {
    named.publishFor(issuer);
    const verify = verifier({
      jwksUrl: named.url,
      issuers: ['https://sts.windows.net/{tid}/', 'https://login.microsoftonline.com/{tid}/v2.0'],
      audiences: ['a'],
      tenants: ['*'],
      clockSkewMs: 0,
    });
    const exp = Math.floor(Date.now() / 1_000) + 3_600;
    const claims = { aud: 'a', iss, exp, tid: TENANT, appid: 'b', oid: 'c', idtyp: 'app' };
    return verify(`Bearer ${await named.sign(claims)}`);
  };
  const ownV1 = `https://sts.windows.net/${TENANT}/`;
  const ownV2 = `https://login.microsoftonline.com/${TENANT}/v2.0`;

  it.each([
    [V2, ownV2],
    [V2, ownV1],
    ['https://sts.windows.net/{tenantid}/', ownV1],
    [ownV2, ownV2],
    [undefined, ownV1],
  ])('%s signs tokens of %s', async (issuer, iss) => {
    expect(await verifiedBy(issuer, iss)).toHaveProperty('caller');
  });

  it.each([
    [`https://login.microsoftonline.com/${OTHER}/v2.0`, ownV2],
    [`https://sts.windows.net/${OTHER}/`, ownV1],
    ['https://evil.example/{tenantid}/v2.0', ownV2],
  ])('%s does not sign tokens of %s', async (issuer, iss) => {
    expect(await verifiedBy(issuer, iss)).toMatchObject({
      error: { name: 'accessDenied', description: expect.stringContaining('`iss`') },
    });
  });
});
