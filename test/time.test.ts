/** Dates and terms as epoch milliseconds, whatever the time zone of the machine. */
import { expect, it } from 'vitest';
import { isDate, parseIsoDate, retryAfterMs, termEndMs, timestamp } from '../shared/time.ts';

it('A timestamp has seven fractional digits', () => {
  expect(timestamp(Date.UTC(2018, 2, 15, 17, 15, 2, 384))).toBe('2018-03-15T17:15:02.3840000Z');
});

it.each([
  ['2027-02-19', '2027-02-19T00:00:00.000Z'],
  ['2027-02-19T10:00:00', '2027-02-19T10:00:00.000Z'],
  ['2027-02-19T10:00:00.1234567', '2027-02-19T10:00:00.123Z'],
  ['2027-02-19T10:00:00Z', '2027-02-19T10:00:00.000Z'],
  ['2027-02-19T10:00:00+02:00', '2027-02-19T08:00:00.000Z'],
])('The date %s is read as %s', (date, iso) => {
  expect(new Date(parseIsoDate(date)).toISOString()).toBe(iso);
});

it.each([
  '2027-02-19',
  '2028-02-29',
  '2027-02-19T00:00:00',
  '2027-02-19T23:59:59Z',
  '2027-02-19T00:00:00.1Z',
  '2027-02-19T00:00:00.1234567-08:00',
  '0001-01-02T00:00:00+14:00',
  '9999-12-31T23:59:59.9999999Z',
])('The date %s is one that every SDK reads', (date) => {
  expect(isDate(date)).toBe(true);
});

it.each([
  ['whose month has no such day', '2027-02-30'],
  ['whose year has no such day', '2027-02-29T00:00:00Z'],
  ['of a thirteenth month', '2027-13-01'],
  ['at 24 hours', '2027-02-19T24:00:00Z'],
  ['without seconds', '2027-02-19T10:00Z'],
  ['with eight digits', '2027-02-19T00:00:00.12345678Z'],
  ['of an impossible time zone', '2027-02-19T00:00:00+14:01'],
  ['after the year 9999', '+275760-09-13T00:00:00Z'],
  ['before the year 1', '0000-01-01'],
  ['with a blank', '2027-02-19 10:00:00'],
  ['in the format of RFC 1123', 'Fri, 19 Feb 2027 00:00:00 GMT'],
  ['in prose', '19 February 2027'],
  ['in the old format of .NET', '/Date(1803081600000)/'],
  ['of a year alone', '2027'],
  ['with a trailing line feed', '2027-02-19\n'],
  ['that is empty', ''],
])('A date %s is rejected: %j', (_, date) => {
  expect(isDate(date)).toBe(false);
});

it('A text that is not a date is read as NaN', () => {
  expect(parseIsoDate('some day')).toBeNaN();
});

it.each([
  ['2026-03-15T17:15:02.384Z', 'P1M', '2026-04-15T17:15:02.384Z'],
  ['2026-03-15T17:15:02.384Z', 'P1Y', '2027-03-15T17:15:02.384Z'],
  ['2026-01-31T00:00:00.000Z', 'P1M', '2026-02-28T00:00:00.000Z'],
  ['2028-02-29T00:00:00.000Z', 'P1Y', '2029-02-28T00:00:00.000Z'],
  ['2028-02-29T00:00:00.000Z', 'P4Y', '2032-02-29T00:00:00.000Z'],
  ['2026-12-31T23:59:59.999Z', 'P2M', '2027-02-28T23:59:59.999Z'],
  ['2026-12-30T00:00:00.000Z', 'P2W', '2027-01-13T00:00:00.000Z'],
  ['2026-12-30T00:00:00.000Z', 'P30D', '2027-01-29T00:00:00.000Z'],
])('A term that starts at %s and lasts %s ends at %s', (start, term, end) => {
  expect(new Date(termEndMs(Date.parse(start), term)).toISOString()).toBe(end);
});

it.each([
  [null, undefined],
  ['0', 0],
  ['120', 120_000],
  ['Sun, 15 Mar 2026 17:15:30 GMT', 30_000],
  ['Sun, 15 Mar 2026 17:14:00 GMT', 0],
  ['soon', undefined],
])('The Retry-After header %j is read as %j ms', (header, ms) => {
  expect(retryAfterMs(header, Date.UTC(2026, 2, 15, 17, 15))).toBe(ms);
});
