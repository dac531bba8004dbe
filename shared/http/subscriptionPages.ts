/** What the routes of subscriptions return (docs/contract.md 25). Loaded with the first request for one. */
import { type ApiError, apiError } from '../errors.ts';
import type { Caller } from '../identity/caller.ts';
import { orderIdOf, type Subscription, subscriptionsOf } from '../orders/subscriptions.ts';
import type { Ports } from '../ports.ts';
import type { Client } from './clients.ts';
import type { Policies } from './context.ts';
import { dialectOf } from './dialect.ts';
import { readOrders } from './orderList.ts';
import { collectionBody } from './orderResponse.ts';
import type { Outcome } from './route.ts';
import { provisioningBody, subscriptionBody } from './subscriptionResponse.ts';

type ReadPorts = Pick<Ports, 'orders'>;

interface Asked {
  caller: Pick<Caller, 'tenant'>;
  headers: { 'MS-PartnerCenter-Client': Client };
  policies: Pick<Policies, 'country' | 'pages'>;
}

interface OneOf {
  customerId: string;
  subscriptionId: string;
}

/** Orders whose subscriptions one response holds. */
const MAX_ORDERS = 1_000;

/** The subscriptions of a customer, of one order, or with one reseller. */
export async function subscriptionsPage(
  {
    params: { customerId },
    query: { order_id: orderId, mpn_id: reseller, after },
    caller: { tenant },
    ...asked
  }: Asked & {
    params: { customerId: string };
    query: { order_id?: string | undefined; mpn_id?: string | undefined; after?: string | undefined };
  },
  ports: ReadPorts,
): Promise<Outcome> {
  const dialect = dialectOf(asked.headers, asked.policies);
  const isAsked = ({ line }: Subscription) => reseller === undefined || line.partnerIdOnRecord === reseller;
  const bodiesOf = (subscriptions: Subscription[]) =>
    subscriptions.filter(isAsked).map((one) => subscriptionBody(one, dialect));
  const uri = `/customers/${customerId}/subscriptions`;
  if (orderId !== undefined) {
    const order = await ports.orders.read(tenant, customerId, orderId);
    const of = `${uri}?${new URLSearchParams({ order_id: orderId })}`;
    return { status: 200, body: collectionBody(order ? bodiesOf(subscriptionsOf(order)) : [], of) };
  }
  const { items, next } = await readOrders(ports, tenant, customerId, {
    after,
    most: MAX_ORDERS,
    bodyOf: (order) => bodiesOf(subscriptionsOf(order)),
  });
  const more = new URLSearchParams({
    ...(reseller ? { mpn_id: reseller } : {}),
    ...(next ? { after: next } : {}),
  });
  return { status: 200, body: collectionBody(items.flat(), uri, next && `${uri}?${more}`) };
}

/** A subscription. */
export async function subscriptionPage(
  { params, caller, ...asked }: Asked & { params: OneOf },
  ports: ReadPorts,
): Promise<Outcome> {
  const found = await find(ports, caller.tenant, params);
  return 'error' in found
    ? found
    : { status: 200, body: subscriptionBody(found, dialectOf(asked.headers, asked.policies)) };
}

/** How far a subscription is provisioned. */
export async function provisioningPage(
  { params, caller }: Pick<Asked, 'caller'> & { params: OneOf },
  ports: ReadPorts,
): Promise<Outcome> {
  const found = await find(ports, caller.tenant, params);
  return 'error' in found ? found : { status: 200, body: provisioningBody(found) };
}

async function find(
  { orders }: ReadPorts,
  tenant: string,
  { customerId, subscriptionId }: OneOf,
): Promise<Subscription | { error: ApiError }> {
  const orderId = orderIdOf(subscriptionId);
  const order = orderId && (await orders.read(tenant, customerId, orderId));
  const found = order ? subscriptionsOf(order).find(({ id }) => id === subscriptionId) : undefined;
  return (
    found ?? { error: apiError('subscriptionNotFound', `Subscription ${subscriptionId} was not found.`) }
  );
}
