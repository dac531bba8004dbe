/**
 * GCRA: a token bucket as one number, the time at which it is full again. A full bucket equals an unused one and need not be
 * kept. Pure; times are milliseconds of one clock.
 */

const MINUTE_MS = 60_000;
/** Sums of `60000 / perMinute` deviate by less than this; without it the last token of a minute could be refused. */
const ROUNDING_MS = 1e-3;

/** The result of one request: the new time at which the bucket is full, or the time to wait. */
export type Take = { fullAtMs: number } | { waitMs: number };

/**
 * Takes tokens from a bucket that refills evenly with `perMinute` tokens (above 0) and holds `burst`, by default those of a
 * minute. `tokens` must not exceed `burst`.
 */
export function take(
  fullAtMs: number,
  perMinute: number,
  nowMs: number,
  { burst = perMinute, tokens = 1 }: { burst?: number; tokens?: number } = {},
): Take {
  const intervalMs = MINUTE_MS / perMinute;
  const nextFullAtMs = Math.max(fullAtMs, nowMs) + tokens * intervalMs;
  const waitMs = nextFullAtMs - nowMs - burst * intervalMs;
  return waitMs > ROUNDING_MS ? { waitMs } : { fullAtMs: nextFullAtMs };
}
