/**
 * Times between the wire and the inside, which knows epoch milliseconds only. Everything is UTC: a date
 * without an offset is not a date in the time zone of whatever machine reads it.
 */

/** Epoch milliseconds as Partner Center writes times: UTC, seven digits, `Z` (`2018-03-15T17:15:02.3840000Z`). */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '0000Z');
}

/** A date or date-time as epoch milliseconds; NaN when it is neither. */
export function epochMs(date: string): number {
  const hasTime = /T[\d:.]+$/.test(date);
  return Date.parse(hasTime ? `${date}Z` : date);
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
