/** A subscription as the wire has it (docs/contract.md 25.2): an order line in the words of Partner Center's subscriptions. */
import type { Subscription } from '../orders/subscriptions.ts';
import { timestamp } from '../time.ts';
import { parsableBy } from './clientEnums.ts';
import { lineLinks, link, type OrderDialect } from './orderResponse.ts';

/** What a subscription without a term ends with. */
const NEVER = '9999-12-14T00:00:00Z';

/** The URI of a subscription. */
const subscriptionUri = ({ id, order }: Subscription): string =>
  `/customers/${order.referenceCustomerId}/subscriptions/${id}`;

/** The body of a subscription, as the client can parse it. */
export function subscriptionBody(subscription: Subscription, dialect: OrderDialect) {
  const { id, order, line, status, endsMs } = subscription;
  const isUsage = order.isLegacy && line.offerId.toUpperCase().startsWith('MS-AZR');
  const end = endsMs === undefined ? NEVER : timestamp(endsMs);
  const { subscription: _, ...links } = { subscription: undefined, ...lineLinks(order, line, dialect) };
  return {
    id,
    orderId: order.orderId,
    offerId: line.offerId,
    offerName: line.friendlyName,
    friendlyName: line.friendlyName,
    quantity: line.quantity,
    unitType: isUsage ? 'Usage-based' : 'Licenses',
    creationDate: timestamp(order.placedMs),
    effectiveStartDate: timestamp(order.placedMs),
    commitmentEndDate: end,
    commitmentEndDateTime: end,
    status,
    autoRenewEnabled: false,
    isTrial: order.billingCycle === 'none',
    billingType: isUsage ? 'usage' : 'license',
    billingCycle: parsableBy(dialect.client, order.billingCycle),
    termDuration: line.termDuration,
    partnerId: line.partnerIdOnRecord,
    parentSubscriptionId: line.provisioningContext?.parentSubscriptionId,
    contractType: 'subscription',
    hasPurchasableAddons: false,
    links: { self: link(subscriptionUri(subscription)), ...links },
    attributes: { objectType: 'Subscription' },
  };
}

/** How far a subscription is provisioned; its SKU is left out, because SDKs read a GUID there. */
export const provisioningBody = ({ line, status, endsMs }: Subscription) => ({
  status: status === 'active' ? 'success' : 'failed',
  quantity: line.quantity,
  endDate: endsMs === undefined ? NEVER : timestamp(endsMs),
  attributes: { objectType: 'SubscriptionProvisioningStatus' },
});
