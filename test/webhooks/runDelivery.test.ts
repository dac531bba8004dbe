/** Deliveries from the event to the end: attempts, retries, what is parked, who is disabled, and what a crash leaves. */
import { Webhook } from 'standardwebhooks';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ReceiverResponse } from '../../shared/webhooks/receiverClient.ts';
import { removeWebhook } from '../../shared/webhooks/register.ts';
import type { Registration } from '../../shared/webhooks/registration.ts';
import { runDelivery } from '../../shared/webhooks/runDelivery.ts';
import { runDeliveryDueActions } from '../../shared/webhooks/runDueActions.ts';
import { deliverEvent, resendDelivery } from '../../shared/webhooks/startDelivery.ts';
import { newWorld, type World } from '../support/ports.ts';
import { DAY, HOUR, MINUTE, NOW } from '../support/samples.ts';
import { EVENT, POLICY, registrationOf, tenant } from './samples.ts';

let world: World;
/** The ids of the messages that were processed. */
let ran = new Set<string>();
let registration: Registration;

async function begin(more: Partial<Registration> = {}): Promise<void> {
  world = newWorld(NOW);
  ran = new Set();
  registration = registrationOf(more);
  await world.ports.registrations.insert(registration);
}
beforeEach(() => begin());

const responding = (status: number, { text = '' } = {}) => {
  world.receive = (): ReceiverResponse => ({ status, headers: {}, text, durationMs: 40 });
};
const deliver = () => deliverEvent(world.ports, EVENT, POLICY);
const delivery = () => world.deliveries()[0];
const registered = async () => (await world.ports.registrations.read(tenant))?.registration;

/** Runs the messages that are due now, and those that they lead to. */
async function work(): Promise<void> {
  for (let n = 0; n < world.deliveriesSent.length; n++) {
    const { message, atMs = 0, id } = world.deliveriesSent[n] ?? { message: undefined, id: '' };
    if (!message || atMs > world.nowMs || ran.has(id)) continue;
    ran.add(id);
    await runDelivery(world.ports, message, POLICY);
  }
}

/** Moves to the next message, and runs it. */
async function nextAttempt(): Promise<number> {
  const atMs = Math.min(...world.deliveriesSent.flatMap(({ id, atMs: at = 0 }) => (ran.has(id) ? [] : [at])));
  const waitedMs = atMs - world.nowMs;
  world.nowMs = Math.max(world.nowMs, atMs);
  await work();
  return waitedMs;
}

describe('an event', () => {
  it('An event is delivered with the signature of the public package, and the row shows the attempt', async () => {
    expect(await deliver()).toBe(true);
    await work();

    const [request] = world.received;
    expect(request).toMatchObject({ method: 'POST', url: registration.url });
    const headers = request?.headers as Record<string, string>;
    const secret = registration.secrets[0]?.secret ?? '';
    // The clock of the test is not today's, so the package cannot check the timestamp.
    const sign = new Webhook(secret).sign(
      headers['webhook-id'] ?? '',
      new Date(Number(headers['webhook-timestamp']) * 1_000),
      request?.body ?? '',
    );
    expect(headers['webhook-signature']).toBe(sign);
    expect(JSON.parse(request?.body ?? '')).toEqual({
      EventName: 'cart-expired',
      ResourceUri: `https://carts.fabrikam.example/v1/${EVENT.subject}`,
      ResourceName: 'cart',
      AuditUri: null,
      ResourceChangeUtcDate: '2026-03-22T17:15:02.3840000+00:00',
    });
    expect(delivery()).toMatchObject({
      state: 'delivered',
      deliveryId: headers['webhook-id'],
      attempts: [{ number: 1, status: 204, durationMs: 5 }],
    });
  });

  it('The payload is the CloudEvent when the registration says so, with the origin after a handshake', async () => {
    await begin({ payload: 'cloudEvents', handshake: true });
    await deliver();
    await work();

    expect(JSON.parse(world.received[0]?.body ?? '')).toEqual(EVENT);
    expect(world.received[0]?.headers).toMatchObject({
      'Content-Type': 'application/cloudevents+json; charset=utf-8',
      'WebHook-Request-Origin': 'carts.fabrikam.example',
    });
  });

  it.each([
    ['its type is not registered', { events: ['cart-ordered' as const] }],
    ['the registration is disabled', { disabled: { reason: 'gone' as const, atMs: NOW } }],
  ])('An event starts no delivery when %s', async (_, more) => {
    await begin(more);

    expect(await deliver()).toBe(false);
    expect([world.deliveries(), world.deliveriesSent, [...world.dueEntries]]).toEqual([[], [], []]);
  });

  it('An event starts one delivery however often it is received, also after the first was delivered', async () => {
    await deliver();
    await deliver();
    await work();
    await deliver();
    await work();

    expect(world.deliveries()).toHaveLength(1);
    expect(world.received).toHaveLength(1);
  });

  it('An event of another partner starts no delivery', async () => {
    const other = { ...EVENT, partnertenantid: '11111111-0e0f-4f7b-9a56-0c3f2f1d7e11' };

    expect(await deliverEvent(world.ports, other, POLICY)).toBe(false);
  });
});

