/**
 * What the desk answers besides placing, listing and reading orders: products, SKUs, availabilities, inventory,
 * customers, subscriptions, and what belongs to an order. A storefront that is passed through to the desk finds here
 * what Partner Center would return.
 */
import * as z from 'zod';
import type { JsonRequest, JsonResponse } from '../http/serveJson.ts';
import { errorResponse } from './errorResponse.ts';
import type { Order } from './order.ts';
import {
  availabilitiesOf,
  findAvailability,
  findProduct,
  findSku,
  link,
  productsOf,
  skusOf,
} from './products.ts';

/** The orders of a customer. */
export type OrdersOf = (customer: string) => Promise<readonly Order[]>;

type Params = Readonly<Record<string, string | undefined>>;
type Handler = (
  params: Params,
  request: JsonRequest,
  ordersOf: OrdersOf,
) => JsonResponse | Promise<JsonResponse>;

const products = '/v1(?:/customers/(?<customer>[^/]+))?/products';
const product = `${products}/(?<product>[^/]+)`;
const sku = `${product}/skus/(?<sku>[^/]+)`;
const customers = '/v1/customers/(?<customer>[^/]+)';
const order = `${customers}/orders/(?<order>[^/]+)`;
const subscriptions = `${customers}/subscriptions`;

const handlers = (
  [
    ['GET', products, (_, { query, path }) => collection(productsOf(query.get('targetView') ?? ''), path)],
    ['GET', product, ({ product: id = '' }) => productResponse(findProduct(id))],
    ['GET', `${product}/skus`, ({ product: id = '' }, { path }) => productList(skusOf(id), path)],
    ['GET', sku, ({ product: id = '', sku: of = '' }) => productResponse(findSku(id, of))],
    [
      'GET',
      `${sku}/availabilities`,
      ({ product: id = '', sku: of = '' }, { path }) => productList(availabilitiesOf(id, of), path),
    ],
    [
      'GET',
      `${sku}/availabilities/(?<availability>[^/]+)`,
      ({ product: id = '', sku: of = '', availability = '' }) =>
        productResponse(findAvailability(id, of, availability)),
    ],
    ['POST', '/v1/extensions/product/checkinventory', (_, { body }) => checkInventory(body)],
    ['GET', '/v1/customers', (_, { path }) => collection([], path)],
    ['GET', customers, ({ customer = '' }) => ({ status: 200, body: customerBody(customer.toLowerCase()) })],
    ['PATCH', order, patchOrder],
    [
      'GET',
      `${order}/provisioningstatus`,
      onOrder(({ lineItems }, path) => collection(lineItems.map(provisioned), path)),
    ],
    ['GET', `${order}(?:/lineitems/\\d+)?/activationlinks`, onOrder((_, path) => collection([], path))],
    ['GET', `${order}/attachments`, onOrder((_, path) => collection([], path))],
    ['GET', subscriptions, listSubscriptions],
    ['GET', `${subscriptions}/(?<subscription>[^/]+)`, getSubscription],
  ] satisfies [string, string, Handler][]
).map(([method, path, handler]) => ({ method, pattern: new RegExp(`^${path}/?$`, 'i'), handler }));

/** The response to a request that `desk.ts` does not serve; `undefined` when the desk has no such resource. */
export async function serveResource(
  request: JsonRequest,
  ordersOf: OrdersOf,
): Promise<JsonResponse | undefined> {
  for (const { method, pattern, handler } of handlers) {
    const match = method === request.method ? pattern.exec(request.path) : null;
    if (match) return handler(match.groups ?? {}, request, ordersOf);
  }
  return undefined;
}

const orderNotFound = () => errorResponse(404, '20000', 'Order ID not found.');

function productResponse(found: object | undefined): JsonResponse {
  return found === undefined
    ? errorResponse(404, '400013', 'Product not found.')
    : { status: 200, body: found };
}

const productList = (found: readonly object[] | undefined, path: string): JsonResponse =>
  found === undefined ? productResponse(found) : collection(found, path);

