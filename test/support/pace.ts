/**
 * Checks the intervals between attempts against the backoff, from the versions of the carts. Without the backoff the
 * outcomes would still be correct, but the gateway would get all attempts at once.
 */
import type { Cart } from '../../shared/cart/cart.ts';
import { CLOCK_TOLERANCE_MS } from '../../shared/checkout/decideAttempt.ts';
import type { RetryPolicy } from '../../shared/checkout/retryPolicy.ts';

/** Attempts that are due too soon after the previous one: before half of the exponential interval, where the jitter ends. */
export function hurried(
  writes: readonly Cart[],
  { initialIntervalMs, maximumIntervalMs }: RetryPolicy,
): string[] {
  const dueMs = new Map<string, number>();
  const problems = writes.flatMap(({ checkout }) => {
    if (checkout?.state !== 'running') return [];
    const { id, attempt } = checkout;
    dueMs.set(`${id} ${attempt}`, checkout.dueMs);
    const beforeMs = dueMs.get(`${id} ${attempt - 1}`);
    // An attempt may begin a little before it is due.
    const leastMs =
      Math.min(maximumIntervalMs, initialIntervalMs * 2 ** (attempt - 2)) / 2 - CLOCK_TOLERANCE_MS;
    return beforeMs !== undefined && checkout.dueMs - beforeMs < leastMs
      ? [`attempt ${attempt} of checkout ${id} is due ${checkout.dueMs - beforeMs} ms after the one before`]
      : [];
  });
  return [...new Set(problems)];
}
