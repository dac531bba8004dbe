/**
 * The gateway that orders from Partner Center, or from anything that speaks its `POST …/orders`. Two things keep an
 * order from being made twice. The request id travels as `MS-RequestId`, Partner Center's idempotency key, in every
 * attempt. And after a call without a clear answer the order is looked for by its `externalReference`, the same id,
 * and asked for again only when it has been missing for as long as an order may be. So neither an unlisted order nor
 * a forgotten id is enough for a second one, and what is refused was not made before. Our own trouble is retried,
 * never told to the customer as a refusal.
 */
import type { OrderingGateway } from '../../gateway.ts';
import { outcomeOf, unanswered } from './classifyResponse.ts';
import { exchangeMs, openLine, type Peer } from './httpClient.ts';
import { look } from './reconcile.ts';
import { orderCall } from './requests.ts';

/** The `partnerCenter` gateway. */
export function partnerCenterGateway(peer: Peer): OrderingGateway {
  return {
    // A look-up and an order.
    orderMs: 2 * exchangeMs(peer),

    async place(placement) {
      const { tenant, doubtMs } = placement;
      const looked = doubtMs === undefined ? undefined : await look(placement, doubtMs, peer);
      if (looked) return looked;
      const line = await openLine(tenant, doubtMs === undefined ? 1 : 0, peer);
      if (!('send' in line)) return unanswered(line);
      const answered = await line.send(orderCall(placement));
      return 'status' in answered ? outcomeOf(answered, placement) : unanswered(answered);
    },
  };
}
