/** Delivery, locks, settlement and expiry in a queue, without AMQP and on a manual clock. */

import { expect, test } from 'vitest';
import { manualClock } from '../src/clock.ts';
import type { Message } from '../src/message.ts';
import { Queue } from '../src/queue.ts';
import type { QueueSettings } from '../src/settings.ts';
import { TimerQueue } from '../src/timerQueue.ts';
import { idOf, sentMessage, tokenOf } from './messages.ts';

const SETTINGS: QueueSettings = {
  lockMs: 60_000,
  maxDeliveryCount: 3,
  timeToLiveMs: Infinity,
  deadLetterExpired: false,
};

function openQueue(settings: Partial<QueueSettings> = {}) {
  const clock = manualClock();
  const timers = new TimerQueue(clock);
  const parts = { clock, timers, settings: { ...SETTINGS, ...settings } };
  const deadLetters = new Queue({
    ...parts,
    settings: { ...SETTINGS, maxDeliveryCount: Infinity },
    deadLetters: undefined,
  });
  const queue = new Queue({ ...parts, deadLetters });
  let sequenceNumber = 0;
  const put = (...ids: string[]) => {
    for (const id of ids) queue.put(sentMessage(id), ++sequenceNumber);
  };
  return { clock, queue, deadLetters, put };
}

function drain(queue: Queue): (string | undefined)[] {
  const ids: (string | undefined)[] = [];
  for (let next = queue.take('receiveAndDelete'); next; next = queue.take('receiveAndDelete'))
    ids.push(idOf(next));
  return ids;
}

test('Messages are delivered in the order in which they were enqueued', () => {
  const { queue, put } = openQueue();
  put('a', 'b', 'c');

  const ids = drain(queue);

  expect(ids).toEqual(['a', 'b', 'c']);
  expect(queue.size).toBe(0);
  expect(queue.bytes).toBe(0);
});

test('A locked message is not delivered again and is removed when it is completed', () => {
  const { queue, put } = openQueue();
  put('a');
  const message = queue.take('peekLock');

  const second = queue.take('peekLock');
  const completed = queue.settle(tokenOf(message), { kind: 'completed' });

  expect(second).toBeUndefined();
  expect(completed).toBe(true);
  expect(queue.size).toBe(0);
});

test('An abandoned message is redelivered before later ones, with a higher delivery count and its changed properties', () => {
  const { queue, put } = openQueue();
  put('a', 'b');
  const first = queue.take('peekLock');

  queue.settle(tokenOf(first), { kind: 'abandoned', propertyChanges: { why: 'busy' } });
  const again = queue.take('peekLock');

  expect(idOf(again)).toBe('a');
  expect(again?.deliveryCount).toBe(1);
  expect(again?.propertyChanges).toEqual({ why: 'busy' });
});

test('A released message is redelivered with an unchanged delivery count', () => {
  const { queue, put } = openQueue();
  put('a');

  queue.settle(tokenOf(queue.take('peekLock')), { kind: 'released' });

  expect(queue.take('peekLock')?.deliveryCount).toBe(0);
});

test('A message is redelivered when its lock expires, and the expired token settles nothing', () => {
  const { clock, queue, put } = openQueue();
  put('a');
  const token = tokenOf(queue.take('peekLock'));

  clock.advance(59_999);
  const early = queue.take('peekLock');
  clock.advance(1);
  const late = queue.take('peekLock');

  expect(early).toBeUndefined();
  expect(late?.deliveryCount).toBe(1);
  expect(queue.settle(token, { kind: 'completed' })).toBe(false);
  expect(queue.size).toBe(1);
});

test('An expired lock settles nothing even when the timer fires late', () => {
  const clock = manualClock();
  const stopped = new TimerQueue({ now: clock.now, after: () => () => {} });
  const queue = new Queue({ clock, timers: stopped, settings: SETTINGS, deadLetters: undefined });
  queue.put(sentMessage('a'), 1);
  const token = tokenOf(queue.take('peekLock'));

  clock.advance(60_000);

  expect(queue.settle(token, { kind: 'completed' })).toBe(false);
  expect(queue.renew(token)).toBeUndefined();
});

test('A renewed lock lasts for the full lock duration', () => {
  const { clock, queue, put } = openQueue();
  put('a');
  const token = tokenOf(queue.take('peekLock'));

  clock.advance(40_000);
  const untilMs = queue.renew(token);
  clock.advance(59_999);

  expect(untilMs).toBe(clock.now() + 1);
  expect(queue.settle(token, { kind: 'completed' })).toBe(true);
});

test('A message is dead-lettered after its last delivery, with the reason and its sequence number', () => {
  const { queue, deadLetters, put } = openQueue({ maxDeliveryCount: 2 });
  put('a', 'b');
  drain(queue);
  put('c');

  queue.settle(tokenOf(queue.take('peekLock')), { kind: 'abandoned', propertyChanges: {} });
  queue.settle(tokenOf(queue.take('peekLock')), { kind: 'abandoned', propertyChanges: { last: 'change' } });
  const dead = deadLetters.take('peekLock');

  expect(queue.size).toBe(0);
  expect(dead?.sequenceNumber).toBe(3);
  expect(dead?.propertyChanges).toEqual({
    last: 'change',
    DeadLetterReason: 'MaxDeliveryCountExceeded',
    DeadLetterErrorDescription: 'Message could not be consumed after 2 delivery attempts.',
  });
});

test('An expired lock counts as a delivery', () => {
  const { clock, queue, deadLetters, put } = openQueue({ maxDeliveryCount: 2 });
  put('a');

  queue.take('peekLock');
  clock.advance(60_000);
  queue.take('peekLock');
  clock.advance(60_000);

  expect(idOf(deadLetters.take('peekLock'))).toBe('a');
});

