/** The secrets of a registration: which sign at a time, and that no response but the one that made a secret has it. */
import { expect, it } from 'vitest';
import { registrationBody } from '../../shared/http/webhookResponse.ts';
import { replacedRegistration, rotatedSecret, signingSecrets } from '../../shared/webhooks/registration.ts';
import { newSecret } from '../../shared/webhooks/signature.ts';
import { DAY, NOW } from '../support/samples.ts';
import { DRAFT, registrationOf, tenant } from './samples.ts';

const [first, second, third] = [newSecret(), newSecret(), newSecret()];
const registration = registrationOf({ secrets: [{ secret: first }] });
const rotated = rotatedSecret(registration, { secret: second, nowMs: NOW, overlapMs: DAY });

it('After a rotation both secrets sign until the overlap ends, the new one first; then the new one alone', () => {
  expect(signingSecrets(rotated, NOW)).toEqual([second, first]);
  expect(signingSecrets(rotated, NOW + DAY - 1)).toEqual([second, first]);
  expect(signingSecrets(rotated, NOW + DAY)).toEqual([second]);
});

it('A second rotation within the overlap ends the oldest secret, so that a stolen one can be withdrawn', () => {
  const again = rotatedSecret(rotated, { secret: third, nowMs: NOW + 1, overlapMs: DAY });

  expect(signingSecrets(again, NOW + 1)).toEqual([third, second]);
});

it('A rotation without an overlap ends the previous secret at once', () => {
  const at = rotatedSecret(registration, { secret: second, nowMs: NOW, overlapMs: 0 });

  expect(signingSecrets(at, NOW)).toEqual([second]);
});

it('A replacement keeps the secrets that still sign, and drops those that do not', () => {
  const at = (nowMs: number) =>
    replacedRegistration(rotated, DRAFT, { tenant, baseUrl: 'https://a.example', version: '2', nowMs });

  expect(signingSecrets(at(NOW + 1), NOW + 1)).toEqual([second, first]);
  expect(at(NOW + DAY).secrets).toEqual([{ secret: second }]);
});

it('No response has a secret but the one that made it, and it has no other', () => {
  expect(JSON.stringify(registrationBody(rotated))).not.toContain('whsec_');
  const made = JSON.stringify(registrationBody(rotated, second));
  expect([made.includes(second), made.includes(first)]).toEqual([true, false]);
});