function collection(items: readonly object[], path: string): JsonResponse {
  const links = { self: link(path.replace(/^\/v1/i, '')) };
  return {
    status: 200,
    body: { totalCount: items.length, items, links, attributes: { objectType: 'Collection' } },
  };
}

const inventoryRequest = z
  .record(z.string(), z.unknown())
  .transform((body) => Object.entries(body).find(([name]) => name.toLowerCase() === 'targetitems')?.[1])
  .pipe(z.array(z.record(z.string(), z.unknown())));

/** Everything is available. The answer is a list, not a collection. */
function checkInventory(body: unknown): JsonResponse {
  const parsed = inventoryRequest.safeParse(body);
  if (!parsed.success) return errorResponse(400, '800002', parsed.error.message);
  const items = parsed.data.map((item) => {
    const named = new Map(Object.entries(item).map(([name, value]) => [name.toLowerCase(), value]));
    return {
      productId: named.get('productid'),
      skuId: named.get('skuid') ?? '0001',
      isRestricted: false,
      restrictions: [],
    };
  });
  return { status: 200, body: items };
}

const customerBody = (id: string) => ({
  id,
  companyProfile: { tenantId: id, domain: `${id.slice(0, 8)}.example`, companyName: 'Contoso' },
  links: { self: link(`/customers/${id}`) },
  attributes: { objectType: 'Customer' },
});

function onOrder(respond: (found: Order, path: string) => JsonResponse): Handler {
  return async ({ customer = '', order: id }, { path }, ordersOf) => {
    const found = (await ordersOf(customer.toLowerCase())).find((one) => one.id === id);
    return found === undefined ? orderNotFound() : respond(found, path);
  };
}

function provisioned({ lineItemNumber, quantity }: Order['lineItems'][number]) {
  const status = 'fulfilled';
  return {
    orderLineItemId: lineItemNumber,
    lineItemNumber,
    status,
    quantityProvisioningInformation: [{ quantity, status }],
  };
}

/** Cancels an order, in memory: the ledger records what was ordered. */
async function patchOrder(
  { customer = '', order: id }: Params,
  { body }: JsonRequest,
  ordersOf: OrdersOf,
): Promise<JsonResponse> {
  const found = (await ordersOf(customer.toLowerCase())).find((one) => one.id === id);
  if (found === undefined) return orderNotFound();
  const named = new Map(Object.entries(body ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  if (named.get('status') !== 'cancelled') {
    return errorResponse(400, '800061', 'The ordering desk can only cancel an order.');
  }
  found.status = 'cancelled';
  return { status: 200, body: found };
}

function subscriptionsOf(customer: string, { id: orderId, lineItems, creationDate, status }: Order) {
  return lineItems.flatMap(({ subscriptionId, offerId, quantity }) =>
    subscriptionId === undefined
      ? []
      : [
          {
            id: subscriptionId,
            orderId,
            offerId,
            quantity,
            creationDate,
            status: status === 'cancelled' ? 'deleted' : 'active',
            links: { self: link(`/customers/${customer}/subscriptions/${subscriptionId}`) },
            attributes: { objectType: 'Subscription' },
          },
        ],
  );
}

async function listSubscriptions(
  { customer = '' }: Params,
  { path, query }: JsonRequest,
  ordersOf: OrdersOf,
): Promise<JsonResponse> {
  const orderId = query.get('order_id');
  const orders = (await ordersOf(customer.toLowerCase())).filter(
    ({ id }) => orderId === null || id === orderId,
  );
  return collection(
    orders.flatMap((one) => subscriptionsOf(customer.toLowerCase(), one)),
    path,
  );
}

async function getSubscription(
  { customer = '', subscription }: Params,
  _request: JsonRequest,
  ordersOf: OrdersOf,
): Promise<JsonResponse> {
  const all = (await ordersOf(customer.toLowerCase())).flatMap((one) =>
    subscriptionsOf(customer.toLowerCase(), one),
  );
  const found = all.find(({ id }) => id === subscription?.toLowerCase());
  return found === undefined
    ? errorResponse(404, '20003', 'Subscription not found.')
    : { status: 200, body: found };
}
