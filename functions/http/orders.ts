/** The orders that checkouts have made: what the links of carts and orders point to. */
import { BILLING_CYCLES, type BillingCycle } from '../../shared/catalog/billingCycles.ts';
import { type ApiError, apiError } from '../../shared/errors.ts';
import { lenientEnum } from '../../shared/http/canonicalize.ts';
import { collectionBody, orderBody, provisioningItems } from '../../shared/http/orderResponse.ts';
import type { Endpoint, Route } from '../../shared/http/pipeline.ts';
import { customerOf, type RequestContext } from '../../shared/http/requestContext.ts';
import type { Order } from '../../shared/orders/order.ts';
import type { Ports } from '../../shared/ports.ts';

async function find(call: RequestContext, ports: Ports): Promise<Order | { error: ApiError }> {
  const customer = customerOf(call);
  if ('error' in customer) return customer;
  const { orderId = '' } = call.params;
  const order = await ports.orders.read(call.caller.tenant, customer.customer, orderId);
  return order ?? { error: apiError('orderNotFound', `Order ${orderId} was not found.`) };
}

const get: Endpoint = async (call, ports) => {
  const order = await find(call, ports);
  return 'error' in order ? order : { status: 200, body: orderBody(order, call.policies.country) };
};

const list: Endpoint = async (call, ports) => {
  const customer = customerOf(call);
  if ('error' in customer) return customer;
  const wanted = billingTypeOf(call);
  if ('error' in wanted) return wanted;
  const orders = await ports.orders.list(call.caller.tenant, customer.customer);
  const items = orders
    .filter(({ billingCycle }) => !wanted.cycle || billingCycle === wanted.cycle)
    .map((order) => orderBody(order, call.policies.country));
  return { status: 200, body: collectionBody(items, `/customers/${customer.customer}/orders`) };
};

const billingType = lenientEnum(BILLING_CYCLES);

/** The billing cycle that the list is asked for, in the spelling of any SDK (docs/contract.md 13.9). */
function billingTypeOf({
  request,
}: RequestContext): { cycle: BillingCycle | undefined } | { error: ApiError } {
  const asked = request.query.get('billingType');
  if (!asked) return { cycle: undefined };
  const read = billingType.safeParse(asked);
  if (read.success) return { cycle: read.data };
  const message = `should be one of ${BILLING_CYCLES.join(', ')}`;
  const data = [{ path: 'billingType', message }];
  return { error: apiError('enumInvalid', `billingType: ${message}`, { data }) };
}

/** Needs a person (docs/contract.md 4.12). */
const provisioningStatus: Endpoint = async (call, ports) => {
  if (call.caller.kind !== 'appUser') {
    return { error: apiError('appOnlyNotSupported', 'The provisioning status needs an App+User token.') };
  }
  const order = await find(call, ports);
  if ('error' in order) return order;
  const uri = `/customers/${order.referenceCustomerId}/orders/${encodeURIComponent(order.orderId)}/provisioningstatus`;
  return { status: 200, body: collectionBody(provisioningItems(order), uri) };
};

const ORDERS = 'customers/{customerId}/orders';

export const orderRoutes: Route[] = [
  {
    name: 'getOrder',
    method: 'GET',
    path: `${ORDERS}/{orderId}`,
    access: 'read',
    endpoint: get,
    docs: {
      tag: 'Orders',
      summary: 'Read an order',
      answers: { 200: { when: 'The order.', schema: 'Order' } },
      errors: ['customerIdInvalid', 'orderNotFound'],
    },
  },
  {
    name: 'listOrders',
    method: 'GET',
    path: ORDERS,
    access: 'read',
    endpoint: list,
    docs: {
      tag: 'Orders',
      summary: 'List the orders of a customer',
      query: ['billingType'],
      answers: { 200: { when: 'Every order that checkouts of this customer have made.', schema: 'Orders' } },
      errors: ['customerIdInvalid', 'enumInvalid'],
    },
  },
  {
    name: 'getProvisioningStatus',
    method: 'GET',
    path: `${ORDERS}/{orderId}/provisioningstatus`,
    access: 'read',
    endpoint: provisioningStatus,
    docs: {
      tag: 'Orders',
      summary: 'See how far an order is provisioned',
      description: 'Needs a person: the token of an application alone is refused.',
      answers: { 200: { when: 'The status of every line item.', schema: 'ProvisioningStatuses' } },
      errors: ['customerIdInvalid', 'orderNotFound', 'appOnlyNotSupported'],
    },
  },
];
