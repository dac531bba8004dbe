/**
 * Azure's schedule monitor as pure decisions on the last recorded status. Guarantees that a missed run is detected
 * once, at start, and that a changed schedule does not count as a missed run. Times are epoch milliseconds.
 */
import { type Ncrontab, nextOccurrence } from './ncrontab.ts';

/** The recorded status of a timer; `lastMs` is absent until its first run, `nextMs` when it never runs. */
export interface ScheduleStatus {
  readonly lastMs?: number;
  readonly nextMs?: number;
  readonly updatedMs: number;
}

/** The status with which a timer starts, and whether a run was missed. */
export function statusAtStart(
  crontab: Ncrontab,
  recorded: ScheduleStatus | undefined,
  nowMs: number,
): { readonly status: ScheduleStatus; readonly pastDue: boolean } {
  if (!recorded) return { status: statusFrom(crontab, nowMs), pastDue: false };
  const reference = recorded.lastMs ?? recorded.updatedMs;
  const expectedMs = nextOccurrence(crontab, reference);
  if (recorded.nextMs === expectedMs) {
    return { status: recorded, pastDue: expectedMs !== undefined && nowMs > expectedMs };
  }
  // The schedule was changed since: a run that the new schedule would have had in the past was not missed.
  const stale = expectedMs !== undefined && nowMs > expectedMs;
  return { status: statusFrom(crontab, stale ? nowMs : reference), pastDue: false };
}

/** The status after a run; a scheduled run that started a moment early counts as on time. */
export function statusAfterRun(
  crontab: Ncrontab,
  before: ScheduleStatus,
  run: { readonly invokedMs: number; readonly scheduled: boolean },
): ScheduleStatus {
  const lastMs = run.scheduled ? Math.max(run.invokedMs, before.nextMs ?? 0) : run.invokedMs;
  return { lastMs, ...statusFrom(crontab, lastMs) };
}

function statusFrom(crontab: Ncrontab, fromMs: number): ScheduleStatus {
  const nextMs = nextOccurrence(crontab, fromMs);
  return { ...(nextMs !== undefined && { nextMs }), updatedMs: fromMs };
}
