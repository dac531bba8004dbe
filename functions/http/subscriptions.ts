/** The subscriptions of the ledger's orders (docs/contract.md 25). */
import * as z from 'zod';
import { apiError } from '../../shared/errors.ts';
import { isOrderCursor, readOrders } from '../../shared/http/orderList.ts';
import { collectionBody, type OrderDialect } from '../../shared/http/orderResponse.ts';
import { clientHeader, cursor, customerPath, subscriptionPath } from '../../shared/http/parameters.ts';
import { defineRoute, type Route } from '../../shared/http/route.ts';
import { provisioningBody, subscriptionBody } from '../../shared/http/subscriptionResponse.ts';
import { orderIdOf, type Subscription, subscriptionsOf } from '../../shared/orders/subscriptions.ts';
import type { Ports } from '../../shared/ports.ts';

const SUBSCRIPTIONS = 'customers/{customerId}/subscriptions';
/** Orders whose subscriptions one response holds. */
const MAX_ORDERS = 1_000;

const listQuery = z.object({
  order_id: z
    .string()
    .meta({ description: 'Only the subscriptions of this order.', example: 'f76c6b7f449d' })
    .optional(),
  mpn_id: z
    .string()
    .meta({ description: 'Only the subscriptions with this reseller.', example: '5357564' })
    .optional(),
  after: cursor(isOrderCursor, 'f76c6b7f449d').optional(),
});

async function find(
  { orders }: Pick<Ports, 'orders'>,
  tenant: string,
  { customerId, subscriptionId }: z.output<typeof subscriptionPath>,
) {
  const orderId = orderIdOf(subscriptionId);
  const order = orderId && (await orders.read(tenant, customerId, orderId));
  const found = order ? subscriptionsOf(order).find(({ id }) => id === subscriptionId) : undefined;
  return (
    found ?? { error: apiError('subscriptionNotFound', `Subscription ${subscriptionId} was not found.`) }
  );
}

export const subscriptionRoutes: Route[] = [
  defineRoute({
    name: 'listSubscriptions',
    method: 'GET',
    path: SUBSCRIPTIONS,
    access: 'read',
    isPartnerCenters: true,
    params: customerPath,
    query: listQuery,
    headers: clientHeader,
    async endpoint({ params, query, headers, caller, policies }, ports) {
      const dialect: OrderDialect = {
        client: headers['MS-PartnerCenter-Client'],
        country: policies.country,
        pages: policies.pages,
      };
      const isAsked = ({ line }: Subscription) =>
        query.mpn_id === undefined || line.partnerIdOnRecord === query.mpn_id;
      const bodiesOf = (subscriptions: Subscription[]) =>
        subscriptions.filter(isAsked).map((one) => subscriptionBody(one, dialect));
      const uri = `/customers/${params.customerId}/subscriptions`;
      if (query.order_id !== undefined) {
        const order = await ports.orders.read(caller.tenant, params.customerId, query.order_id);
        const of = `${uri}?${new URLSearchParams({ order_id: query.order_id })}`;
        return { status: 200, body: collectionBody(order ? bodiesOf(subscriptionsOf(order)) : [], of) };
      }
      const { items, next } = await readOrders(ports, caller.tenant, params.customerId, {
        after: query.after,
        most: MAX_ORDERS,
        bodyOf: (order) => bodiesOf(subscriptionsOf(order)),
      });
      const more = new URLSearchParams({
        ...(query.mpn_id ? { mpn_id: query.mpn_id } : {}),
        ...(next ? { after: next } : {}),
      });
      return { status: 200, body: collectionBody(items.flat(), uri, next && `${uri}?${more}`) };
    },
    docs: {
      tag: 'Subscriptions',
      summary: 'List the subscriptions of a customer',
      description: 'Of up to 1,000 orders; when there are more, `links.next` leads to the next page.',
      answers: { 200: { when: 'The subscriptions.', schema: 'Subscriptions' } },
      errors: ['customerIdInvalid', 'invalidInput'],
    },
  }),
  defineRoute({
    name: 'getSubscription',
    method: 'GET',
    path: `${SUBSCRIPTIONS}/{subscriptionId}`,
    access: 'read',
    isPartnerCenters: true,
    params: subscriptionPath,
    headers: clientHeader,
    async endpoint({ params, headers, caller, policies }, ports) {
      const found = await find(ports, caller.tenant, params);
      if ('error' in found) return found;
      const dialect = {
        client: headers['MS-PartnerCenter-Client'],
        country: policies.country,
        pages: policies.pages,
      };
      return { status: 200, body: subscriptionBody(found, dialect) };
    },
    docs: {
      tag: 'Subscriptions',
      summary: 'Read a subscription',
      answers: { 200: { when: 'The subscription.', schema: 'Subscription' } },
      errors: ['customerIdInvalid', 'subscriptionNotFound'],
    },
  }),
  defineRoute({
    name: 'getSubscriptionProvisioningStatus',
    method: 'GET',
    path: `${SUBSCRIPTIONS}/{subscriptionId}/provisioningstatus`,
    access: 'read',
    isPartnerCenters: true,
    params: subscriptionPath,
    /** Needs a user (docs/contract.md 4.12). */
    async endpoint({ params, caller }, ports) {
      if (caller.kind !== 'appUser') {
        return { error: apiError('appOnlyNotSupported', 'The provisioning status needs an App+User token.') };
      }
      const found = await find(ports, caller.tenant, params);
      return 'error' in found ? found : { status: 200, body: provisioningBody(found) };
    },
    docs: {
      tag: 'Subscriptions',
      summary: 'Read the provisioning status of a subscription',
      description: 'Needs the token of a user; the token of an application alone is rejected.',
      answers: { 200: { when: 'The status.', schema: 'SubscriptionProvisioning' } },
      errors: ['customerIdInvalid', 'subscriptionNotFound', 'appOnlyNotSupported'],
    },
  }),
];
