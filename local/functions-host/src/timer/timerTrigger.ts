/**
 * The timer trigger of a function: its schedule and whether missed runs are made up. It promises a parsed
 * schedule or a sentence, and Azure's own exception: a schedule below a minute is never monitored.
 */
import type { Settings } from '../appSettings.ts';
import type { Binding } from '../worker/rpcTypes.ts';
import { isBelowOneMinute, type Ncrontab, parseNcrontab } from './ncrontab.ts';

export interface TimerTrigger {
  readonly trigger: 'timer';
  /** The expression with its settings resolved. */
  readonly schedule: string;
  readonly crontab: Ncrontab;
  /** Whether the last and the next run are written down, so that a missed one is noticed. */
  readonly monitored: boolean;
  readonly runOnStartup: boolean;
}

/** Reads a timer trigger; time spans are refused, as on Flex Consumption. */
export function readTimerTrigger(binding: Binding, settings: Settings): TimerTrigger {
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
