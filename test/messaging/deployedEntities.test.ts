/** The entities that infra/servicebus.json deploys, on the emulator: how long each keeps a message, and what follows. */
import { ServiceBusClient } from '@azure/service-bus';
import { type ManualClock, manualClock, startServiceBus } from '@cartwright/servicebus-emulator';
import { expect, it, onTestFinished } from 'vitest';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { settings } from '../../shared/config.ts';
import { parseDuration } from '../../shared/duration.ts';
import { QUEUES, TOPICS } from '../../shared/messaging/queueNames.ts';

const DAY_MS = 86_400_000;

/** The deployed namespace with one message in `entity`, on a clock that only the test moves. */
async function namespaceWithMessage(entity: string) {
  const clock: ManualClock = manualClock();
  const emulator = await startServiceBus({ entities, clock });
  onTestFinished(() => emulator.close());
  const client = new ServiceBusClient(emulator.connectionString);
  onTestFinished(() => client.close());
  await client.createSender(entity).sendMessages({ body: 1 });
  return { clock, counts: emulator.counts };
}

it('deletes an event that no subscriber received for 7 days, and does not dead-letter it', async () => {
  const { clock, counts } = await namespaceWithMessage(TOPICS.cartEvents);
  const subscription = `${TOPICS.cartEvents}/Subscriptions/all`;

  clock.advance(7 * DAY_MS - 60_000);
  const before = counts(subscription);
  clock.advance(60_000);

  expect(before).toMatchObject({ active: 1, deadLettered: 0 });
  expect(counts(subscription)).toMatchObject({ active: 0, deadLettered: 0 });
});

it('deletes a parked message after 30 days, as long as carts are kept, and does not dead-letter it', async () => {
  const { clock, counts } = await namespaceWithMessage(QUEUES.parked);

  clock.advance(30 * DAY_MS - 60_000);
  const before = counts(QUEUES.parked);
  clock.advance(60_000);

  expect(before).toMatchObject({ active: 1, deadLettered: 0 });
  expect(counts(QUEUES.parked)).toEqual({ active: 0, scheduled: 0, locked: 0, deadLettered: 0 });
});

it('keeps a parked message no longer than a cart, by default', () => {
  const { defaultMessageTimeToLive } = entities.queues.parked;
  const { CART_RETENTION } = settings.pick({ CART_RETENTION: true }).parse({});

  expect(parseDuration(defaultMessageTimeToLive)).toBeLessThanOrEqual(CART_RETENTION);
});

it('names a queue or a topic for every entity that the service uses', async () => {
  const emulator = await startServiceBus({ entities });
  onTestFinished(() => emulator.close());

  const unknown = [...Object.values(QUEUES), ...Object.values(TOPICS)].filter((entity) => {
    try {
      return emulator.counts(entity) === undefined;
    } catch {
      return true;
    }
  });

  expect(unknown).toEqual([]);
});
