/** The issuer's signing keys over time: how long they are cached, when they are fetched again, and what an outage causes. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { claimsOf, issuerOf, partnerCenterAudience, tokenRequest } from '../../local/issuer/claims.ts';
import { type Verify, verifier } from '../../shared/identity/verify.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../support/samples.ts';
import { type KeyServer, startKeyServer } from './keyServer.ts';

const DENIED = { error: { name: 'accessDenied' } };
const UNAVAILABLE = { error: { name: 'serviceUnavailable', retryAfterMs: 5_000 } };

let server: KeyServer;
let verify: Verify;
/** Fetches key `one`. The test moves the clock. */
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  server = await startKeyServer();
  verify = verifier({
    jwksUrl: server.url,
    issuers: [issuerOf('{tid}')],
    audiences: [partnerCenterAudience],
    tenants: ['*'],
    clockSkewMs: 0,
  });
  await verifyBy('one');
});
afterEach(async () => {
  vi.useRealTimers();
  await server?.stop();
});
const advance = (ms: number) => vi.setSystemTime(Date.now() + ms);
async function verifyBy(kid: string) {
  const claims = claimsOf(tokenRequest.parse({}), Math.floor(Date.now() / SECOND));
  return verify(`Bearer ${await server.sign(claims, { kid })}`);
}

it('Signing keys are fetched once in six hours of valid tokens', async () => {
  for (let hour = 0; hour < 6; hour++) {
    advance(HOUR);
    expect(await verifyBy('one')).toHaveProperty('caller');
  }

  expect(server.fetches()).toBe(1);
});

it('Signing keys are fetched again for a token that names an unknown key', async () => {
  server.publish('two');
  advance(MINUTE);

  expect(await verifyBy('two')).toHaveProperty('caller');
  expect(server.fetches()).toBe(2);
});

it('Signing keys are fetched once for many tokens that name unknown keys', async () => {
  advance(MINUTE);

  for (let n = 0; n < 5; n++) expect(await verifyBy(`unknown ${n}`)).toMatchObject(DENIED);

  expect(server.fetches()).toBe(2);
});

it('A withdrawn signing key is rejected a day later', async () => {
  server.publish('two');
  advance(DAY);

  expect(await verifyBy('one')).toMatchObject(DENIED);
});

it('Signing keys are used for hours while the key service is unavailable, but not for a day', async () => {
  server.answer(503, 'unavailable');

  advance(HOUR);
  expect(await verifyBy('one')).toHaveProperty('caller');

  advance(DAY);
  expect(await verifyBy('one')).toMatchObject(UNAVAILABLE);
});

it('Signing keys are fetched with the first token after the key service is available again', async () => {
  server.answer(503, 'unavailable');
  advance(DAY);
  expect(await verifyBy('one')).toMatchObject(UNAVAILABLE);

  server.publish('one');

  expect(await verifyBy('one')).toHaveProperty('caller');
});
