// What a queue does with messages and time, without AMQP and with a clock that stands still.

import { expect, test } from 'vitest';
import { Agenda } from '../src/agenda.ts';
import { manualClock } from '../src/clock.ts';
import type { Message } from '../src/message.ts';
import { Queue } from '../src/queue.ts';
import type { QueueSettings } from '../src/settings.ts';
import { idOf, parcel, tokenOf } from './parcels.ts';

const SETTINGS: QueueSettings = {
  lockMs: 60_000,
  maxDeliveryCount: 3,
  timeToLiveMs: Infinity,
  deadLetterExpired: false,
};

function openQueue(settings: Partial<QueueSettings> = {}) {
  const clock = manualClock();
  const agenda = new Agenda(clock);
  const parts = { clock, agenda, settings: { ...SETTINGS, ...settings } };
  const deadLetters = new Queue({
    ...parts,
    settings: { ...SETTINGS, maxDeliveryCount: Infinity },
    deadLetters: undefined,
  });
  const queue = new Queue({ ...parts, deadLetters });
  let sequenceNumber = 0;
  const put = (...ids: string[]) => {
    for (const id of ids) queue.put(parcel(id), ++sequenceNumber);
  };
  return { clock, queue, deadLetters, put };
}

function drain(queue: Queue): (string | undefined)[] {
  const ids: (string | undefined)[] = [];
  for (let next = queue.take('receiveAndDelete'); next; next = queue.take('receiveAndDelete'))
    ids.push(idOf(next));
  return ids;
}

test('messages come out in the order they came in', () => {
  const { queue, put } = openQueue();
  put('a', 'b', 'c');

  const ids = drain(queue);

  expect(ids).toEqual(['a', 'b', 'c']);
  expect(queue.size).toBe(0);
  expect(queue.bytes).toBe(0);
});

test('a locked message is nobody else’s, and gone once it is completed', () => {
  const { queue, put } = openQueue();
  put('a');
  const message = queue.take('peekLock');

  const second = queue.take('peekLock');
  const completed = queue.settle(tokenOf(message), { kind: 'completed' });

  expect(second).toBeUndefined();
  expect(completed).toBe(true);
  expect(queue.size).toBe(0);
});

test('an abandoned message comes back before later ones, with its delivery counted and its amendment', () => {
  const { queue, put } = openQueue();
  put('a', 'b');
  const first = queue.take('peekLock');

  queue.settle(tokenOf(first), { kind: 'abandoned', amendment: { why: 'tired' } });
  const again = queue.take('peekLock');

  expect(idOf(again)).toBe('a');
  expect(again?.deliveryCount).toBe(1);
  expect(again?.amendment).toEqual({ why: 'tired' });
});

test('a released message comes back as if it had not been delivered', () => {
  const { queue, put } = openQueue();
  put('a');

  queue.settle(tokenOf(queue.take('peekLock')), { kind: 'released' });

  expect(queue.take('peekLock')?.deliveryCount).toBe(0);
});

