/** The removal of a registration, and what others do to it meanwhile. */
import { beforeEach, expect, it } from 'vitest';
import { removeWebhook } from '../../shared/webhooks/register.ts';
import type { Registration } from '../../shared/webhooks/registration.ts';
import type { RegistrationStore } from '../../shared/webhooks/webhookPorts.ts';
import { newWorld } from '../support/ports.ts';
import { NOW } from '../support/samples.ts';
import { registrationOf, tenant } from './samples.ts';

const registration = registrationOf();
let registrations: RegistrationStore;
beforeEach(async () => {
  ({ registrations } = newWorld(NOW).ports);
  await registrations.insert(registration);
});

const stored = async () => (await registrations.read(tenant))?.registration;
/** Removes the registration; something happens to it after each of the first `times` reads. */
function remove(times: number, happen: (etag: string) => Promise<unknown>) {
  let left = times;
  const read: RegistrationStore['read'] = async (of) => {
    const found = await registrations.read(of);
    if (left-- > 0) await happen(found?.etag ?? '');
    return found;
  };
  return removeWebhook({ registrations: { ...registrations, read } }, tenant);
}
const fail = (etag: string) => registrations.replace({ ...registration, failingSinceMs: NOW }, etag);

it('A registration that a delivery changes meanwhile is removed as it is by then', async () => {
  expect(await remove(1, fail)).toMatchObject({ registration: { failingSinceMs: NOW } });
  expect(await stored()).toBeUndefined();
});

it('A registration that takes the place of the removed one stays', async () => {
  const next: Registration = { ...registration, createdMs: NOW + 1, url: 'https://new.contoso.com/' };
  const replaceIt = async (etag: string) => {
    await registrations.remove(tenant, etag);
    await registrations.insert(next);
  };

  expect(await remove(1, replaceIt)).toMatchObject({ error: { name: 'webhookNotFound' } });
  expect(await stored()).toEqual(next);
});

it('Of two removals at once, one returns the registration, and the other finds none', async () => {
  const other = (etag: string) => registrations.remove(tenant, etag);

  expect(await remove(1, other)).toMatchObject({ error: { name: 'webhookNotFound' } });
});

it('A registration that changes again and again is not removed', async () => {
  expect(await remove(9, fail)).toMatchObject({ error: { name: 'webhookBusy', retryAfterMs: 1_000 } });
  expect(await stored()).toMatchObject({ failingSinceMs: NOW });
});
