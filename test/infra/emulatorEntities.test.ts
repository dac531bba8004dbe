/** The configuration of Microsoft's emulator has the entities that are deployed, within the emulator's limits. */
import { expect, it } from 'vitest';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { emulatorConfig } from '../../scripts/emulatorEntities.ts';
import { QUEUES, TOPICS } from '../../shared/messaging/queueNames.ts';

const [namespace] = emulatorConfig(entities).UserConfig.Namespaces;

it('The configuration of the emulator has every queue and topic, and their subscriptions', () => {
  expect(namespace?.Queues.map(({ Name }) => Name)).toEqual(expect.arrayContaining(Object.values(QUEUES)));
  expect(namespace?.Topics.map(({ Name }) => Name)).toEqual(Object.values(TOPICS));
  expect(namespace?.Topics.flatMap(({ Subscriptions }) => Subscriptions.map(({ Name }) => Name))).toEqual([
    'all',
    'webhooks',
  ]);
});

it('The configuration of the emulator has the emulator’s property names, and values within its limits', () => {
  const pattern = {
    queues: {
      short: { lockDuration: 'PT1M', defaultMessageTimeToLive: 'PT30M', requiresDuplicateDetection: true },
      long: { defaultMessageTimeToLive: 'P14D', duplicateDetectionHistoryTimeWindow: 'PT10M' },
    },
    topics: {},
  };

  expect(emulatorConfig(pattern).UserConfig.Namespaces[0]?.Queues).toEqual([
    {
      Name: 'short',
      Properties: {
        LockDuration: 'PT1M',
        DefaultMessageTimeToLive: 'PT30M',
        RequiresDuplicateDetection: true,
      },
    },
    {
      Name: 'long',
      Properties: { DefaultMessageTimeToLive: 'PT1H', DuplicateDetectionHistoryTimeWindow: 'PT5M' },
    },
  ]);
});
