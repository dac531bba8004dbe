/**
 * When the sweep looks after an attempt that does not end: first at `lookMs`, then a watchdog's time apart, whoever
 * asks and however late a look comes. So all hints of one attempt lead to the same row of the due index, and all
 * looks between two of these times to one message. Pure; times are epoch milliseconds.
 *
 *   lookMs ──── watchdogMs ────▶ │ ──── watchdogMs ────▶ │ …
 */
import type { Checkout } from '../cart/checkoutState.ts';

/** The first of these times that is still to come. */
export function nextLookMs({ lookMs }: Pick<Checkout, 'lookMs'>, nowMs: number, watchdogMs: number): number {
  const past = Math.floor((nowMs - lookMs) / watchdogMs) + 1;
  return lookMs + Math.max(0, past) * watchdogMs;
}

/** Whether a look at that time is meant for this checkout. */
export function isLookAt({ lookMs }: Pick<Checkout, 'lookMs'>, atMs: number, watchdogMs: number): boolean {
  return atMs >= lookMs && (atMs - lookMs) % watchdogMs === 0;
}

/** When to look first at an attempt that may begin at `dueMs`: at none of the times of the cart's checkout before, so that a hint says whose it is. */
export function lookAfterMs(
  before: Pick<Checkout, 'lookMs'> | undefined,
  dueMs: number,
  watchdogMs: number,
): number {
  const atMs = dueMs + watchdogMs;
  return before && isLookAt(before, atMs, watchdogMs) ? atMs + 1 : atMs;
}
