/**
 * How much of a checkout one delivery of its message does: a few orders side by side, and none that could
 * outlast the claim. The claim ends before the host would end the function, however many groups there are and
 * however slow the gateway; what is left over is the next delivery's. Pure; times are epoch milliseconds.
 *
 *   claim written ──▶ │ order │ order │ … │ the last that may begin │ ── leaseUntilMs ──▶ record
 *                     ◀────────────── never longer than four minutes ─────────────────────▶
 */
import { type Checkout, type GroupProgress, openGroups } from '../cart/checkoutState.ts';

/** How many orders of one checkout are placed side by side. */
export const CONCURRENCY = 4;

/** The host renews the lock of a message for five minutes, and kills a function then; reading and recording need some of it. */
const MAX_LEASE_MS = 240_000;

/** What writing the claim may take, which counts against it. */
const LEASE_OVERHEAD_MS = 15_000;

/** The longest that placing one order may take, so that a claim has room for it: a gateway that is slower cannot be used. */
export const MAX_PLACEMENT_MS = MAX_LEASE_MS - LEASE_OVERHEAD_MS;

/** How long a worker needs the checkout to itself to place so many orders, or as many as one round can. */
export function leaseMs(orders: number, maxPlacementMs: number): number {
  return Math.min(Math.ceil(orders / CONCURRENCY) * maxPlacementMs + LEASE_OVERHEAD_MS, MAX_LEASE_MS);
}

/** Whether an order that begins now ends within the claim; without a claim there is nothing to outlast. */
export function fitsLease(
  { leaseUntilMs }: Pick<Checkout, 'leaseUntilMs'>,
  maxPlacementMs: number | undefined,
  nowMs: number,
): boolean {
  return maxPlacementMs === undefined || leaseUntilMs === undefined || nowMs + maxPlacementMs <= leaseUntilMs;
}

/** The groups whose orders are to be placed: those that nobody has tried yet first, so that slow ones keep none from its turn. */
export function batchOrder(checkout: Checkout): GroupProgress[] {
  const open = openGroups(checkout);
  return [...open.filter(({ problem }) => !problem), ...open.filter(({ problem }) => problem)];
}
