/**
 * Looks up the order of an earlier ambiguous call, on all pages of the customer's order list. An order that may exist
 * is not placed again.
 */
import type { GroupOutcome, Placement } from '../../gateway.ts';
import { findOrder, noResponse, retryableProblem } from './classifyResponse.ts';
import { openSession } from './httpClient.ts';
import type { Peer } from './peer.ts';
import { listOrdersRequest, type NextPage } from './requests.ts';

/** A longer list is treated as one that never ends. */
const MAX_PAGES = 100;

/** The outcome to use instead of placing the order; `undefined` when the order is not listed and would be by now. */
export async function reconcile(
  placement: Placement,
  ambiguousSinceMs: number,
  peer: Peer,
): Promise<GroupOutcome | undefined> {
  const backoffMs = lookupBackoffMs({
    ambiguousSinceMs,
    nowMs: placement.nowMs,
    listDelayMs: peer.listDelayMs,
  });
  // Includes the permit for the order that may follow. Otherwise a busy tenant could look up its order, have no
  // permit to place it, and repeat that indefinitely.
  const session = await openSession(placement.tenant, backoffMs > 0 ? 1 : 2, peer);
  if (!('send' in session)) return { ...noResponse(session), ambiguous: false };

  let next: NextPage | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const response = await session.send(listOrdersRequest(placement, next));
    if (!('status' in response)) return { ...noResponse(response), ambiguous: false };
    const found = findOrder(response, placement);
    if (found.outcome) return found.outcome;
    next = found.next;
    if (!next) return backoffMs > 0 ? stillAmbiguous(backoffMs) : undefined;
  }
  return {
    kind: 'retry',
    problem: retryableProblem(`The order list has more than ${MAX_PAGES} pages.`),
    ambiguous: false,
  };
}

const stillAmbiguous = (waitMs: number): GroupOutcome => ({
  kind: 'deferred',
  problem: retryableProblem('It is not known yet whether the order was made. It will be looked up again.'),
  ambiguous: false,
  waitMs,
  by: 'ambiguous',
});

/** The shortest interval between two look-ups, in milliseconds. */
const MIN_LOOKUP_INTERVAL_MS = 5_000;

/**
 * Milliseconds until an order that is not listed is looked up again: as long as it has been ambiguous, at least
 * 5 seconds, and not beyond the list delay. 0 once the list delay has passed.
 */
export function lookupBackoffMs({
  ambiguousSinceMs,
  nowMs,
  listDelayMs,
}: {
  ambiguousSinceMs: number;
  /** Not later than the look-up. */
  nowMs: number;
  listDelayMs: number;
}): number {
  const ageMs = nowMs - ambiguousSinceMs;
  const leftMs = Math.max(0, listDelayMs - ageMs);
  return Math.min(leftMs, Math.max(ageMs, MIN_LOOKUP_INTERVAL_MS));
}
