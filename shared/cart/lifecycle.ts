/**
 * When a cart has to be processed next in the course of its life: its expiry notices, then its expiry. Pure.
 */
import type { Cart } from './cart.ts';

export interface LifecyclePolicy {
  /** Before expiry, longest first, in milliseconds. */
  noticesMs: readonly number[];
  /** After expiry or order until the cart is purged, in milliseconds. */
  retentionMs: number;
  /** After an order was placed until its row is deleted, in milliseconds; not below `retentionMs`. */
  orderRetentionMs: number;
  /** Between two looks at a running checkout, in milliseconds. */
  watchdogMs: number;
}

/** The first time to look at a new cart: its earliest notice, or its expiry. */
export function firstDueMs(cart: Pick<Cart, 'createdMs' | 'expiresMs'>, policy: LifecyclePolicy): number {
  return nextLifeDueMs(cart.expiresMs, cart.createdMs, policy);
}

export function nextLifeDueMs(expiresMs: number, afterMs: number, { noticesMs }: LifecyclePolicy): number {
  const times = noticesMs.map((thresholdMs) => expiresMs - thresholdMs).filter((atMs) => atMs > afterMs);
  return Math.min(expiresMs, ...times);
}
