/**
 * The input of a timer handler, before @azure/functions converts the names to camel case. As on Azure, the
 * schedule status is null when the timer is not monitored, although the library's type excludes null.
 */
import { toDateTimeOffset } from '../dotnetDate.ts';
import type { TypedData } from '../worker/rpcTypes.ts';
import type { ScheduleStatus } from './scheduleMonitor.ts';

const neverBefore = '0001-01-01T00:00:00+00:00';
const neverAgain = '9999-12-31T23:59:59.9999999+00:00';

/** Creates the input of a timer function. */
export function toTimerInfo(status: ScheduleStatus | undefined, isPastDue: boolean): TypedData {
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
