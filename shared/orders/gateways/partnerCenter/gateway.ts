/**
 * The gateway that orders from Partner Center, or from anything that speaks its `POST …/orders`. The request
 * id travels as `MS-RequestId`, Partner Center's idempotency key, and as `externalReference` in the order, by
 * which an order is found again whose making got no answer. Our own trouble is retried, never told to the
 * customer as a refusal.
 */
import type { GroupOutcome } from '../../../checkout/conclude.ts';
import type { OrderingGateway, Placement } from '../../gateway.ts';
import { foundIn, outcomeOf, troubleOf } from './answer.ts';
import { exchange, type Peer, type Unanswered } from './exchange.ts';

/** The `partnerCenter` gateway. */
export function partnerCenterGateway(peer: Peer): OrderingGateway {
  return {
    // A look-up and an order for each group, and a little for ourselves.
    claimMs: (orders) => orders * 2 * peer.timeoutMs + 5_000,

    async place(placement) {
      const found = placement.mayExist ? await find(placement, peer) : undefined;
      if (found) return found;
      const exchanged = await exchange('POST', placement, peer);
      return 'failed' in exchanged ? unanswered(exchanged) : outcomeOf(exchanged, placement);
    },
  };
}

/** The order of an earlier attempt, if it was made. */
async function find(placement: Placement, peer: Peer): Promise<GroupOutcome | undefined> {
  const exchanged = await exchange('GET', placement, peer);
  if ('failed' in exchanged) return { ...unanswered(exchanged), ambiguous: true };
  return foundIn(exchanged, placement);
}

function unanswered({ failed, maybe }: Unanswered) {
  return { kind: 'retry', problem: troubleOf(failed), ambiguous: maybe } as const;
}
