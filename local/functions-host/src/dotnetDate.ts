/**
 * Formats dates as .NET serializes them for a handler. Guarantees Newtonsoft's format: no trailing zeros in the
 * fraction, no `Z` on a DateTime of unspecified kind, `+00:00` on a DateTimeOffset.
 */

/** `2026-11-20T17:54:57.82`: a DateTime of unspecified kind, without a time zone. */
export function toDateTime(date: Date): string {
  return date.toISOString().replace(/\.?0*Z$/, '');
}

/** `2026-11-20T17:54:57.82+00:00`. */
export function toDateTimeOffset(date: Date): string {
  return `${toDateTime(date)}+00:00`;
}

/** `11/20/2026 17:54:57`: a date converted to text with the invariant culture. */
export function toInvariantText(date: Date): string {
  const [, year, month, day, time] = /^(\d+)-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)/.exec(date.toISOString()) ?? [];
  return `${month}/${day}/${year} ${time}`;
}
