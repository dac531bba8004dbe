/** When a cart is due: at its notification thresholds, then at its expiry. Pure. */
import type { Cart } from './cart.ts';

export interface LifecyclePolicy {
  /** Notification thresholds in milliseconds before expiry, longest first. */
  noticesMs: readonly number[];
  /** From expiry or order until the cart is purged, in milliseconds. */
  retentionMs: number;
  /** From the placement of an order until its row is deleted, in milliseconds; not below `retentionMs`. */
  orderRetentionMs: number;
  /** Between two watchdog checks of a running checkout, in milliseconds. */
  watchdogMs: number;
}

/** The first due time of a new cart: its earliest notification threshold, or its expiry. */
export function firstDueMs(cart: Pick<Cart, 'createdMs' | 'expiresMs'>, policy: LifecyclePolicy): number {
  return nextLifeDueMs(cart.expiresMs, cart.createdMs, policy);
}

/** The next notification threshold or the expiry after a time; the expiry when none is left. */
export function nextLifeDueMs(expiresMs: number, afterMs: number, { noticesMs }: LifecyclePolicy): number {
  const times = noticesMs.map((thresholdMs) => expiresMs - thresholdMs).filter((atMs) => atMs > afterMs);
  return Math.min(expiresMs, ...times);
}
