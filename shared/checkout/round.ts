/**
 * How much of a checkout one delivery of its message does: a few orders side by side, and none that could
 * outlast the claim. The claim ends before the host would end the function, however many groups there are and
 * however slow the gateway; what is left over is the next delivery's. Pure; times are epoch milliseconds.
 *
 *   claim written ──▶ │ order │ order │ … │ the last that may begin │ ── claimedUntilMs ──▶ record
 *                     ◀────────────── never longer than four minutes ─────────────────────▶
 */
import { type Checkout, type GroupProgress, openGroups } from '../cart/checkoutState.ts';

/** How many orders of one checkout are placed side by side. */
export const WIDTH = 4;

/** The host renews the lock of a message for five minutes, and kills a function then; reading and recording need some of it. */
const LONGEST_CLAIM_MS = 240_000;

/** What writing the claim may take, which counts against it. */
const CLAIMING_MS = 15_000;

/** The longest that placing one order may take, so that a claim has room for it: a gateway that is slower cannot be used. */
export const LONGEST_ORDER_MS = LONGEST_CLAIM_MS - CLAIMING_MS;

/** How long a worker needs the checkout to itself to place so many orders, or as many as one round can. */
export function claimMs(orders: number, orderMs: number): number {
  return Math.min(Math.ceil(orders / WIDTH) * orderMs + CLAIMING_MS, LONGEST_CLAIM_MS);
}

/** Whether an order that begins now ends within the claim; without a claim there is nothing to outlast. */
export function mayBegin(
  { claimedUntilMs }: Pick<Checkout, 'claimedUntilMs'>,
  orderMs: number | undefined,
  nowMs: number,
): boolean {
  return orderMs === undefined || claimedUntilMs === undefined || nowMs + orderMs <= claimedUntilMs;
}

/** The groups whose orders are to be placed: those that nobody has tried yet first, so that slow ones keep none from its turn. */
export function inTurn(checkout: Checkout): GroupProgress[] {
  const open = openGroups(checkout);
  return [...open.filter(({ problem }) => !problem), ...open.filter(({ problem }) => problem)];
}
