/** Duplicate detection, schedules, quotas, topics and addresses, without AMQP and on a manual clock. */

import { expect, test } from 'vitest';
import { manualClock } from '../src/clock.ts';
import type { Intake } from '../src/intake.ts';
import { Namespace } from '../src/namespace.ts';
import type { Queue } from '../src/queue.ts';
import type { Entities, QueueOptions, TopicOptions } from '../src/settings.ts';
import { idOf, sentMessage } from './messages.ts';

function open(entities: Partial<Entities>) {
  const clock = manualClock();
  const namespace = new Namespace({ queues: {}, topics: {}, ...entities }, clock);
  const intake = (address: string): Intake => namespace.find(address)!.intake!;
  const queue = (address: string): Queue => namespace.find(address)!.queue!;
  return { clock, namespace, intake, queue };
}

test('A message with a known id is discarded within the duplicate detection window and accepted after it', () => {
  const window = { requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: 'PT1M' };
  const { clock, intake, queue } = open({ queues: { q: window } });
  const send = (id: string) => intake('q').accept([sentMessage(id)]);

  send('a');
  clock.advance(59_999);
  send('a');
  send('b');
  const within = queue('q').size;
  clock.advance(1);
  send('a');
  send('b');

  expect(within).toBe(2);
  expect(queue('q').size).toBe(3);
});

test('Two messages may have the same id when duplicate detection is off', () => {
  const { intake, queue } = open({ queues: { q: {} } });

  intake('q').accept([sentMessage('a'), sentMessage('a')]);

  expect(queue('q').size).toBe(2);
});

test('A scheduled message gets a new sequence number when it becomes active', () => {
  const { clock, namespace, intake, queue } = open({ queues: { q: {} } });
  const [number] = intake('q').accept([sentMessage('later', { scheduledForMs: clock.now() + 1_000 })]) ?? [];
  intake('q').accept([sentMessage('now')]);

  clock.advance(999);
  const before = namespace.counts('q');
  clock.advance(1);
  const [now, later] = [queue('q').take('peekLock'), queue('q').take('peekLock')];

  expect(number).toBe(1);
  expect(before).toEqual({ active: 1, scheduled: 1, locked: 0, deadLettered: 0 });
  expect([idOf(now), idOf(later)]).toEqual(['now', 'later']);
  expect(later?.sequenceNumber).toBe(3);
});

test('A message that is scheduled beyond the longest setTimeout delay does not become active early', () => {
  const { clock, namespace, intake } = open({ queues: { q: {} } });
  const fortyDaysMs = 40 * 86_400_000;

  intake('q').accept([sentMessage('later', { scheduledForMs: clock.now() + fortyDaysMs })]);
  clock.advance(fortyDaysMs - 1);
  const before = namespace.counts('q').scheduled;
  clock.advance(1);

  expect(before).toBe(1);
  expect(namespace.counts('q')).toMatchObject({ active: 1, scheduled: 0 });
});

test('cancel() removes all of the given scheduled messages or none', () => {
  const { clock, namespace, intake } = open({ queues: { q: {} } });
  const at = { scheduledForMs: clock.now() + 1_000 };
  intake('q').accept([sentMessage('a', at), sentMessage('b', at)]);

  const some = intake('q').cancel([1, 7]);
  const both = intake('q').cancel([1, 2]);
  clock.advance(1_000);

  expect([some, both]).toEqual([false, true]);
  expect(namespace.counts('q')).toEqual({ active: 0, scheduled: 0, locked: 0, deadLettered: 0 });
});

test('A batch that exceeds the size quota is rejected as a whole, and completed messages free the quota', () => {
  const { intake, queue } = open({ queues: { q: { maxSizeInMegabytes: 1 } } });
  const half = { sizeBytes: 512 * 1024 };

  const first = intake('q').accept([sentMessage('a', half)]);
  const tooMuch = intake('q').accept([sentMessage('b', half), sentMessage('c', { sizeBytes: 1 })]);
  const full = intake('q').accept([sentMessage('b', half)]);
  queue('q').take('receiveAndDelete');
  const again = intake('q').accept([sentMessage('d', half)]);

  expect([first, tooMuch, full, again]).toEqual([[1], undefined, [2], [3]]);
  expect(queue('q').bytes).toBe(1024 * 1024);
});

