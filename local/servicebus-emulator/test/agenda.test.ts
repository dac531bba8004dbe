// Appointments, durations and the heap under them.

import { expect, test } from 'vitest';
import { Agenda } from '../src/agenda.ts';
import { manualClock } from '../src/clock.ts';
import { durationMs } from '../src/duration.ts';
import { Heap } from '../src/heap.ts';

test('appointments are kept in the order of their times, and cancelled ones are not', () => {
  const clock = manualClock(0);
  const agenda = new Agenda(clock);
  const kept: string[] = [];
  agenda.at(30, () => kept.push('30'));
  agenda.at(10, () => kept.push('10'));
  const cancelled = agenda.at(20, () => kept.push('20'));

  cancelled.cancel();
  clock.advance(30);

  expect(kept).toEqual(['10', '30']);
});

test('an appointment made while another is kept is kept in the same round if it is due', () => {
  const clock = manualClock(0);
  const agenda = new Agenda(clock);
  const kept: string[] = [];
  agenda.at(10, () => {
    kept.push('first');
    agenda.at(10, () => kept.push('second'));
  });

  clock.advance(10);

  expect(kept).toEqual(['first', 'second']);
});

test('a timer that rings early changes nothing', () => {
  const rings: (() => void)[] = [];
  let nowMs = 0;
  const agenda = new Agenda({
    now: () => nowMs,
    after(_delayMs, run) {
      rings.push(run);
      return () => {};
    },
  });
  let kept = 0;
  agenda.at(10, () => kept++);

  nowMs = 9;
  rings.shift()?.();
  const early = kept;
  nowMs = 10;
  rings.shift()?.();

  expect([early, kept]).toEqual([0, 1]);
});

test('cancelled appointments are swept out, and those that remain are still kept', () => {
  const clock = manualClock(0);
  const agenda = new Agenda(clock);
  let kept = 0;
  const appointments = Array.from({ length: 10_000 }, (_, ms) => agenda.at(ms, () => kept++));

  for (const appointment of appointments) if (appointment.atMs % 10 !== 0) appointment.cancel();
  clock.advance(10_000);

  expect(kept).toBe(1_000);
});

test('a heap gives its items in order, whatever the order they came in', () => {
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
])('the duration %s is %i ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test.each(['', 'P', 'PT', 'P1DT', '1M', 'P1M', 'P1Y', '-PT1M', 'PT1M '])('"%s" is no duration', (text) => {
  expect(() => durationMs(text)).toThrow('not an ISO 8601 duration');
});
