/** The error of a checkout that has placed no order: still running, or failed (docs/contract.md 12.7, 12.10). */
import type { Checkout } from '../cart/checkoutState.ts';
import { type ApiError, apiError } from '../errors.ts';

/** Why there is no order yet, or none at all. */
export function checkoutOutcome({ state, dueMs, groups }: Checkout, nowMs: number): { error: ApiError } {
  if (state === 'running') {
    const retryAfterMs = Math.max(1_000, dueMs - nowMs);
    return { error: apiError('checkoutInProgress', 'Your order is in progress.', { retryAfterMs }) };
  }
  const {
    code = '800005',
    status = 409,
    description = 'The order could not be created.',
  } = groups.find(({ problem }) => problem)?.problem ?? {};
  return { error: apiError('orderFailed', description, { upstream: { code, status } }) };
}
