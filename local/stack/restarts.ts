/**
 * When a process that ended is started again. Pure.
 *
 *   ran for at least 10 s, or was killed on purpose   -> 0 failures
 *   ended sooner, or never became ready               -> one failure more
 *
 * The pause before the next start doubles with each failure in a row, up to 10 s. There is no last attempt: a
 * process that was killed from outside, or whose port is taken for an hour, is running again once it can.
 */

const stableMs = 10_000;
const shortestMs = 100;
const longestMs = 10_000;

/** Failures in a row after an end; `ranMs` counts from the moment the process was ready. */
export function failuresAfter(failures: number, ranMs: number): number {
  return ranMs >= stableMs ? 0 : failures + 1;
}

/** The pause before the next start, in milliseconds. */
export function backoffMs(failures: number): number {
  return Math.min(longestMs, shortestMs * 2 ** failures);
}
