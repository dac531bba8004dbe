/**
 * When the sweep looks after an attempt that does not end: first at `lookMs`, then a watchdog's time apart, whoever
 * asks and however late a look comes. So all hints of one attempt lead to the same row of the due index, and all
 * looks between two of these times to one message. Pure; times are epoch milliseconds.
 *
 *   lookMs ──── watchdogMs ────▶ │ ──── watchdogMs ────▶ │ …
 */
import type { Checkout } from './checkout.ts';

/** The first of these times that is still to come. */
export function nextLookMs({ lookMs }: Pick<Checkout, 'lookMs'>, nowMs: number, watchdogMs: number): number {
  const past = Math.floor((nowMs - lookMs) / watchdogMs) + 1;
  return lookMs + Math.max(0, past) * watchdogMs;
}
