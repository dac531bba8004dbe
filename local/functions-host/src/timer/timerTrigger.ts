/**
 * Parses timer triggers: the schedule, and whether missed runs are made up. As on Azure, a schedule with
 * intervals below one minute is never monitored.
 */
import type { AppSettings } from '../appSettings.ts';
import type { Binding } from '../worker/rpcTypes.ts';
import { isBelowOneMinute, type Ncrontab, parseNcrontab } from './ncrontab.ts';

export interface TimerTrigger {
  readonly trigger: 'timer';
  /** The NCRONTAB expression with its settings resolved. */
  readonly schedule: string;
  readonly crontab: Ncrontab;
  /** Whether the last and the next run are recorded, so that a missed run is detected. */
  readonly monitored: boolean;
  readonly runOnStartup: boolean;
}

/** Parses a timer trigger; throws for an invalid schedule and, as Flex Consumption does, for a TimeSpan. */
export function parseTimerTrigger(binding: Binding, settings: AppSettings): TimerTrigger {
  const schedule = settings.resolve(String(binding.schedule ?? ''));
  const crontab = parseNcrontab(schedule);
  return {
    trigger: 'timer',
    schedule,
    crontab,
    monitored: binding.useMonitor !== false && !isBelowOneMinute(crontab),
    runOnStartup: binding.runOnStartup === true,
  };
}
