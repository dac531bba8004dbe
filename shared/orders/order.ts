/**
 * An order as Partner Center describes it, made from an order group of a cart and the gateway's response. Pure, so that the
 * response to a checkout, the stored order and a later repeat are the same.
 */

import type { Cart } from '../cart/cart.ts';
import type { Checkout, PlacedOrder } from '../cart/checkoutState.ts';
import type { LineItem, Participant } from '../cart/lineItem.ts';
import { isLegacy, orderGroups } from '../cart/orderGroup.ts';
import { termOf } from '../cart/term.ts';

export interface OrderLineItem
  extends Omit<
    LineItem,
    | 'id'
    | 'catalogItemId'
    | 'orderGroup'
    | 'addonItems'
    | 'error'
    | 'title'
    | 'participants'
    | 'currencyCode'
    | 'billingCycle'
    | 'purchaseSystem'
    | 'scheduledNextTermInstructions'
  > {
  lineItemNumber: number;
  offerId: string;
  subscriptionId?: string | undefined;
  transactionType: 'New';
  partnerIdOnRecord?: string | undefined;
  additionalPartnerIdsOnRecord?: string[] | undefined;
}

/** The content of an order that is to be placed. */
export interface OrderRequest {
  referenceCustomerId: string;
  billingCycle: string;
  currencyCode: string;
  isLegacy: boolean;
  lineItems: OrderLineItem[];
}

export interface Order extends OrderRequest, PlacedOrder {
  tenant: string;
  cartId: string;
}

/** The order requests of a cart by group key (docs/contract.md 10.1, 13.3, 13.4). */
export function orderRequests(cart: Cart): Map<string, OrderRequest> {
  return new Map(
    orderGroups(cart.lineItems).map(({ key, lineItems }) => {
      const [system, billingCycle = '', currencyCode = ''] = key.split('|');
      const request = {
        referenceCustomerId: cart.customer,
        billingCycle,
        currencyCode,
        isLegacy: system === 'legacy',
        lineItems: lineItems.map(toOrderLine),
      };
      return [key, request];
    }),
  );
}

/** The placed orders of a checkout, in the order of its groups. */
export function ordersOf(cart: Cart, checkout: Checkout): Order[] {
  const requests = orderRequests(cart);
  return checkout.groups.flatMap(({ key, order }) => {
    const request = requests.get(key);
    if (!order || !request) return [];
    const lineItems = request.lineItems.map((line, n) => {
      const subscriptionId = order.subscriptionIds[n];
      return subscriptionId ? { ...line, subscriptionId } : line;
    });
    return [{ ...request, ...order, lineItems, tenant: cart.tenant, cartId: cart.cartId }];
  });
}

function toOrderLine(item: LineItem, lineItemNumber: number): OrderLineItem {
  const valuesOf = (key: Participant['key']) =>
    item.participants?.filter((participant) => participant.key === key).map(({ value }) => value) ?? [];
  const additional = valuesOf('additional_transaction_reseller');
  return {
    lineItemNumber,
    offerId: item.catalogItemId,
    termDuration: termOf(item),
    transactionType: 'New',
    friendlyName: item.friendlyName ?? item.title,
    quantity: item.quantity,
    customTermEndDate: item.customTermEndDate,
    partnerIdOnRecord: valuesOf('transaction_reseller')[0],
    additionalPartnerIdsOnRecord: additional.length > 0 ? additional : undefined,
    provisioningContext: item.provisioningContext,
    purchaseCommitment: item.purchaseCommitment,
    promotionId: item.promotionId,
    renewsTo: item.renewsTo,
    attestationAccepted: item.attestationAccepted,
  };
}

/** Whether an order line of this catalogue item has a subscription once provisioned (docs/contract.md 13.5). */
export function isSubscription(billingCycle: string, offerId: string): boolean {
  return isLegacy(offerId) || !['one_time', 'none', 'unknown'].includes(billingCycle);
}
