/**
 * The gateway that orders from Partner Center, or from anything that speaks its `POST …/orders`. The request
 * id travels as `MS-RequestId`, Partner Center's idempotency key, and as `externalReference` in the order, by
 * which an order is found again whose making got no answer. Our own trouble is retried, never told to the
 * customer as a refusal.
 */
import type { GroupOutcome, Held, Retry } from '../../../checkout/conclude.ts';
import type { OrderingGateway, Placement } from '../../gateway.ts';
import { foundIn, outcomeOf, troubleOf } from './answer.ts';
import { exchange, exchangeMs, type NoTurn, type Peer, type Unanswered } from './exchange.ts';

/** The `partnerCenter` gateway. */
export function partnerCenterGateway(peer: Peer): OrderingGateway {
  return {
    // A look-up and an order.
    orderMs: 2 * exchangeMs(peer),

    async place(placement) {
      const found = placement.mayExist ? await find(placement, peer) : undefined;
      if (found) return found;
      const exchanged = await exchange('POST', placement, peer);
      return 'status' in exchanged ? outcomeOf(exchanged, placement) : unanswered(exchanged);
    },
  };
}

/** The order of an earlier attempt, if it was made. */
async function find(placement: Placement, peer: Peer): Promise<GroupOutcome | undefined> {
  const exchanged = await exchange('GET', placement, peer);
  if ('status' in exchanged) return foundIn(exchanged, placement);
  return { ...unanswered(exchanged), ambiguous: true };
}

function unanswered(exchanged: Unanswered | NoTurn): Retry | Held {
  if ('noTurn' in exchanged) return heldBy(exchanged);
  return { kind: 'retry', problem: troubleOf(exchanged.failed), ambiguous: exchanged.maybe };
}

const WAITS_FOR = {
  limit: 'as many orders as are allowed have been sent within a minute',
  pause: 'the ordering service has asked for a pause',
};

const heldBy = ({ noTurn: { backInMs, by } }: NoTurn): Held => ({
  kind: 'held',
  problem: troubleOf(`The order waits for its turn: ${WAITS_FOR[by]}.`),
  ambiguous: false,
  waitMs: backInMs,
  by,
});
