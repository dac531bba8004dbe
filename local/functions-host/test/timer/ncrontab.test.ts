import { expect, test } from 'vitest';
import { isBelowOneMinute, nextOccurrence, parseNcrontab } from '../../src/timer/ncrontab.ts';

function next(expression: string, after: string): string | undefined {
  const ms = nextOccurrence(parseNcrontab(expression), Date.parse(after));
  return ms === undefined ? undefined : new Date(ms).toISOString().replace('.000Z', 'Z');
}

test.each([
  ['* * * * * *', '2026-11-20T10:00:00.250Z', '2026-11-20T10:00:01Z'],
  ['0 * * * * *', '2026-11-20T10:00:00Z', '2026-11-20T10:01:00Z'],
  ['0 * * * * *', '2026-11-20T09:59:59.999Z', '2026-11-20T10:00:00Z'],
  ['*/20 * * * * *', '2026-11-20T10:00:41Z', '2026-11-20T10:01:00Z'],
  ['0 */5 * * * *', '2026-11-20T10:56:00Z', '2026-11-20T11:00:00Z'],
  ['30 15 9-17 * * *', '2026-11-20T17:15:30Z', '2026-11-21T09:15:30Z'],
  ['0 0 0 1 1 *', '2026-11-20T00:00:00Z', '2027-01-01T00:00:00Z'],
  ['0 30 9 * * MON-FRI', '2026-11-20T09:30:00Z', '2026-11-23T09:30:00Z'],
  ['0 0 12 * * 0', '2026-11-20T12:00:00Z', '2026-11-22T12:00:00Z'],
  ['0 0 0 29 2 *', '2026-11-20T00:00:00Z', '2028-02-29T00:00:00Z'],
  ['0 0 0 31 * *', '2026-11-30T00:00:00Z', '2026-12-31T00:00:00Z'],
  ['*/5 * * * *', '2026-11-20T10:01:00Z', '2026-11-20T10:05:00Z'],
  ['  0   0 10  *  * * ', '2026-11-20T10:00:00Z', '2026-11-21T10:00:00Z'],
  ['10,5,7 0 0 * * *', '2026-11-20T00:00:05Z', '2026-11-20T00:00:07Z'],
  ['0 0 0 1 march *', '2026-11-20T00:00:00Z', '2027-03-01T00:00:00Z'],
  ['0 0 0 1 Ju *', '2026-11-20T00:00:00Z', '2027-06-01T00:00:00Z'],
  ['0 50/5 * * * *', '2026-11-20T10:51:00Z', '2026-11-20T10:55:00Z'],
])('The schedule %s has after %s the occurrence %s', (expression, after, expected) => {
  expect(next(expression, after)).toBe(expected);
});

test('Day of month and day of week of a schedule must both match', () => {
  expect(next('0 0 0 13 * FRI', '2026-11-20T00:00:00Z')).toBe('2027-08-13T00:00:00Z');
});

test('The ends of a backward range are swapped', () => {
  expect(next('0 0 0 * * FRI-MON', '2026-11-20T00:00:00Z')).toBe('2026-11-23T00:00:00Z');
});

test('A schedule of 31 February has no next occurrence', () => {
  expect(next('0 0 0 31 2 *', '2026-11-20T00:00:00Z')).toBeUndefined();
});

test('Iterating a dense schedule finds exactly the seconds of a day that it matches', () => {
  const expression = '*/17 3-59/7 */5 20 11 *';
  const found: string[] = [];

  let at = next(expression, '2026-11-19T23:59:59Z');
  while (at?.startsWith('2026-11-20')) {
    found.push(at);
    at = next(expression, at);
  }

  const expected: string[] = [];
  for (let second = 0; second < 86_400; second++) {
    const [s, m, h] = [second % 60, Math.floor(second / 60) % 60, Math.floor(second / 3600)];
    if (s % 17 === 0 && m >= 3 && (m - 3) % 7 === 0 && h % 5 === 0) {
      expected.push(
        new Date(Date.parse('2026-11-20T00:00:00Z') + second * 1000).toISOString().replace('.000Z', 'Z'),
      );
    }
  }
  expect(found).toEqual(expected);
  expect(at).toBe('2027-11-20T00:03:00Z');
});

test.each([
  [''],
  ['* * * *'],
  ['* * * * * * *'],
  ['60 * * * * *'],
  ['* * 24 * * *'],
  ['* * * 0 * *'],
  ['* * * * 13 *'],
  ['* * * * * 7'],
  ['0 0 0 L * *'],
  ['0 0 0 ? * *'],
  ['0 0 0 * * MON#2'],
  ['0 0 0 15W * *'],
  ['0 0 0 * * 5-'],
  ['0 0 0 * * ,5'],
  ['0 0 0 * * -5'],
  ['*/x * * * * *'],
  ['@daily'],
  ['00:05:00'],
  ['jan * * * * *'],
])('The schedule "%s" is rejected', (expression) => {
  expect(() => parseNcrontab(expression)).toThrow(
    `the schedule '${expression}' is not a valid NCRONTAB expression.`,
  );
});

test.each([
  ['* * * * * *', true],
  ['*/5 * * * * *', true],
  ['10,20,45 */1 * * * *', true],
  ['0 * * * * *', false],
  ['* 30 * * * *', false],
  ['* * 12 * * Mon', false],
  ['0 */5 * * * *', false],
])('The intervals of the schedule %s are below one minute: %s', (expression, expected) => {
  expect(isBelowOneMinute(parseNcrontab(expression))).toBe(expected);
});
