/** Timers, durations and the heap. */

import { expect, test } from 'vitest';
import { manualClock } from '../src/clock.ts';
import { parseDuration } from '../src/duration.ts';
import { Heap } from '../src/heap.ts';
import { TimerQueue } from '../src/timerQueue.ts';

test('Timers fire in the order of their due times, and cancelled timers do not fire', () => {
  const clock = manualClock(0);
  const queue = new TimerQueue(clock);
  const fired: string[] = [];
  queue.at(30, () => fired.push('30'));
  queue.at(10, () => fired.push('10'));
  const cancelled = queue.at(20, () => fired.push('20'));

  cancelled.cancel();
  clock.advance(30);

  expect(fired).toEqual(['10', '30']);
});

test('A timer that another timer adds fires in the same pass when it is due', () => {
  const clock = manualClock(0);
  const queue = new TimerQueue(clock);
  const fired: string[] = [];
  queue.at(10, () => {
    fired.push('first');
    queue.at(10, () => fired.push('second'));
  });

  clock.advance(10);

  expect(fired).toEqual(['first', 'second']);
});

test('An operating system timer that fires early runs no callback', () => {
  const callbacks: (() => void)[] = [];
  let nowMs = 0;
  const queue = new TimerQueue({
    now: () => nowMs,
    after(_delayMs, run) {
      callbacks.push(run);
      return () => {};
    },
  });
  let fired = 0;
  queue.at(10, () => fired++);

  nowMs = 9;
  callbacks.shift()?.();
  const early = fired;
  nowMs = 10;
  callbacks.shift()?.();

  expect([early, fired]).toEqual([0, 1]);
});

test('Pending timers still fire after a compaction has removed the cancelled ones', () => {
  const clock = manualClock(0);
  const queue = new TimerQueue(clock);
  let fired = 0;
  const pending = Array.from({ length: 10_000 }, (_, ms) => queue.at(ms, () => fired++));

  for (const timer of pending) if (timer.atMs % 10 !== 0) timer.cancel();
  clock.advance(10_000);

  expect(fired).toBe(1_000);
});

test('A heap removes its items in sorted order, whatever their insertion order', () => {
  const heap = new Heap<number>((a, b) => a < b);
  const items = Array.from({ length: 1_000 }, (_, n) => (n * 7_919) % 1_000);

  for (const item of items) heap.push(item);
  heap.retain((item) => item % 2 === 0);
  const popped: number[] = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) popped.push(item);

  expect(popped).toEqual(Array.from({ length: 500 }, (_, n) => 2 * n));
});

test.each([
  ['PT1M', 60_000],
  ['PT2.5S', 2_500],
  ['P14D', 1_209_600_000],
  ['P1DT2H3M4S', 93_784_000],
])('parseDuration converts %s to %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', 'P', 'PT', 'P1DT', '1M', 'P1M', 'P1Y', '-PT1M', 'PT1M '])(
  'parseDuration rejects "%s"',
  (text) => {
    expect(() => parseDuration(text)).toThrow('not an ISO 8601 duration');
  },
);