describe('a failed attempt', () => {
  it.each([301, 400, 401, 404, 408, 429, 500, 503])(
    'An attempt is retried after the status %i',
    async (status) => {
      responding(status);
      await deliver();
      await work();

      expect(delivery()).toMatchObject({ state: 'pending', attempt: 2, attempts: [{ status }] });
      responding(200);
      await nextAttempt();
      expect(delivery()).toMatchObject({
        state: 'delivered',
        attempts: [{ number: 1 }, { number: 2, status: 200 }],
      });
      expect(new Set(world.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    },
  );

  it('An attempt without a response is retried, and its reason is recorded', async () => {
    world.receive = () => ({ reason: 'The receiver could not be reached (ECONNREFUSED).', durationMs: 3 });
    await deliver();
    await work();

    expect(delivery()).toMatchObject({
      state: 'pending',
      attempts: [{ reason: expect.stringContaining('ECONN') }],
    });
  });

  it('A delivery has ten attempts over about a day, then it is parked with the last answer of the receiver', async () => {
    responding(500, { text: 'Out of\norder' });
    world.random = 0.5;
    await deliver();
    await work();
    const waits: number[] = [];
    while (delivery()?.state === 'pending') waits.push(await nextAttempt());

    expect(world.received).toHaveLength(10);
    const totalMs = waits.reduce((sum, ms) => sum + ms, 0);
    expect([totalMs > 12 * HOUR, totalMs < 36 * HOUR]).toEqual([true, true]);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(delivery()?.state).toBe('failed');
    expect(world.parked).toMatchObject([
      { why: { reason: 'AttemptsExhausted', description: 'The receiver returned 500: Out of order' } },
    ]);
  });

  it('A delivery whose registration is removed is cancelled at its next attempt', async () => {
    responding(500);
    await deliver();
    await work();
    await removeWebhook(world.ports, tenant);
    await nextAttempt();

    expect([delivery()?.state, world.received.length]).toEqual(['cancelled', 1]);
  });
});

describe('a registration', () => {
  it('The status 410 disables the registration, and the event about it is published once', async () => {
    responding(410);
    await deliver();
    await work();

    expect(await registered()).toMatchObject({ disabled: { reason: 'gone' } });
    expect(delivery()?.state).toBe('failed');
    expect(world.events).toMatchObject([
      { type: 'webhook.disabled.v1', id: 'version-1.disabled', data: { reason: 'gone', lastStatus: 410 } },
    ]);
    expect(world.parked).toEqual([]);
  });

  it.each([
    ['410', 410, 'the delivery is retried, and the new webhook stays enabled'],
    ['200', 200, 'the delivery has ended, and the new webhook still fails'],
  ])('A response %s of a receiver that was replaced during the call: %3$s', async (_, status) => {
    await begin({ failingSinceMs: NOW - DAY });
    const replaced = { ...registration, version: 'version-2', failingSinceMs: NOW };
    world.around = async (effect, run) => {
      const result = await run();
      if (effect.name !== 'receiver.call') return result;
      const stored = await world.ports.registrations.read(tenant);
      await world.ports.registrations.replace(replaced, stored?.etag ?? '');
      return result;
    };
    responding(status);
    await deliver();
    await work();

    expect(await registered()).toEqual(replaced);
    expect(world.events).toEqual([]);
    expect(delivery()?.state).toBe(status === 410 ? 'pending' : 'delivered');
  });

  it('A registration records since when deliveries fail, until one succeeds', async () => {
    responding(500);
    await deliver();
    await work();
    expect(await registered()).toMatchObject({ failingSinceMs: NOW });
    responding(200);
    await nextAttempt();

    expect((await registered())?.failingSinceMs).toBeUndefined();
  });

  it('A registration is disabled when deliveries have failed for days, and later attempts are cancelled', async () => {
    await begin({ failingSinceMs: NOW });
    responding(500);
    world.nowMs = NOW + 3 * DAY;
    await deliver();
    await work();

    expect(await registered()).toMatchObject({ disabled: { reason: 'failing', atMs: world.nowMs } });
    expect(world.events).toMatchObject([{ data: { reason: 'failing', lastStatus: 500 } }]);
    await nextAttempt();
    expect(delivery()?.state).toBe('cancelled');
  });
});

describe('a delivery that has ended', () => {
  it('A delivery can be sent again, with as many attempts and the same webhook-id', async () => {
    responding(500);
    await deliver();
    await work();
    while (delivery()?.state === 'pending') await nextAttempt();
    responding(200);

    const key = { tenant, deliveryId: delivery()?.deliveryId ?? '' };
    expect(await resendDelivery(world.ports, key, POLICY)).toMatchObject({
      delivery: { state: 'pending', attempt: 11 },
      baseUrl: registration.baseUrl,
    });
    await work();

    expect(delivery()).toMatchObject({ state: 'delivered' });
    expect(delivery()?.attempts.at(-1)).toMatchObject({ number: 11, status: 200 });
    expect(new Set(world.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('A delivery is purged after its retention by its due entry, and leaves none', async () => {
    await deliver();
    await work();
    const sweepAt = async (nowMs: number) => {
      world.nowMs = nowMs;
      for (const entry of [...world.dueEntries.values()]) {
        if (entry.atMs <= nowMs && 'deliveryId' in entry)
          await runDeliveryDueActions(world.ports, entry, POLICY);
      }
    };

    await sweepAt(NOW + 3 * MINUTE);
    expect(world.dueEntries.size).toBe(1);
    await sweepAt(NOW + 6 * DAY);
    expect(world.deliveries()).toHaveLength(1);
    await sweepAt(NOW + 8 * DAY);

    expect([world.deliveries(), [...world.dueEntries]]).toEqual([[], []]);
  });
});

it('The sweeper sends a lost message again under a new id, once per check', async () => {
  await deliver();
  world.deliveriesSent = [];
  world.nowMs = NOW + 2 * MINUTE;
  const [entry] = [...world.dueEntries.values()];
  if (!entry || !('deliveryId' in entry)) throw new Error('There is no due entry.');

  await runDeliveryDueActions(world.ports, entry, POLICY);
  await work();

  expect(delivery()?.state).toBe('delivered');
  expect([...world.dueEntries.values()].map(({ atMs }) => atMs)).toEqual([NOW + 4 * MINUTE]);
});
