/**
 * When a timer has missed a run: the schedule monitor of Azure as pure decisions over what was last written
 * down. It promises that a missed run is noticed once at start, and that a changed schedule is no missed run.
 * It knows neither files nor the clock; all times are epoch milliseconds.
 */
import { type Ncrontab, nextOccurrence } from './ncrontab.ts';

/** What is written down of a timer; `lastMs` is absent until its first run, `nextMs` when it never runs. */
export interface ScheduleStatus {
  readonly lastMs?: number;
  readonly nextMs?: number;
  readonly updatedMs: number;
}

/** The status to go on with at start, and whether a run was missed. */
export function statusAtStart(
  crontab: Ncrontab,
  recorded: ScheduleStatus | undefined,
  nowMs: number,
): { readonly status: ScheduleStatus; readonly pastDue: boolean } {
  if (!recorded) return { status: upcoming(crontab, nowMs), pastDue: false };
  const reference = recorded.lastMs ?? recorded.updatedMs;
  const expectedMs = nextOccurrence(crontab, reference);
  if (recorded.nextMs === expectedMs) {
    return { status: recorded, pastDue: expectedMs !== undefined && nowMs > expectedMs };
  }
  // The schedule was changed in between: a run it would have had in the past is none that was missed.
  const stale = expectedMs !== undefined && nowMs > expectedMs;
  return { status: upcoming(crontab, stale ? nowMs : reference), pastDue: false };
}

/** The status after a run; one that came a moment early counts as having come on time. */
export function statusAfterRun(
  crontab: Ncrontab,
  before: ScheduleStatus,
  run: { readonly invokedMs: number; readonly scheduled: boolean },
): ScheduleStatus {
  const lastMs = run.scheduled ? Math.max(run.invokedMs, before.nextMs ?? 0) : run.invokedMs;
  return { lastMs, ...upcoming(crontab, lastMs) };
}

function upcoming(crontab: Ncrontab, fromMs: number): ScheduleStatus {
  const nextMs = nextOccurrence(crontab, fromMs);
  return { ...(nextMs !== undefined && { nextMs }), updatedMs: fromMs };
}
