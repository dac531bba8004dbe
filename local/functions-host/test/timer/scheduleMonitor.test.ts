import { expect, test } from 'vitest';
import { parseNcrontab } from '../../src/timer/ncrontab.ts';
import { statusAfterRun, statusAtStart } from '../../src/timer/scheduleMonitor.ts';

const everyMinute = parseNcrontab('0 * * * * *');
const hourly = parseNcrontab('0 0 * * * *');
const at = (time: string): number => Date.parse(`2026-11-20T${time}Z`);

test('A timer without a recorded status has not missed a run', () => {
  expect(statusAtStart(hourly, undefined, at('10:20:00'))).toEqual({
    status: { nextMs: at('11:00:00'), updatedMs: at('10:20:00') },
    pastDue: false,
  });
});

test('A recorded next run in the past is a missed run', () => {
  const recorded = { lastMs: at('10:00:00'), nextMs: at('11:00:00'), updatedMs: at('10:00:00') };

  expect(statusAtStart(hourly, recorded, at('11:00:01'))).toEqual({ status: recorded, pastDue: true });
  expect(statusAtStart(hourly, recorded, at('10:59:59'))).toEqual({ status: recorded, pastDue: false });
});

test('A timer that never ran and whose first run is in the past has missed it', () => {
  const recorded = { nextMs: at('11:00:00'), updatedMs: at('10:20:00') };

  expect(statusAtStart(hourly, recorded, at('11:30:00')).pastDue).toBe(true);
});

test('After a change of the schedule no run counts as missed', () => {
  const recorded = { lastMs: at('10:00:00'), nextMs: at('11:00:00'), updatedMs: at('10:00:00') };

  expect(statusAtStart(everyMinute, recorded, at('10:30:10'))).toEqual({
    status: { nextMs: at('10:31:00'), updatedMs: at('10:30:10') },
    pastDue: false,
  });
});

test('The next run is computed from the last run', () => {
  const before = { nextMs: at('10:01:00'), updatedMs: at('10:00:00') };

  const late = statusAfterRun(everyMinute, before, { invokedMs: at('10:03:30'), scheduled: true });

  expect(late).toEqual({ lastMs: at('10:03:30'), nextMs: at('10:04:00'), updatedMs: at('10:03:30') });
});

test('A run that starts slightly early does not run twice', () => {
  const before = { nextMs: at('10:01:00'), updatedMs: at('10:00:00') };

  const early = statusAfterRun(everyMinute, before, { invokedMs: at('10:01:00') - 3, scheduled: true });

  expect(early).toEqual({ lastMs: at('10:01:00'), nextMs: at('10:02:00'), updatedMs: at('10:01:00') });
});

test('A schedule without occurrences is never past due', () => {
  const never = parseNcrontab('0 0 0 31 2 *');

  expect(statusAtStart(never, { updatedMs: at('10:00:00') }, at('11:00:00')).pastDue).toBe(false);
});
