/**
 * When to try again: exponential from a base to a cap, jittered so that a crowd does not come back as one,
 * never before the gateway said, and not for ever. Pure: the random number is an argument.
 */

export interface RetryPolicy {
  /** Delay before the second attempt, in milliseconds. */
  initialIntervalMs: number;
  /** No computed delay is longer, in milliseconds; a gateway's `Retry-After` may be, within bounds. */
  maximumIntervalMs: number;
  /** How many attempts there are in all. */
  maximumAttempts: number;
  /** No attempt begins later than this after the first, in milliseconds. */
  scheduleToCloseMs: number;
}

/**
 * Milliseconds to wait after failed attempt `attempt` (from 1): the capped exponential, scaled into
 * [½, 1] by `random` in [0, 1), and never less than `floorMs`.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  { attempt, random, floorMs = 0 }: { attempt: number; random: number; floorMs?: number | undefined },
): number {
  const exponentialMs = Math.min(policy.maximumIntervalMs, policy.initialIntervalMs * 2 ** (attempt - 1));
  return Math.max(floorMs, Math.round(exponentialMs * (0.5 + random / 2)));
}

/** Whether another attempt, due at `dueMs`, is still allowed. */
export function mayRetry(
  policy: RetryPolicy,
  { attempt, startedMs, dueMs }: { attempt: number; startedMs: number; dueMs: number },
): boolean {
  return attempt < policy.maximumAttempts && isInTime(policy, { startedMs, dueMs });
}

/** Whether an attempt may still begin at `dueMs`. */
export function isInTime(
  { scheduleToCloseMs }: Pick<RetryPolicy, 'scheduleToCloseMs'>,
  { startedMs, dueMs }: { startedMs: number; dueMs: number },
): boolean {
  return dueMs - startedMs <= scheduleToCloseMs;
}
