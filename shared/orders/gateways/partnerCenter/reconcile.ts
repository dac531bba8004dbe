/**
 * Looks for the order of an earlier call that got no clear answer, through all pages of its customer's list. As
 * long as nobody can say that it was not made, it may not be asked for again.
 */
import type { GroupOutcome, Placement } from '../../gateway.ts';
import { findOrder, noResponse, retryableProblem } from './classifyResponse.ts';
import { openSession, type Peer } from './httpClient.ts';
import { listOrdersRequest, type NextPage } from './requests.ts';

/** A list that has more than this many pages has no end. */
const MOST_PAGES = 100;

/** What is to be said of the order instead of asking for it; `undefined` when it was not made. */
export async function reconcile(
  placement: Placement,
  ambiguousSinceMs: number,
  peer: Peer,
): Promise<GroupOutcome | undefined> {
  const againMs = lookupBackoffMs({
    ambiguousSinceMs,
    nowMs: placement.nowMs,
    listDelayMs: peer.listDelayMs,
  });
  // With a turn for the order that may follow: else a busy tenant would look, have no turn to order, and look
  // again the next time, for ever.
  const line = await openSession(placement.tenant, againMs > 0 ? 1 : 2, peer);
  if (!('send' in line)) return { ...noResponse(line), ambiguous: false };

  let next: NextPage | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answered = await line.send(listOrdersRequest(placement, next));
    if (!('status' in answered)) return { ...noResponse(answered), ambiguous: false };
    const found = findOrder(answered, placement);
    if (found.outcome) return found.outcome;
    next = found.next;
    if (!next) return againMs > 0 ? stillAmbiguous(againMs) : undefined;
  }
  return { kind: 'retry', problem: retryableProblem('The list of the orders has no end.'), ambiguous: false };
}

const stillAmbiguous = (waitMs: number): GroupOutcome => ({
  kind: 'deferred',
  problem: retryableProblem('Nobody can say yet whether the order was made: it is looked for again.'),
  ambiguous: false,
  waitMs,
  by: 'ambiguous',
});

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
