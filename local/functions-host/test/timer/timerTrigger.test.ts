import { expect, test } from 'vitest';
import { parseTimerTrigger } from '../../src/timer/timerTrigger.ts';

const settings = { get: () => undefined, resolve: (text: string) => text.replace('%EVERY%', '0 * * * * *') };
const binding = { type: 'timerTrigger', direction: 'in' } as const;

test('A timer is monitored unless useMonitor is false or its intervals are below one minute', () => {
  const monitored = (options: object): boolean =>
    parseTimerTrigger({ ...binding, ...options }, settings).monitored;

  expect(monitored({ schedule: '%EVERY%' })).toBe(true);
  expect(monitored({ schedule: '%EVERY%', useMonitor: false })).toBe(false);
  expect(monitored({ schedule: '*/30 * * * * *', useMonitor: true })).toBe(false);
});
