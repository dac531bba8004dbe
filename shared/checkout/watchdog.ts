/**
 * When the sweeper checks an attempt that does not end: first at `watchdogAtMs`, then a watchdog's time apart, whoever
 * asks and however late a look comes. So all hints of one attempt lead to the same row of the due index, and all
 * looks between two of these times to one message. Pure; times are epoch milliseconds.
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