test('Every subscription gets a copy with the shortest of the times to live', () => {
  const { clock, queue, intake } = open({
    topics: {
      events: {
        defaultMessageTimeToLive: 'PT2S',
        subscriptions: {
          all: {},
          brief: { defaultMessageTimeToLive: 'PT1S', deadLetteringOnMessageExpiration: true },
        },
      },
    },
  });

  intake('events').accept([sentMessage('a')]);
  const sizes = [queue('events/Subscriptions/all').size, queue('events/Subscriptions/brief').size];
  clock.advance(1_000);
  const dead = queue('events/Subscriptions/brief/$DeadLetterQueue').size;
  clock.advance(1_000);

  expect(sizes).toEqual([1, 1]);
  expect(dead).toBe(1);
  expect(queue('events/Subscriptions/all').size).toBe(0);
});

test('An address finds its entity as a path or a URL in any letter case', () => {
  const { namespace } = open({ queues: { Orders: {} }, topics: { events: { subscriptions: { all: {} } } } });

  const paths = [
    'orders',
    '/ORDERS/',
    'sb://127.0.0.1:5672/orders',
    'events/subscriptions/ALL/$deadletterqueue',
  ];

  expect(paths.map((path) => namespace.find(path)?.path)).toEqual([
    'Orders',
    'Orders',
    'Orders',
    'events/Subscriptions/all/$DeadLetterQueue',
  ]);
  expect(() => namespace.counts('nowhere')).toThrow('"nowhere" does not exist');
});

test('clear() deletes messages, schedules and the duplicate detection history', () => {
  const { clock, namespace, intake } = open({ queues: { q: { requiresDuplicateDetection: true } } });
  const send = () =>
    intake('q').accept([sentMessage('a'), sentMessage('b', { scheduledForMs: clock.now() + 1_000 })]);
  send();

  namespace.clear();
  const cleared = [namespace.counts('q'), namespace.bytes()];
  send();
  clock.advance(1_000);

  expect(cleared).toEqual([{ active: 0, scheduled: 0, locked: 0, deadLettered: 0 }, 0]);
  expect(namespace.counts('q').active).toBe(2);
});

test('The namespace accepts unsupported features that are switched off', () => {
  const off = { requiresSession: false, enablePartitioning: false, enableExpress: false, status: 'Active' };
  const never = 'P10675199DT2H48M5.4775807S';
  const subscription = { requiresSession: false, deadLetteringOnFilterEvaluationExceptions: true };
  const { clock, intake, queue } = open({
    queues: { q: { ...off, autoDeleteOnIdle: never, defaultMessageTimeToLive: never } as QueueOptions },
    topics: { t: { supportOrdering: true, subscriptions: { s: subscription } } as TopicOptions },
  });
  intake('q').accept([sentMessage('a')]);

  clock.advance(400 * 86_400_000);

  expect(queue('q').size).toBe(1);
});

test.each([
  ['requiresSession', { queues: { q: { requiresSession: true } } }, 'requiresSession (queue "q")'],
  ['forwardTo', { queues: { q: { forwardTo: 'p' } } }, 'forwardTo (queue "q")'],
  ['a lock duration above five minutes', { queues: { q: { lockDuration: 'PT6M' } } }, 'at most PT5M'],
  ['a maxDeliveryCount of zero', { queues: { q: { maxDeliveryCount: 0 } } }, 'from 1 to 2000'],
  [
    'a duplicate detection window below 20 seconds',
    { queues: { q: { duplicateDetectionHistoryTimeWindow: 'PT19S' } } },
    'from PT20S to P7D',
  ],
  ['a time to live of zero', { queues: { q: { defaultMessageTimeToLive: 'PT0S' } } }, 'must be above zero'],
  ['a size quota of zero', { topics: { t: { maxSizeInMegabytes: 0 } } }, 'must be above zero'],
  [
    'a message size limit above that of the Premium tier',
    { topics: { t: { maxMessageSizeInKilobytes: 102_401 } } },
    'from 256 to 102400',
  ],
  [
    'a switch that is not a boolean',
    { queues: { q: { requiresDuplicateDetection: 'false' } } },
    'requiresDuplicateDetection of "q" must be true or false',
  ],
  ['an entity that is not an object', { queues: { q: null } }, 'queue "q" must be an object'],
  ['automatic deletion', { queues: { q: { autoDeleteOnIdle: 'PT1H' } } }, 'autoDeleteOnIdle (queue "q")'],
  ['an invalid duration', { queues: { q: { lockDuration: '60s' } } }, '"60s" is not an ISO 8601 duration'],
  [
    'a subscription filter',
    { topics: { t: { subscriptions: { s: { sqlFilter: '1=1' } } } } },
    'sqlFilter (subscription "t/Subscriptions/s")',
  ],
])('The namespace rejects %s', (_what, entities, text) => {
  expect(() => open(entities as unknown as Entities)).toThrow(text);
});
