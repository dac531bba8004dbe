/**
 * How long there is doubt about a call that got no clear answer. An order may be missing from the list of orders
 * though it was made (Partner Center: for up to a quarter of an hour), so one that is not there is looked for again,
 * at growing intervals; only when the doubt is old enough does its absence say that it was not made. Pure.
 *
 *   the call ── look ─ look ── look ──── look ──────── look ── … ──▶ listDelayMs: not there is not made
 */

/** No second look sooner than this after the first. */
const SOONEST_MS = 5_000;

/** Milliseconds until an order that is not in the list is worth another look; 0 when it was not made. */
export function lookupBackoffMs({
  ambiguousSinceMs,
  nowMs,
  listDelayMs,
}: {
  ambiguousSinceMs: number;
  /** Not later than the look. */
  nowMs: number;
  listDelayMs: number;
}): number {
  const ageMs = nowMs - ambiguousSinceMs;
  const leftMs = Math.max(0, listDelayMs - ageMs);
  return Math.min(leftMs, Math.max(ageMs, SOONEST_MS));
}