test('a lock ends at its time: the message comes back and the old token settles nothing', () => {
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

test('a lock that is over settles nothing even when the timer is late', () => {
  const clock = manualClock();
  const sleepy = new Agenda({ now: clock.now, after: () => () => {} });
  const queue = new Queue({ clock, agenda: sleepy, settings: SETTINGS, deadLetters: undefined });
  queue.put(parcel('a'), 1);
  const token = tokenOf(queue.take('peekLock'));

  clock.advance(60_000);

  expect(queue.settle(token, { kind: 'completed' })).toBe(false);
  expect(queue.renew(token)).toBeUndefined();
});

test('a renewed lock holds for its whole time again', () => {
  const { clock, queue, put } = openQueue();
  put('a');
  const token = tokenOf(queue.take('peekLock'));

  clock.advance(40_000);
  const untilMs = queue.renew(token);
  clock.advance(59_999);

  expect(untilMs).toBe(clock.now() + 1);
  expect(queue.settle(token, { kind: 'completed' })).toBe(true);
});

test('after its last delivery a message is dead-lettered with the reason, and keeps its sequence number', () => {
  const { queue, deadLetters, put } = openQueue({ maxDeliveryCount: 2 });
  put('a', 'b');
  drain(queue);
  put('c');

  queue.settle(tokenOf(queue.take('peekLock')), { kind: 'abandoned', amendment: {} });
  queue.settle(tokenOf(queue.take('peekLock')), { kind: 'abandoned', amendment: { last: 'words' } });
  const dead = deadLetters.take('peekLock');

  expect(queue.size).toBe(0);
  expect(dead?.sequenceNumber).toBe(3);
  expect(dead?.amendment).toEqual({
    last: 'words',
    DeadLetterReason: 'MaxDeliveryCountExceeded',
    DeadLetterErrorDescription: 'Message could not be consumed after 2 delivery attempts.',
  });
});

test('locks that run out use up deliveries like abandoned ones', () => {
  const { clock, queue, deadLetters, put } = openQueue({ maxDeliveryCount: 2 });
  put('a');

  queue.take('peekLock');
  clock.advance(60_000);
  queue.take('peekLock');
  clock.advance(60_000);

  expect(idOf(deadLetters.take('peekLock'))).toBe('a');
});

test('a dead letter never dies again, however often it is abandoned or dead-lettered', () => {
  const { queue, deadLetters, put } = openQueue();
  put('a');
  queue.settle(tokenOf(queue.take('peekLock')), {
    kind: 'deadLettered',
    amendment: { DeadLetterReason: 'bad' },
  });

  for (let delivery = 0; delivery < 20; delivery++) {
    deadLetters.settle(tokenOf(deadLetters.take('peekLock')), { kind: 'abandoned', amendment: {} });
  }
  deadLetters.settle(tokenOf(deadLetters.take('peekLock')), { kind: 'deadLettered', amendment: {} });

  expect(deadLetters.take('peekLock')?.amendment).toEqual({ DeadLetterReason: 'bad' });
});

test('a deferred message comes by its number alone', () => {
  const { queue, put } = openQueue();
  put('a', 'b');
  queue.settle(tokenOf(queue.take('peekLock')), { kind: 'deferred', amendment: {} });

  const next = queue.take('peekLock');
  const none = queue.takeDeferred([1, 2], 'peekLock');
  const deferred = queue.takeDeferred([1], 'peekLock');

  expect(idOf(next)).toBe('b');
  expect(none).toBeUndefined();
  expect(deferred?.map(idOf)).toEqual(['a']);
});

test('a deferred message stays deferred when its receiver abandons it or loses it', () => {
  const { clock, queue, put } = openQueue({ maxDeliveryCount: 10 });
  put('a');
  queue.settle(tokenOf(queue.take('peekLock')), { kind: 'deferred', amendment: {} });

  const [first] = queue.takeDeferred([1], 'peekLock') ?? [];
  queue.settle(tokenOf(first), { kind: 'abandoned', amendment: {} });
  queue.takeDeferred([1], 'peekLock');
  clock.advance(60_000);

  expect(queue.take('peekLock')).toBeUndefined();
  expect(queue.takeDeferred([1], 'receiveAndDelete')?.map(idOf)).toEqual(['a']);
});

test('a message leaves at the end of its time to live, with or without receivers', () => {
  const { clock, queue, deadLetters } = openQueue({ timeToLiveMs: 5_000 });
  queue.put(parcel('queue’s'), 1);
  queue.put(parcel('own', { timeToLiveMs: 1_000 }), 2);
  queue.put(parcel('long', { timeToLiveMs: 9_000 }), 3);

  clock.advance(1_000);
  const afterOne = queue.size;
  clock.advance(4_000);

  expect(afterOne).toBe(2);
  expect(queue.size).toBe(0);
  expect(deadLetters.size).toBe(0);
});

test('an expired message is dead-lettered with the reason where the queue says so', () => {
  const { clock, deadLetters, put } = openQueue({ timeToLiveMs: 5_000, deadLetterExpired: true });
  put('a');

  clock.advance(5_000);

  expect(deadLetters.take('peekLock')?.amendment).toEqual({
    DeadLetterReason: 'TTLExpiredException',
    DeadLetterErrorDescription: 'The message expired and was dead lettered.',
  });
});

test('a message does not expire in the hands of a receiver, but when it comes back', () => {
  const { clock, queue, deadLetters, put } = openQueue({ timeToLiveMs: 5_000, deadLetterExpired: true });
  put('a', 'b');
  const [a, b] = [queue.take('peekLock'), queue.take('peekLock')];

  clock.advance(5_000);
  const completed = queue.settle(tokenOf(a), { kind: 'completed' });
  const abandoned = queue.settle(tokenOf(b), { kind: 'abandoned', amendment: {} });

  expect([completed, abandoned]).toEqual([true, true]);
  expect([...deadLetters.messages()].map(idOf)).toEqual(['b']);
  expect(queue.size).toBe(0);
});

test('consumers with room take turns, and nobody is given more than it has room for', () => {
  const { queue, put } = openQueue();
  const got: Record<string, string[]> = { one: [], other: [] };
  const consumer = (name: string, room: number) => ({
    mode: 'receiveAndDelete' as const,
    hasRoom: () => got[name]!.length < room,
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

test('a consumer that is detached gets nothing more', () => {
  const { queue, put } = openQueue();
  const got: Message[] = [];
  const consumer = {
    mode: 'receiveAndDelete' as const,
    hasRoom: () => true,
    deliver: (it: Message) => got.push(it),
  };
  queue.attach(consumer);
  put('a');

  queue.detach(consumer);
  put('b');

  expect(got.map(idOf)).toEqual(['a']);
});

test('a queue that is cleared has lost its messages, its locks and its expiries', () => {
  const { clock, queue, deadLetters, put } = openQueue({ timeToLiveMs: 5_000, deadLetterExpired: true });
  put('a', 'b');
  const token = tokenOf(queue.take('peekLock'));

  queue.clear();
  clock.advance(100_000);

  expect(queue.settle(token, { kind: 'completed' })).toBe(false);
  expect([queue.size, queue.bytes, queue.lockedCount, deadLetters.size]).toEqual([0, 0, 0, 0]);
});
