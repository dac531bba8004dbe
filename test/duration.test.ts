/** Durations in the notation of settings. */
import { expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../shared/duration.ts';

it.each([
  ['P7D', 604_800_000],
  ['P1W', 604_800_000],
  ['P1DT2H3M4S', 93_784_000],
  ['PT24H', 86_400_000],
  ['PT90S', 90_000],
  ['PT0.5S', 500],
  ['PT1.234S', 1_234],
  ['PT0S', 0],
])('The duration %s is read as %i milliseconds', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it.each([
  '',
  'P',
  'PT',
  'P1DT',
  '7D',
  'P1M',
  'P1Y',
  'P-1D',
  '-P1D',
  'PT1',
  'PT1.2345S',
  'PT.5S',
  'PT1,5S',
  'p1d',
  'P1D ',
  'PT1M1H',
  'P1H',
  'one day',
  'PT1e3S',
])('The text %j is not a duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

it.each([
  [0, 'PT0S'],
  [90_000, 'PT1M30S'],
  [3_600_000, 'PT1H'],
  [86_400_000, 'P1D'],
  [604_800_000, 'P7D'],
  [93_784_500, 'P1DT2H3M4.5S'],
  [1, 'PT0.001S'],
])('A duration of %i milliseconds is written as %s and read back as the same', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
  expect(parseDuration(text)).toBe(ms);
});

it('Equal durations are written in the same way, whatever their spelling in a setting', () => {
  expect(formatDuration(parseDuration('PT24H') ?? 0)).toBe(formatDuration(parseDuration('P1D') ?? 1));
});
