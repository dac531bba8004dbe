/**
 * A token bucket in one number: the time at which it is full again. A bucket that is full is the same as one
 * that was never used, so whoever keeps buckets may forget it. Pure; times are milliseconds of one clock.
 */

const MINUTE_MS = 60_000;
/** Sums of `60000 / perMinute` are off by less than this; without it the last token of a minute may be refused. */
const ROUNDING_MS = 1e-3;

/** What one request does to a bucket: it is let in and the bucket is full again later, or it has to wait. */
export type Take = { fullAtMs: number } | { waitMs: number };

/**
 * Takes tokens of a bucket that holds a minute's worth (`perMinute`, above 0), or `burst`, and refills evenly.
 * No more tokens at once than it holds.
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
