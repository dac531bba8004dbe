/**
 * How often and after which pause a process that ended is started again. Pure.
 *
 *   lived at least 2 s, or was killed on purpose   -> 0 failures
 *   ended sooner, or never came up                 -> one failure more; five in a row and the supervisor gives up
 */

const soundMs = 2_000;
export const maxFailures = 5;

/** Failures in a row after an end; `livedMs` counts from the moment the process was ready. */
export function failuresAfter(failures: number, livedMs: number): number {
  return livedMs >= soundMs ? 0 : failures + 1;
}

/** The pause before the next start, in milliseconds: 0.1 s, growing fourfold to 5 s. */
export function pauseMs(failures: number): number {
  return Math.min(5_000, 100 * 4 ** failures);
}
