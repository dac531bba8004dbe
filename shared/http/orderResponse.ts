/** An order as the wire has it (docs/contract.md 13.1, 13.6). */
import type { Order, OrderLineItem } from '../orders/order.ts';
import { timestamp } from '../time.ts';
import { parsableBy } from './clientEnums.ts';
import type { Client } from './clients.ts';

const get = (uri: string, method = 'GET') => ({ uri, method, headers: [] });

/** The body of an order, as the client can parse it; `country` is the market of its product links. */
export function orderBody(
  order: Order,
  { client, country }: { client: Pick<Client, 'unparsable'>; country: string },
) {
  const uri = `/customers/${order.referenceCustomerId}/orders/${encodeURIComponent(order.orderId)}`;
  return {
    id: order.orderId,
    alternateId: order.alternateId,
    referenceCustomerId: order.referenceCustomerId,
    billingCycle: parsableBy(client, order.billingCycle),
    currencyCode: order.currencyCode,
    currencySymbol: order.isLegacy ? undefined : currencySymbol(order.currencyCode),
    lineItems: order.lineItems.map((line) => ({ ...line, links: productLinks(line, country) })),
    creationDate: timestamp(order.placedMs),
    status: order.status,
    transactionType: 'UserPurchase',
    links: {
      self: get(uri),
      provisioningStatus: order.isLegacy ? undefined : get(`${uri}/provisioningstatus`),
      patchOperation: get(uri, 'PATCH'),
    },
    client: {},
    attributes: { objectType: 'Order' },
  };
}

/** The body of a collection; `next` is the URI of the next page. */
export function collectionBody(items: readonly unknown[], uri: string, next?: string | undefined) {
  return {
    totalCount: items.length,
    items,
    links: { self: get(uri), ...(next ? { next: get(next) } : {}) },
    attributes: { objectType: 'Collection' },
  };
}

/** How far each line of an order is provisioned (docs/contract.md 13.8). */
export function provisioningItems(order: Order) {
  const status = order.status === 'completed' ? 'fulfilled' : 'unfulfilled';
  return order.lineItems.map(({ lineItemNumber, quantity }) => ({
    orderLineItemId: lineItemNumber,
    lineItemNumber,
    status,
    quantityProvisioningInformation: [{ quantity, status }],
  }));
}

/** Modern catalogue items have a product, a SKU and mostly an availability; legacy offers have no such pages. */
function productLinks({ offerId }: OrderLineItem, country: string) {
  const [product, sku, availability] = offerId.split(':');
  if (!sku) return {};
  const page = (path: string) => get(`/products/${path}?country=${country}`);
  return {
    product: page(`${product}`),
    sku: page(`${product}/skus/${sku}`),
    ...(availability ? { availability: page(`${product}/skus/${sku}/availabilities/${availability}`) } : {}),
  };
}

/** Symbols by currency code. Creating a formatter takes longer than the rest of an order's body, so each is made once. */
const symbols = new Map<string, string>();

function currencySymbol(code: string): string {
  const known = symbols.get(code);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency: code });
  const symbol = format.formatToParts(0).find(({ type }) => type === 'currency')?.value ?? code;
  symbols.set(code, symbol);
  return symbol;
}
