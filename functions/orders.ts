/** The orders that checkouts have made: what the links of carts and orders point to. */
import { type Fault, faultOf } from '../shared/faults.ts';
import { type Call, customerOf } from '../shared/http/call.ts';
import { collectionBody, orderBody, provisioningItems } from '../shared/http/orderAnswer.ts';
import type { Endpoint, Route } from '../shared/http/pipeline.ts';
import type { Order } from '../shared/orders/order.ts';
import type { Ports } from '../shared/ports.ts';

const ORDER_ID = /^[\w-]{1,64}$/;

async function find(call: Call, ports: Ports): Promise<Order | { fault: Fault }> {
  const customer = customerOf(call);
  if ('fault' in customer) return customer;
  const { orderId = '' } = call.params;
  const order = ORDER_ID.test(orderId)
    ? await ports.orders.read(call.caller.tenant, customer.customer, orderId)
    : undefined;
  return order ?? { fault: faultOf('orderNotFound', `Order ${orderId} was not found.`) };
}

const get: Endpoint = async (call, ports) => {
  const order = await find(call, ports);
  return 'fault' in order ? order : { status: 200, body: orderBody(order, call.policies.country) };
};

const list: Endpoint = async (call, ports) => {
  const customer = customerOf(call);
  if ('fault' in customer) return customer;
  const orders = await ports.orders.list(call.caller.tenant, customer.customer);
  const items = orders.map((order) => orderBody(order, call.policies.country));
  return { status: 200, body: collectionBody(items, `/customers/${customer.customer}/orders`) };
};

/** Needs a person (contract, section 2.2: App+User only). */
const provisioningStatus: Endpoint = async (call, ports) => {
  if (call.caller.kind !== 'appUser') {
    return { fault: faultOf('appOnlyNotSupported', 'The provisioning status needs an App+User token.') };
  }
  const order = await find(call, ports);
  if ('fault' in order) return order;
  const uri = `/customers/${order.referenceCustomerId}/orders/${order.orderId}/provisioningstatus`;
  return { status: 200, body: collectionBody(provisioningItems(order), uri) };
};

const ORDERS = 'customers/{customerId}/orders';

export const orderRoutes: Route[] = [
  { name: 'getOrder', method: 'GET', path: `${ORDERS}/{orderId}`, endpoint: get },
  { name: 'listOrders', method: 'GET', path: ORDERS, endpoint: list },
  {
    name: 'getProvisioningStatus',
    method: 'GET',
    path: `${ORDERS}/{orderId}/provisioningstatus`,
    endpoint: provisioningStatus,
  },
];
