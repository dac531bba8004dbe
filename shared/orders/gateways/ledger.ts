/**
 * The gateway that makes orders itself: the order is the row that the commit of the checkout inserts, provisioned at once.
 * It has no effect outside the cart's partition, so it needs no lease and cannot fail.
 */
import type { PlacedOrder } from '../../cart/checkoutState.ts';
import { digestHex } from '../../ids.ts';
import type { OrderingGateway } from '../gateway.ts';
import { isSubscription } from '../order.ts';
import { subscriptionId } from '../subscriptions.ts';

/** The `ledger` gateway. Order ids are derived from the request id: 12 hex digits, as Partner Center's since 2021. */
export const ledgerGateway: OrderingGateway = {
  async place({ requestId, order, nowMs }) {
    const orderId = digestHex(12, 'order', requestId);
    const placed: PlacedOrder = {
      orderId,
      alternateId: orderId,
      placedMs: nowMs,
      status: 'completed',
      subscriptionIds: order.lineItems.map(({ lineItemNumber, offerId }) =>
        isSubscription(order.billingCycle, offerId)
          ? subscriptionId(orderId, lineItemNumber, requestId)
          : null,
      ),
    };
    return { kind: 'placed', order: placed };
  },
};
