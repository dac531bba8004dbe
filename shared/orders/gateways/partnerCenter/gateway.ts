/**
 * The gateway that orders from Partner Center, or from anything that speaks its `POST …/orders`. Two things keep an
 * order from being made twice. The request id travels as `MS-RequestId`, Partner Center's idempotency key, in every
 * attempt. And after a call without a clear answer the order is looked for by its `externalReference`, the same id,
 * and asked for again only when it has been missing for as long as an order may be. So neither an unlisted order nor
 * a forgotten id is enough for a second one, and what is refused was not made before. Our own trouble is retried,
 * never told to the customer as a refusal.
 */
import type { OrderingGateway } from '../../gateway.ts';
import { classifyResponse, noResponse } from './classifyResponse.ts';
import { maxSessionMs, openSession, type Peer } from './httpClient.ts';
import { reconcile } from './reconcile.ts';
import { placeOrderRequest } from './requests.ts';

/** The `partnerCenter` gateway. */
export function partnerCenterGateway(peer: Peer): OrderingGateway {
  return {
    // A look-up and an order.
    maxPlacementMs: 2 * maxSessionMs(peer),

    async place(placement) {
      const { tenant, ambiguousSinceMs } = placement;
      const looked =
        ambiguousSinceMs === undefined ? undefined : await reconcile(placement, ambiguousSinceMs, peer);
      if (looked) return looked;
      const line = await openSession(tenant, ambiguousSinceMs === undefined ? 1 : 0, peer);
      if (!('send' in line)) return noResponse(line);
      const answered = await line.send(placeOrderRequest(placement));
      return 'status' in answered ? classifyResponse(answered, placement) : noResponse(answered);
    },
  };
}
