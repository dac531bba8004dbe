/**
 * When a failed attempt is retried: after an exponentially growing, capped and jittered interval, never before the time
 * that the gateway asked for, and within limits of number and age. Field names are those of Temporal's retry policy. Pure:
 * the random number is an argument.
 */

export interface RetryPolicy {
  /** Interval before the second attempt, in milliseconds. */
  initialIntervalMs: number;
  /** Factor from one interval to the next, at least 1; 2 when absent. */
  backoffCoefficient?: number;
  /** The longest computed interval, in milliseconds. A gateway's `Retry-After` may be longer. */
  maximumIntervalMs: number;
  /** The number of attempts, the first included. */
  maximumAttempts: number;
  /** No attempt starts later than this after the first, in milliseconds. */
  scheduleToCloseMs: number;
}

const BACKOFF_COEFFICIENT = 2;

/** The policy; throws a `RangeError` that names every value that cannot be combined with the others. */
export function retryPolicy(policy: RetryPolicy): RetryPolicy {
  const errors = retryPolicyErrors(policy);
  if (errors.length > 0) throw new RangeError(`Invalid retry policy: ${errors.join('; ')}.`);
  return policy;
}

/** What is wrong with a policy, one message per rule; empty when it is valid. */
export function retryPolicyErrors(policy: RetryPolicy): string[] {
  const {
    initialIntervalMs,
    backoffCoefficient = BACKOFF_COEFFICIENT,
    maximumIntervalMs,
    maximumAttempts,
    scheduleToCloseMs,
  } = policy;
  const rules: [isValid: boolean, message: string][] = [
    [initialIntervalMs > 0, 'initialInterval must be greater than 0'],
    [backoffCoefficient >= 1, 'backoffCoefficient must be at least 1'],
    [maximumIntervalMs >= initialIntervalMs, 'maximumInterval must not be less than initialInterval'],
    [Number.isInteger(maximumAttempts) && maximumAttempts >= 1, 'maximumAttempts must be at least 1'],
    [scheduleToCloseMs >= maximumIntervalMs, 'scheduleToClose must not be less than maximumInterval'],
  ];
  return rules.flatMap(([isValid, message]) => (isValid ? [] : [message]));
}

/**
 * Milliseconds to wait after failed attempt `attempt` (from 1): the capped exponential interval, scaled into [½, 1] by
 * `random` in [0, 1), and never less than `floorMs`.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  { attempt, random, floorMs = 0 }: { attempt: number; random: number; floorMs?: number | undefined },
): number {
  const { initialIntervalMs, backoffCoefficient = BACKOFF_COEFFICIENT, maximumIntervalMs } = policy;
  const exponentialMs = Math.min(maximumIntervalMs, initialIntervalMs * backoffCoefficient ** (attempt - 1));
  return Math.max(floorMs, Math.round(exponentialMs * (0.5 + random / 2)));
}

/** Whether another attempt, due at `dueMs`, is allowed. */
export function mayRetry(
  policy: RetryPolicy,
  { attempt, startedMs, dueMs }: { attempt: number; startedMs: number; dueMs: number },
): boolean {
  return attempt < policy.maximumAttempts && isInTime(policy, { startedMs, dueMs });
}

/** Whether an attempt may start at `dueMs`. */
export function isInTime(
  { scheduleToCloseMs }: Pick<RetryPolicy, 'scheduleToCloseMs'>,
  { startedMs, dueMs }: { startedMs: number; dueMs: number },
): boolean {
  return dueMs - startedMs <= scheduleToCloseMs;
}
