/**
 * What a timer's handler gets, before the library turns the names to camel case. It promises Azure's gap: the
 * schedule status is null when the timer is not monitored, whatever the type of the library says.
 */
import { toDateTimeOffset } from '../dotnetDate.ts';
import type { TypedData } from '../worker/rpcTypes.ts';
import type { ScheduleStatus } from './scheduleMonitor.ts';

const neverBefore = '0001-01-01T00:00:00+00:00';
const neverAgain = '9999-12-31T23:59:59.9999999+00:00';

/** The input of a timer function. */
export function toTimerInput(status: ScheduleStatus | undefined, isPastDue: boolean): TypedData {
  const ScheduleStatus = status
    ? {
        Last: text(status.lastMs, neverBefore),
        Next: text(status.nextMs, neverAgain),
        LastUpdated: text(status.updatedMs, neverBefore),
      }
    : null;
  return { json: JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus, IsPastDue: isPastDue }) };
}

function text(ms: number | undefined, absent: string): string {
  return ms === undefined ? absent : toDateTimeOffset(new Date(ms));
}
