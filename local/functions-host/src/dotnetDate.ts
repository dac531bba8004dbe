/**
 * Dates as .NET writes them into what a handler sees. It promises Newtonsoft's spelling: no trailing zeros in
 * the fraction, no `Z` on a DateTime of unknown kind, `+00:00` on a DateTimeOffset.
 */

/** `2026-11-20T17:54:57.82`: a DateTime that does not say it is UTC. */
export function toDateTime(date: Date): string {
  return date.toISOString().replace(/\.?0*Z$/, '');
}

/** `2026-11-20T17:54:57.82+00:00`. */
export function toDateTimeOffset(date: Date): string {
  return `${toDateTime(date)}+00:00`;
}

/** `11/20/2026 17:54:57`: what becomes of a date that .NET turns into text for the invariant culture. */
export function toInvariantText(date: Date): string {
  const [, year, month, day, time] = /^(\d+)-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)/.exec(date.toISOString()) ?? [];
  return `${month}/${day}/${year} ${time}`;
}
