/** Schedules that the Functions host parses, and schedules that it does not. */
import { expect, it } from 'vitest';
import { ncrontabProblem } from '../shared/ncrontab.ts';

it.each([
  '0 * * * * *',
  '0 */5 * * * *',
  '0 0,30 9-17 * * 1-5',
  '0 0 0 1 jan mon-fri',
  '0 0 0 1 January Monday',
  '30 5/10 0 31 12 6',
  ' 0  0 0 1 1 * ',
])('The NCRONTAB expression %j is accepted', (expression) => {
  expect(ncrontabProblem(expression)).toBeUndefined();
});

it.each([
  ['', /6 fields/],
  ['* * * * *', /6 fields/],
  ['0 0 0 1 1 * *', /6 fields/],
  ['0 0 25 * * *', /an hour of 0 to 23/],
  ['60 * * * * *', /a second of 0 to 59/],
  ['0 61 * * * *', /a minute/],
  ['0 0 0 0 * *', /a day of 1 to 31/],
  ['0 0 0 L * *', /a day/],
  ['0 0 0 ? * *', /a day/],
  ['0 0 0 * 13 *', /a month/],
  ['0 0 0 * foo *', /a month/],
  ['0 0 0 * * 7', /a day of the week of 0 to 6/],
  ['0 0 0 * * 1#2', /a day of the week/],
  ['*/0 * * * * *', /a second/],
  ['0/5/5 * * * * *', /a second/],
  ['1-2-3 * * * * *', /a second/],
  [', * * * * *', /a second/],
  ['-1 * * * * *', /a second/],
  ['00:05:00', /6 fields/],
])('The NCRONTAB expression %j is rejected', (expression, problem) => {
  expect(ncrontabProblem(expression)).toMatch(problem);
});
