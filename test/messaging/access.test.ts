/**
 * A broker that denies access by a role: for two minutes it counts as an outage, because a new role takes minutes to hold.
 * The emulator has no roles, so the SDK's sender is replaced by one that throws the SDK's error.
 */
import type { TokenCredential } from '@azure/identity';
import { ServiceBusError } from '@azure/service-bus';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isUnavailable } from '../../shared/errors.ts';
import { openBus } from '../../shared/messaging/bus.ts';
import { MINUTE, SECOND } from '../support/samples.ts';

const broker = vi.hoisted(() => ({ denies: [] as string[], sent: [] as string[] }));
vi.mock('../../shared/messaging/sdk.ts', () => ({
  ServiceBusClient: class {
    createSender = (entity: string) => ({
      async sendMessages() {
        if (broker.denies.includes(entity)) throw new ServiceBusError('Denied.', 'UnauthorizedAccess');
        broker.sent.push(entity);
      },
    });
    createReceiver = () => ({});
    close = async () => undefined;
  },
}));

let nowMs: number;
beforeEach(() => {
  nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  Object.assign(broker, { denies: [], sent: [] });
});
afterEach(() => vi.restoreAllMocks());

const CREDENTIAL: TokenCredential = { getToken: async () => null };
const byRole = () => openBus({ namespace: 'sb.servicebus.windows.net', credential: async () => CREDENTIAL });
const failureOf = (sending: Promise<void>) =>
  sending.then(
    () => undefined,
    (error: unknown) => error,
  );

it('A denial of the broker counts as an outage for two minutes, and is an error afterwards', async () => {
  const bus = byRole();
  broker.denies = ['checkout'];

  const first = await failureOf(bus.send('checkout', { body: 1 }));
  nowMs = 2 * MINUTE - SECOND;
  const last = await failureOf(bus.send('checkout', { body: 1 }));
  nowMs = 2 * MINUTE;
  const late = await failureOf(bus.send('checkout', { body: 1 }));

  expect([first, last, late].map(isUnavailable)).toEqual([true, true, false]);
  expect(String(first)).toContain('denies access; a new role takes some minutes to hold');
  expect(late).toMatchObject({ code: 'UnauthorizedAccess' });
});

it('The same client sends as soon as the role holds, and a later denial has two minutes again', async () => {
  const bus = byRole();
  broker.denies = ['checkout'];
  await failureOf(bus.send('checkout', { body: 1 }));
  broker.denies = [];
  nowMs = MINUTE;
  await bus.send('checkout', { body: 1 });
  broker.denies = ['checkout'];
  nowMs = 10 * MINUTE;

  expect(isUnavailable(await failureOf(bus.send('checkout', { body: 1 })))).toBe(true);
  expect(broker.sent).toEqual(['checkout']);
});

it('Each queue has its own two minutes, because each has its own role', async () => {
  const bus = byRole();
  broker.denies = ['checkout', 'parked'];
  await failureOf(bus.send('checkout', { body: 1 }));
  nowMs = 3 * MINUTE;

  const failures = [
    await failureOf(bus.send('checkout', { body: 1 })),
    await failureOf(bus.send('parked', { body: 1 })),
  ];

  expect(failures.map(isUnavailable)).toEqual([false, true]);
});

it('A denial of a key is an error at once, because keys hold at once', async () => {
  const bus = openBus({
    connectionString: 'Endpoint=sb://localhost;SharedAccessKeyName=a;SharedAccessKey=b',
  });
  broker.denies = ['checkout'];

  expect(isUnavailable(await failureOf(bus.send('checkout', { body: 1 })))).toBe(false);
});
