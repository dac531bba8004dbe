/**
 * Places orders at Partner Center: `POST /v1/customers/{id}/orders`. Two protections prevent a second order. Every
 * attempt has the same `MS-RequestId`, Partner Center's idempotency key. And after an ambiguous call the order is
 * looked up by its `externalReference`, the same id, and placed again only when it is missing from the list for longer
 * than a new order can be. Failures of this service's own token, role or limits are retried, never reported as a
 * rejection.
 */
import type { OrderingGateway } from '../../gateway.ts';
import { classifyResponse, noResponse } from './classifyResponse.ts';
import { openSession } from './httpClient.ts';
import { maxPlacementMs, type Peer } from './peer.ts';
import { reconcile } from './reconcile.ts';
import { placeOrderRequest } from './requests.ts';

/** The `partnerCenter` gateway. */
export function partnerCenterGateway(peer: Peer): OrderingGateway {
  return {
    maxPlacementMs: maxPlacementMs(peer),

    async place(placement) {
      const { tenant, ambiguousSinceMs } = placement;
      const known =
        ambiguousSinceMs === undefined ? undefined : await reconcile(placement, ambiguousSinceMs, peer);
      if (known) return known;
      const session = await openSession(tenant, ambiguousSinceMs === undefined ? 1 : 0, peer);
      if (!('send' in session)) return noResponse(session);
      const response = await session.send(placeOrderRequest(placement));
      return 'status' in response ? classifyResponse(response, placement) : noResponse(response);
    },
  };
}
