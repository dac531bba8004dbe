/** The webhook routes without a registration, and with a disabled one. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import {
  closedRoutes,
  type InProcess,
  openInProcess,
  pathOf,
  REGISTRATION,
  tokenOf,
  WEBHOOK,
} from '../support/inProcess.ts';

let keys: KeyServer;
let token: string;
let service: InProcess;
beforeAll(async () => {
  keys = await startKeyServer();
  token = await tokenOf(keys);
});
beforeEach(() => {
  service = openInProcess(keys);
});
afterAll(() => keys?.stop());

const ask = (method: string, path: string, body?: unknown) => service.ask(method, path, { token, body });
const register = () => ask('POST', REGISTRATION, WEBHOOK);

/** Disables the registration, as a receiver that is gone does. */
async function disable(): Promise<void> {
  const { registrations } = service.world.ports;
  const tenant = String((await ask('GET', REGISTRATION)).body.SubscriberId);
  const { registration, etag } = (await registrations.read(tenant))!;
  await registrations.replace({ ...registration, disabled: { reason: 'gone', atMs: 0 } }, etag);
}

describe('Without a registration', () => {
  const PARAMS = {
    correlationId: '019d0c4e-7a31-7f55-9d0e-2b64c8a1f307',
    deliveryId: '06866423400000-5f0d8c1e2b3a49687756c4d1',
  };
  const withoutOne = ['createWebhook', 'listWebhookEvents'];
  const needing = closedRoutes.filter(
    ([name, { docs }]) => docs.tag === 'Webhooks' && !withoutOne.includes(name),
  );

  it.each(needing)('%s is answered with 404 810010', async (_, route) => {
    const { status, body } = await ask(route.method, pathOf(route, PARAMS), WEBHOOK);

    expect({ status, code: body.code }).toEqual({ status: 404, code: '810010' });
  });
});

it('A validation event of a disabled webhook is refused, and nothing is stored of it', async () => {
  await register();
  await disable();

  const { status, body } = await ask('POST', `${REGISTRATION}/validationEvents`);

  expect({ status, code: body.code }).toEqual({ status: 409, code: '810012' });
  expect(service.world.deliveries()).toEqual([]);
});

it('A validation event that does not exist is named as one', async () => {
  await register();

  const { status, body } = await ask(
    'GET',
    `${REGISTRATION}/validationEvents/019d0c4e-7a31-7f55-9d0e-2b64c8a1f307`,
  );

  expect({ status, code: body.code }).toEqual({ status: 404, code: '810015' });
  expect(body.description).toBe('Validation event 019d0c4e-7a31-7f55-9d0e-2b64c8a1f307 was not found.');
});