test('A message in the dead-letter queue stays there, however often it is abandoned or dead-lettered', () => {
  const { queue, deadLetters, put } = openQueue();
  put('a');
  queue.settle(tokenOf(queue.take('peekLock')), {
    kind: 'deadLettered',
    propertyChanges: { DeadLetterReason: 'bad' },
  });

  for (let delivery = 0; delivery < 20; delivery++) {
    deadLetters.settle(tokenOf(deadLetters.take('peekLock')), { kind: 'abandoned', propertyChanges: {} });
  }
  deadLetters.settle(tokenOf(deadLetters.take('peekLock')), { kind: 'deadLettered', propertyChanges: {} });

  expect(deadLetters.take('peekLock')?.propertyChanges).toEqual({ DeadLetterReason: 'bad' });
});

test('A deferred message is received only by its sequence number', () => {
  const { queue, put } = openQueue();
  put('a', 'b');
  queue.settle(tokenOf(queue.take('peekLock')), { kind: 'deferred', propertyChanges: {} });

  const next = queue.take('peekLock');
  const none = queue.takeDeferred([1, 2], 'peekLock');
  const deferred = queue.takeDeferred([1], 'peekLock');

  expect(idOf(next)).toBe('b');
  expect(none).toBeUndefined();
  expect(deferred?.map(idOf)).toEqual(['a']);
});

test('A deferred message stays deferred when it is abandoned or its lock expires', () => {
  const { clock, queue, put } = openQueue({ maxDeliveryCount: 10 });
  put('a');
  queue.settle(tokenOf(queue.take('peekLock')), { kind: 'deferred', propertyChanges: {} });

  const [first] = queue.takeDeferred([1], 'peekLock') ?? [];
  queue.settle(tokenOf(first), { kind: 'abandoned', propertyChanges: {} });
  queue.takeDeferred([1], 'peekLock');
  clock.advance(60_000);

  expect(queue.take('peekLock')).toBeUndefined();
  expect(queue.takeDeferred([1], 'receiveAndDelete')?.map(idOf)).toEqual(['a']);
});

test('A message is removed at the end of its time to live', () => {
  const { clock, queue, deadLetters } = openQueue({ timeToLiveMs: 5_000 });
  queue.put(sentMessage('default'), 1);
  queue.put(sentMessage('own', { timeToLiveMs: 1_000 }), 2);
  queue.put(sentMessage('long', { timeToLiveMs: 9_000 }), 3);

  clock.advance(1_000);
  const afterOne = queue.size;
  clock.advance(4_000);

  expect(afterOne).toBe(2);
  expect(queue.size).toBe(0);
  expect(deadLetters.size).toBe(0);
});

test('An expired message is dead-lettered with the reason when the queue has deadLetteringOnMessageExpiration', () => {
  const { clock, deadLetters, put } = openQueue({ timeToLiveMs: 5_000, deadLetterExpired: true });
  put('a');

  clock.advance(5_000);

  expect(deadLetters.take('peekLock')?.propertyChanges).toEqual({
    DeadLetterReason: 'TTLExpiredException',
    DeadLetterErrorDescription: 'The message expired and was dead lettered.',
  });
});

test('A locked message does not expire until its lock ends', () => {
  const { clock, queue, deadLetters, put } = openQueue({ timeToLiveMs: 5_000, deadLetterExpired: true });
  put('a', 'b');
  const [a, b] = [queue.take('peekLock'), queue.take('peekLock')];

  clock.advance(5_000);
  const completed = queue.settle(tokenOf(a), { kind: 'completed' });
  const abandoned = queue.settle(tokenOf(b), { kind: 'abandoned', propertyChanges: {} });

  expect([completed, abandoned]).toEqual([true, true]);
  expect([...deadLetters.messages()].map(idOf)).toEqual(['b']);
  expect(queue.size).toBe(0);
});

test('Messages are distributed round-robin among the consumers, within their credit', () => {
  const { queue, put } = openQueue();
  const got: Record<string, string[]> = { one: [], other: [] };
  const consumer = (name: string, credit: number) => ({
    mode: 'receiveAndDelete' as const,
    hasCredit: () => got[name]!.length < credit,
    deliver: (message: Message) => got[name]!.push(idOf(message) ?? ''),
  });
  queue.attach(consumer('one', 3));
  queue.attach(consumer('other', 4));

  put('a', 'b', 'c', 'd');
  const shared = [got.one!.length, got.other!.length];
  put('e', 'f', 'g', 'h');

  expect(shared).toEqual([2, 2]);
  expect([got.one!.length, got.other!.length]).toEqual([3, 4]);
  expect(queue.size).toBe(1);
});

test('A detached consumer receives no more messages', () => {
  const { queue, put } = openQueue();
  const got: Message[] = [];
  const consumer = {
    mode: 'receiveAndDelete' as const,
    hasCredit: () => true,
    deliver: (it: Message) => got.push(it),
  };
  queue.attach(consumer);
  put('a');

  queue.detach(consumer);
  put('b');

  expect(got.map(idOf)).toEqual(['a']);
});

test('clear() deletes messages, locks and expiry timers', () => {
  const { clock, queue, deadLetters, put } = openQueue({ timeToLiveMs: 5_000, deadLetterExpired: true });
  put('a', 'b');
  const token = tokenOf(queue.take('peekLock'));

  queue.clear();
  clock.advance(100_000);

  expect(queue.settle(token, { kind: 'completed' })).toBe(false);
  expect([queue.size, queue.bytes, queue.lockedCount, deadLetters.size]).toEqual([0, 0, 0, 0]);
});
