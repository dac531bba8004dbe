/** The orders that checkouts have made: what the links of carts and orders point to. */
import * as z from 'zod';
import { type ApiError, apiError } from '../../shared/errors.ts';
import { dialectOf } from '../../shared/http/dialect.ts';
import { isOrderCursor, readOrders } from '../../shared/http/orderList.ts';
import { collectionBody, orderBody, provisioningItems } from '../../shared/http/orderResponse.ts';
import { clientHeader, cursor, customerPath, pageSize } from '../../shared/http/parameters.ts';
import { billingType, orderPath } from '../../shared/http/resourceParameters.ts';
import { defineRoute, type Route } from '../../shared/http/route.ts';
import type { Order } from '../../shared/orders/order.ts';
import type { Ports } from '../../shared/ports.ts';

/** An order of a customer, or the error that there is none. */
export async function findOrder(
  { orders }: Pick<Ports, 'orders'>,
  tenant: string,
  { customerId, orderId }: z.output<typeof orderPath>,
): Promise<Order | { error: ApiError }> {
  const order = await orders.read(tenant, customerId, orderId);
  return order ?? { error: apiError('orderNotFound', `Order ${orderId} was not found.`) };
}

/** The largest page of orders, and how many a list without `size` has: the SDKs do not follow `links.next`. */
const MAX_PAGE_SIZE = 1_000;

const ORDERS = 'customers/{customerId}/orders';

export const orderRoutes: Route[] = [
  defineRoute({
    name: 'getOrder',
    method: 'GET',
    path: `${ORDERS}/{orderId}`,
    access: 'read',
    isPartnerCenters: true,
    params: orderPath,
    headers: clientHeader,
    async endpoint({ params, headers, caller, policies }, ports) {
      const order = await findOrder(ports, caller.tenant, params);
      if ('error' in order) return order;
      const dialect = dialectOf(headers, policies);
      return { status: 200, body: orderBody(order, dialect) };
    },
    docs: {
      tag: 'Orders',
      summary: 'Read an order',
      answers: { 200: { when: 'The order.', schema: 'Order' } },
      errors: ['customerIdInvalid', 'orderNotFound'],
    },
  }),
  defineRoute({
    name: 'listOrders',
    method: 'GET',
    path: ORDERS,
    access: 'read',
    isPartnerCenters: true,
    params: customerPath,
    query: z.object({
      billingType: billingType.optional(),
      size: pageSize(MAX_PAGE_SIZE, 'Orders of a page.').optional(),
      after: cursor(isOrderCursor, 'f76c6b7f449d').optional(),
    }),
    headers: clientHeader,
    async endpoint({ params, query, headers, caller, policies }, ports) {
      const dialect = dialectOf(headers, policies);
      const { items, next } = await readOrders(ports, caller.tenant, params.customerId, {
        billingCycle: query.billingType,
        after: query.after,
        most: query.size ?? MAX_PAGE_SIZE,
        bodyOf: (order) => orderBody(order, dialect),
      });
      const more = new URLSearchParams({
        ...(query.billingType ? { billingType: query.billingType } : {}),
        ...(query.size ? { size: String(query.size) } : {}),
        ...(next ? { after: next } : {}),
      });
      const uri = `/customers/${params.customerId}/orders`;
      return { status: 200, body: collectionBody(items, uri, next && `${uri}?${more}`) };
    },
    docs: {
      tag: 'Orders',
      summary: 'List the orders of a customer',
      description:
        'In a stable order. Without `size`, a response has up to 1,000 orders and 8 MiB. When there are more, `links.next` leads to the next page. `totalCount` is the number of orders in the response.',
      answers: { 200: { when: 'A page of orders.', schema: 'Orders' } },
      errors: ['customerIdInvalid', 'enumInvalid', 'invalidInput'],
    },
  }),
  defineRoute({
    name: 'getProvisioningStatus',
    method: 'GET',
    path: `${ORDERS}/{orderId}/provisioningstatus`,
    access: 'read',
    isPartnerCenters: true,
    params: orderPath,
    /** Needs a user (docs/contract.md 4.12). */
    async endpoint({ params, caller }, ports) {
      if (caller.kind !== 'appUser') {
        const description = 'The provisioning status needs an App+User token.';
        return { error: apiError('appOnlyNotSupported', description) };
      }
      const order = await findOrder(ports, caller.tenant, params);
      if ('error' in order) return order;
      const uri = `/customers/${order.referenceCustomerId}/orders/${encodeURIComponent(order.orderId)}/provisioningstatus`;
      return { status: 200, body: collectionBody(provisioningItems(order), uri) };
    },
    docs: {
      tag: 'Orders',
      summary: 'Read the provisioning status of an order',
      description: 'Needs the token of a user; the token of an application alone is rejected.',
      answers: { 200: { when: 'The status of every line item.', schema: 'ProvisioningStatuses' } },
      errors: ['customerIdInvalid', 'orderNotFound', 'appOnlyNotSupported'],
    },
  }),
];
