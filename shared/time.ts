/**
 * Times between the wire and the inside, which knows epoch milliseconds only. Everything is UTC: a date
 * without an offset is not a date in the time zone of whatever machine reads it.
 */

/** Epoch milliseconds as Partner Center writes times: UTC, seven digits, `Z` (`2018-03-15T17:15:02.3840000Z`). */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '0000Z');
}

/** What every SDK reads as a date: of a calendar day, with a time of day or without, at most seven digits of it. */
const DATE =
  /^(?!0000)(\d{4}-\d\d-\d\d)(T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,7})?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)?)?$/;

/** Whether a text is an ISO 8601 date or date-time of a day that there is: 30 February, which `Date.parse` takes for 2 March, is none. */
export function isDate(text: string): boolean {
  const day = DATE.exec(text)?.[1];
  if (day === undefined) return false;
  const ms = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(ms) && timestamp(ms).startsWith(day);
}

/** A date or date-time as epoch milliseconds; NaN when it is neither. */
export function parseIsoDate(date: string): number {
  const hasTime = /T[\d:.]+$/.test(date);
  return Date.parse(hasTime ? `${date}Z` : date);
}

/** The value of `Retry-After`, seconds or a date, in milliseconds from now; undefined when it is neither. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** The time one term (`P1M`, `P1Y`) later by the calendar, at the month's last day where it has no such day. */
export function termEndMs(startMs: number, term: string): number {
  const [, count = '0', unit = 'D'] = /^P(\d+)([DWMY])$/.exec(term) ?? [];
  const end = new Date(startMs);
  const day = end.getUTCDate();
  if (unit === 'D' || unit === 'W') {
    end.setUTCDate(day + Number(count) * (unit === 'W' ? 7 : 1));
    return end.getTime();
  }
  end.setUTCDate(1);
  end.setUTCMonth(end.getUTCMonth() + Number(count) * (unit === 'Y' ? 12 : 1));
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
  end.setUTCDate(Math.min(day, lastDay));
  return end.getTime();
}
