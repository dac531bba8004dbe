/** The entities of infra/servicebus.json on the emulator: they exist, and messages are deleted after their time to live. */
import { ServiceBusClient } from '@azure/service-bus';
import { type ManualClock, manualClock, startServiceBus } from '@cartwright/servicebus-emulator';
import { expect, it, onTestFinished } from 'vitest';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { QUEUES, TOPICS } from '../../shared/messaging/queueNames.ts';

const DAY_MS = 86_400_000;

/** The deployed namespace with one message in `entity`; the test moves the clock. */
async function namespaceWithMessage(entity: string) {
  const clock: ManualClock = manualClock();
  const emulator = await startServiceBus({ entities, clock });
  onTestFinished(() => emulator.close());
  const client = new ServiceBusClient(emulator.connectionString);
  onTestFinished(() => client.close());
  await client.createSender(entity).sendMessages({ body: 1 });
  return { clock, counts: emulator.counts };
}

it.each([
  ['an event that no subscriber received', TOPICS.cartEvents, `${TOPICS.cartEvents}/Subscriptions/all`, 7],
  ['a parked message', QUEUES.parked, QUEUES.parked, 30],
])(
  'The broker deletes %s after its time to live and does not dead-letter it',
  async (_, entity, place, days) => {
    const { clock, counts } = await namespaceWithMessage(entity);

    clock.advance(days * DAY_MS - 60_000);
    const before = counts(place);
    clock.advance(60_000);

    expect(before).toMatchObject({ active: 1, deadLettered: 0 });
    expect(counts(place)).toMatchObject({ active: 0, deadLettered: 0 });
  },
);

it('Every queue and topic that the service uses is deployed', async () => {
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
