/**
 * An ordering desk in memory, as a gateway: rejections, 503s, deferrals, and orders for which the gateway
 * fails every time, drawn from the seed. It makes one order for each request id, or it forgets request ids and makes another
 * for a caller that does not look the order up first, or looks before the order is listed. The simulation is judged by the
 * orders it has made, and by the requests that came before their Retry-After.
 */
import { CLOCK_TOLERANCE_MS } from '../../shared/checkout/decideAttempt.ts';
import { MAX_PLACEMENT_MS } from '../../shared/checkout/placeOrders.ts';
import { digestHex } from '../../shared/ids.ts';
import type { OrderingGateway, Placement } from '../../shared/orders/gateway.ts';
import { lookupBackoffMs } from '../../shared/orders/gateways/partnerCenter/reconcile.ts';
import type { Made } from '../support/evidence.ts';
import type { Random } from '../support/random.ts';
import { MINUTE, placedOrder, REFUSAL, SECOND, TROUBLE } from '../support/samples.ts';

export interface DeskParts {
  random: Random;
  /** The desk's own clock. */
  now: () => number;
  /** Whether orders are refused and the desk is busy now and then. */
  isChaos: () => boolean;
  isForgetful: boolean;
  /** How long a new order is missing from the list, in milliseconds. */
  listDelayMs: number;
  /** Whether there are orders that the gateway cannot be asked for without failing. */
  isFaulty: boolean;
}

/** A desk with nothing made yet. */
export function newDesk({ random, now, isChaos, isForgetful, listDelayMs, isFaulty }: DeskParts) {
  const made: (Made & { atMs: number })[] = [];
  const refused = new Set<string>();
  const poisonous = new Map<string, boolean>();
  const notBeforeMs = new Map<string, number>();
  const hurried: string[] = [];
  const gateway: OrderingGateway = {
    // A slow one leaves no time for a second order after a first that took long.
    maxPlacementMs: random.pick([MINUTE, MAX_PLACEMENT_MS]),
    async place(placement) {
      const { requestId, nowMs, ambiguousSinceMs } = placement;
      failOver(placement);
      if (nowMs < (notBeforeMs.get(requestId) ?? 0) - CLOCK_TOLERANCE_MS) hurried.push(requestId);
      const mine = made.find((order) => order.requestId === requestId);
      const listed =
        ambiguousSinceMs !== undefined && mine && mine.atMs + listDelayMs <= now() ? mine : undefined;
      const againMs =
        ambiguousSinceMs === undefined || listed
          ? 0
          : lookupBackoffMs({ ambiguousSinceMs, nowMs, listDelayMs });
      const known = listed ?? (isForgetful ? undefined : mine);
      if (!known && againMs === 0 && (refused.has(requestId) || (isChaos() && random.chance(0.05)))) {
        refused.add(requestId);
        return { kind: 'refused', problem: REFUSAL };
      }
      // A deferral precedes the look-up, also when the order exists.
      if (isChaos() && random.chance(0.15)) {
        const retryAfterMs = random.chance(0.5) ? random.below(30) * SECOND : undefined;
        notBeforeMs.set(requestId, nowMs + (retryAfterMs ?? 0));
        return { kind: 'retry', problem: TROUBLE, ambiguous: false, retryAfterMs };
      }
      if (isChaos() && random.chance(0.1)) {
        const by = random.pick(['limit', 'pause'] as const);
        const waitMs = random.below(90) * SECOND;
        notBeforeMs.set(requestId, nowMs + waitMs);
        return { kind: 'deferred', problem: TROUBLE, ambiguous: false, waitMs, by };
      }
      if (againMs > 0) {
        return { kind: 'deferred', problem: TROUBLE, ambiguous: false, waitMs: againMs, by: 'ambiguous' };
      }
      const order = known ?? newOrder(placement);
      if (!known) made.push(order);
      return {
        kind: 'placed',
        order: placedOrder({ orderId: order.orderId, alternateId: order.orderId, placedMs: nowMs }),
      };
    },
  };
  return { gateway, made, hurried, isPoisonous: (requestId: string) => poisonous.get(requestId) === true };

  /** Some orders are a bug's: the gateway throws whenever it is asked for them, the first time perhaps too late. */
  function failOver(placement: Placement): void {
    const { requestId } = placement;
    const before = poisonous.get(requestId);
    const isPoisonous = before ?? (isFaulty && isChaos() && random.chance(0.02));
    poisonous.set(requestId, isPoisonous);
    if (!isPoisonous) return;
    if (before === undefined && random.chance(0.5)) {
      made.push(newOrder(placement));
    }
    throw new TypeError('A bug.');
  }

  function newOrder({ requestId, order }: Placement): (typeof made)[number] {
    return { requestId, orderId: digestHex(12, 'order', requestId), lines: order.lineItems, atMs: now() };
  }
}
