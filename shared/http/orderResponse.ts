/** An order as the wire has it (docs/contract.md 13.1, 13.6). */
import type { Order, OrderLineItem } from '../orders/order.ts';
import { timestamp } from '../time.ts';
import { parsableBy } from './clientEnums.ts';
import type { Client } from './clients.ts';

/** A link, a GET by default. */
export const link = (uri: string, method = 'GET') => ({ uri, method, headers: [] });

/** The pages beside orders that this service has, so that every link that it returns resolves. */
export interface OrderPages {
  /** Whether there are pages of a catalog item. */
  ofProduct: (catalogItemId: string) => boolean;
  /** Whether there are pages of subscriptions. */
  ofSubscriptions: boolean;
}

/** How a client reads an order, and what its links may point to: everything, without `pages`. */
export interface OrderDialect {
  client: Pick<Client, 'unparsable'>;
  /** Market of product links, such as `US`. */
  country: string;
  pages?: OrderPages | undefined;
}

/** The body of an order, as the client can parse it. */
export function orderBody(order: Order, dialect: OrderDialect) {
  const { client } = dialect;
  const uri = `/customers/${order.referenceCustomerId}/orders/${encodeURIComponent(order.orderId)}`;
  return {
    id: order.orderId,
    alternateId: order.alternateId,
    referenceCustomerId: order.referenceCustomerId,
    billingCycle: parsableBy(client, order.billingCycle),
    currencyCode: order.currencyCode,
    currencySymbol: order.isLegacy ? undefined : currencySymbol(order.currencyCode),
    lineItems: order.lineItems.map((line) => ({ ...line, links: lineLinks(order, line, dialect) })),
    creationDate: timestamp(order.placedMs),
    status: order.status,
    transactionType: 'UserPurchase',
    links: {
      self: link(uri),
      provisioningStatus: order.isLegacy ? undefined : link(`${uri}/provisioningstatus`),
      patchOperation: link(uri, 'PATCH'),
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
    links: { self: link(uri), ...(next ? { next: link(next) } : {}) },
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

/** Links of a line to what exists (docs/contract.md 13.6): legacy offers have no product pages. */
export function lineLinks(
  { referenceCustomerId }: Order,
  { offerId, subscriptionId }: OrderLineItem,
  { country, pages }: OrderDialect,
) {
  const subscription =
    subscriptionId && (pages?.ofSubscriptions ?? true)
      ? {
          subscription: link(
            `/customers/${referenceCustomerId}/subscriptions/${encodeURIComponent(subscriptionId)}`,
          ),
        }
      : {};
  const [product, sku, availability] = offerId.split(':').map(encodeURIComponent);
  if (!sku || !(pages?.ofProduct(offerId) ?? true)) return subscription;
  const page = (path: string) => link(`/products/${path}?country=${country}`);
  return {
    ...subscription,
    product: page(`${product}`),
    sku: page(`${product}/skus/${sku}`),
    ...(availability ? { availability: page(`${product}/skus/${sku}/availabilities/${availability}`) } : {}),
  };
}

/** Symbols by currency code. Creating a formatter takes longer than the rest of an order's body, so each is made once. */
const symbols = new Map<string, string>();

/** The symbol of a currency, such as `$`; its code when it has none. */
export function currencySymbol(code: string): string {
  const known = symbols.get(code);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency: code });
  const symbol = format.formatToParts(0).find(({ type }) => type === 'currency')?.value ?? code;
  symbols.set(code, symbol);
  return symbol;
}
