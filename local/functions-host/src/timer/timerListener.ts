/**
 * Fires one timer function by its schedule. It promises one run at a time, an immediate run after one that
 * overran the next, a run with `isPastDue` for one that was missed while the host was away, and a schedule that
 * goes on whatever the function does. What to do is decided by the monitor; this is the clock and the file.
 */
import type { TimerFunction } from '../functionIndex.ts';
import type { Run } from '../functionInvoker.ts';
import type { Work } from '../inFlight.ts';
import { sentenceOf } from '../startupError.ts';
import { type ScheduleStatus, statusAfterRun, statusAtStart } from './scheduleMonitor.ts';
import { readStatus, writeStatus } from './scheduleStatusFile.ts';
import { toTimerInput } from './timerInfo.ts';

export interface TimerListener {
  /** No further runs; one that is under way goes on. */
  stop(): void;
}

interface Options {
  readonly dataFolder: string;
  readonly run: Run;
  readonly work: Work;
  readonly log: (line: string) => void;
}

type Reason = 'schedule' | 'pastDue' | 'startup';

// Timers of Node end at 2^31 ms; Azure's own go on in steps of 24 days as well.
const longestWaitMs = 24 * 86_400_000;

/** Starts a timer; a run that was missed, or asked for at startup, begins at once. */
export async function listenToTimer(timer: TimerFunction, options: Options): Promise<TimerListener> {
  const { dataFolder, run, work, log } = options;
  const recorded = timer.monitored ? await readStatus(dataFolder, timer.name) : undefined;
  const start = statusAtStart(timer.crontab, recorded, Date.now());
  let { status } = start;
  let stopped = false;
  let clock: NodeJS.Timeout | undefined;

  const keep = async (next: ScheduleStatus): Promise<void> => {
    status = next;
    if (timer.monitored) await writeStatus(dataFolder, timer.name, next);
  };
  const fire = async (reason: Reason): Promise<void> => {
    const invokedMs = Date.now();
    const data = toTimerInput(timer.monitored ? status : undefined, reason === 'pastDue');
    await run(timer, { data }).catch(() => undefined);
    await keep(statusAfterRun(timer.crontab, status, { invokedMs, scheduled: reason === 'schedule' }));
  };
  const begin = (reason: Reason): void => {
    const fired = fire(reason).catch((error) => {
      log(`The status of the timer '${timer.name}' could not be written: ${sentenceOf(error)}`);
    });
    void work.track(fired).then(wait);
  };
  const wait = (): void => {
    if (stopped || status.nextMs === undefined) return;
    const waitMs = Math.max(0, status.nextMs - Date.now());
    const next = waitMs > longestWaitMs ? wait : () => begin('schedule');
    clock = setTimeout(next, Math.min(waitMs, longestWaitMs));
  };

  if (status !== recorded) await keep(status);
  if (start.pastDue) log(`The timer '${timer.name}' missed a run and makes up for it.`);
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
