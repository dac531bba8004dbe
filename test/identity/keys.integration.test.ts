/** The issuer's keys over time: kept, fetched again when they change, and what becomes of callers while they cannot be had. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { claimsOf, issuerOf, partnerCenterAudience, tokenRequest } from '../../local/issuer/claims.ts';
import { type Verify, verifier } from '../../shared/identity/verify.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../support/samples.ts';
import { type KeyServer, startKeyServer } from './keyServer.ts';

const DENIED = { error: { name: 'accessDenied' } };
const UNAVAILABLE = { error: { name: 'serviceUnavailable', retryAfterMs: 5_000 } };

let server: KeyServer;
let verify: Verify;
/** Key `one` has been fetched by a clock that the test moves. */
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
const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);
async function verifyBy(kid: string) {
  const claims = claimsOf(tokenRequest.parse({}), Math.floor(Date.now() / SECOND));
  return verify(`Bearer ${await server.sign(claims, { kid })}`);
}

it('are fetched once in hours of good tokens', async () => {
  for (let hour = 0; hour < 6; hour++) {
    pass(HOUR);
    expect(await verifyBy('one')).toHaveProperty('caller');
  }

  expect(server.fetches()).toBe(1);
});

it('are fetched again for a token that names a new one', async () => {
  server.publish('two');
  pass(MINUTE);

  expect(await verifyBy('two')).toHaveProperty('caller');
  expect(server.fetches()).toBe(2);
});

it('are fetched once for a flood of tokens that name none of them', async () => {
  pass(MINUTE);

  for (let n = 0; n < 5; n++) expect(await verifyBy(`made up ${n}`)).toMatchObject(DENIED);

  expect(server.fetches()).toBe(2);
});

it('that were withdrawn are good for nothing a day later', async () => {
  server.publish('two');
  pass(DAY);

  expect(await verifyBy('one')).toMatchObject(DENIED);
});

it('are kept while their service is down, but not for ever', async () => {
  server.answer(503, 'down');

  pass(HOUR);
  expect(await verifyBy('one')).toHaveProperty('caller');

  pass(DAY);
  expect(await verifyBy('one')).toMatchObject(UNAVAILABLE);
});

it('The signing keys are fetched with the first token after their service is back', async () => {
  server.answer(503, 'down');
  pass(DAY);
  expect(await verifyBy('one')).toMatchObject(UNAVAILABLE);

  server.publish('one');

  expect(await verifyBy('one')).toHaveProperty('caller');
});
