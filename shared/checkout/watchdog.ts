/**
 * When the sweeper checks an attempt that has not ended: first at `watchdogAtMs`, then every `watchdogMs`. The times do
 * not depend on the worker that asks, nor on how late a check runs: all due entries of an attempt are one row of the due
 * index, and all checks between two of these times resend one message. Pure; times are epoch milliseconds.
 *
 *   watchdogAtMs ──── watchdogMs ────▶ │ ──── watchdogMs ────▶ │ …
 */
import type { Checkout } from '../cart/checkoutState.ts';

/** The first of these times that is still to come. */
export function nextWatchdogAtMs(
  { watchdogAtMs }: Pick<Checkout, 'watchdogAtMs'>,
  nowMs: number,
  watchdogMs: number,
): number {
  const past = Math.floor((nowMs - watchdogAtMs) / watchdogMs) + 1;
  return watchdogAtMs + Math.max(0, past) * watchdogMs;
}

/** Whether a due entry for that time belongs to this checkout. */
export function isWatchdogTime(
  { watchdogAtMs }: Pick<Checkout, 'watchdogAtMs'>,
  atMs: number,
  watchdogMs: number,
): boolean {
  return atMs >= watchdogAtMs && (atMs - watchdogAtMs) % watchdogMs === 0;
}

/** The first check of an attempt that is due at `dueMs`: at none of the times of the cart's previous checkout, so that a due entry shows which one it belongs to. */
export function firstWatchdogAtMs(
  before: Pick<Checkout, 'watchdogAtMs'> | undefined,
  dueMs: number,
  watchdogMs: number,
): number {
  const atMs = dueMs + watchdogMs;
  return before && isWatchdogTime(before, atMs, watchdogMs) ? atMs + 1 : atMs;
}
