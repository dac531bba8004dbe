/**
 * Invokes a timer function on its schedule. Guarantees one run at a time, an immediate run after one that
 * overlapped its successor, one run with `isPastDue` for runs that were missed while the host was stopped, and
 * that a failing function does not stop the schedule. The decisions are in scheduleMonitor.ts.
 */
import type { TimerFunction } from '../functionIndex.ts';
import type { Invoker } from '../functionInvoker.ts';
import type { InFlight } from '../inFlight.ts';
import { errorMessage } from '../startupError.ts';
import { type ScheduleStatus, statusAfterRun, statusAtStart } from './scheduleMonitor.ts';
import { readStatus, writeStatus } from './scheduleStatusFile.ts';
import { toTimerInfo } from './timerInfo.ts';

export interface TimerListener {
  /** Starts no further run; a run in flight continues. */
  stop(): void;
}

interface Options {
  readonly dataFolder: string;
  readonly invoke: Invoker;
  readonly inFlight: InFlight;
  readonly log: (line: string) => void;
}

type Reason = 'schedule' | 'pastDue' | 'startup';

// Node.js timers are limited to 2^31 ms. Azure waits in steps of 24 days too.
const maxWaitMs = 24 * 86_400_000;

/** Starts a timer; a missed run, or one requested by `runOnStartup`, begins immediately. */
export async function startTimerListener(timer: TimerFunction, options: Options): Promise<TimerListener> {
  const { dataFolder, invoke, inFlight, log } = options;
  const recorded = timer.monitored ? await readStatus(dataFolder, timer.name) : undefined;
  const start = statusAtStart(timer.crontab, recorded, Date.now());
  let { status } = start;
  let stopped = false;
  let clock: NodeJS.Timeout | undefined;

  const record = async (next: ScheduleStatus): Promise<void> => {
    status = next;
    if (timer.monitored) await writeStatus(dataFolder, timer.name, next);
  };
  const fire = async (reason: Reason): Promise<void> => {
    const invokedMs = Date.now();
    const data = toTimerInfo(timer.monitored ? status : undefined, reason === 'pastDue');
    await invoke(timer, { data }).catch(() => undefined);
    await record(statusAfterRun(timer.crontab, status, { invokedMs, scheduled: reason === 'schedule' }));
  };
  const begin = (reason: Reason): void => {
    const fired = fire(reason).catch((error) => {
      log(`The status of the timer '${timer.name}' could not be written: ${errorMessage(error)}`);
    });
    void inFlight.track(fired).then(wait);
  };
  const wait = (): void => {
    if (stopped || status.nextMs === undefined) return;
    const waitMs = Math.max(0, status.nextMs - Date.now());
    const next = waitMs > maxWaitMs ? wait : () => begin('schedule');
    clock = setTimeout(next, Math.min(waitMs, maxWaitMs));
  };

  if (status !== recorded) await record(status);
  if (start.pastDue) log(`The timer '${timer.name}' missed a run and starts it now.`);
  if (start.pastDue) begin('pastDue');
  else if (timer.runOnStartup) begin('startup');
  else wait();
  return {
    stop() {
      stopped = true;
      clearTimeout(clock);
    },
  };
}
