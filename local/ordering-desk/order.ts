/**
 * Builds the Order resource that Partner Center returns for an order request. Pure: ids and the time are arguments.
 * Members of the request that the desk does not know are returned unchanged.
 */
import * as z from 'zod';
import { link } from './products.ts';

const lineRequest = z.looseObject({
  lineItemNumber: z.int().min(0),
  offerId: z.string().min(1),
  quantity: z.int().min(1),
});

/** SDKs write names in Pascal case, enumerations in any spelling, and null for what is absent. */
export const orderRequest = z.preprocess(
  (body) => {
    const order = camelCased(body);
    if (typeof order !== 'object' || order === null || Array.isArray(order)) return order;
    const { billingCycle, currencyCode = 'USD', ...rest } = order as Record<string, unknown>;
    const cycle = typeof billingCycle === 'string' ? snakeCased(billingCycle) : billingCycle;
    return { ...rest, billingCycle: cycle === 'unknown' ? 'one_time' : cycle, currencyCode };
  },
  z.looseObject({
    referenceCustomerId: z.string().optional(),
    billingCycle: z.string().min(1),
    currencyCode: z.string().length(3),
    lineItems: z.array(lineRequest).min(1),
  }),
);

function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== 'object' || value === null) return value;
  const present = Object.entries(value).filter(([, of]) => of !== null);
  return Object.fromEntries(
    present.map(([name, of]) => [name.charAt(0).toLowerCase() + name.slice(1), camelCased(of)]),
  );
}

const snakeCased = (name: string): string => name.replace(/(?<=[a-z])[A-Z]/g, '_$&').toLowerCase();

export type OrderRequest = z.output<typeof orderRequest>;
type LineRequest = z.output<typeof lineRequest>;

export interface OrderLine extends LineRequest {
  subscriptionId?: string;
}

export interface Order extends OrderRequest {
  id: string;
  creationDate: string;
  status: string;
  lineItems: OrderLine[];
}

export interface OrderContext {
  readonly customer: string;
  /** 12 lower-case hex digits. */
  readonly orderId: string;
  readonly atMs: number;
  newSubscriptionId(): string;
}

const recurringCycles = new Set(['monthly', 'annual', 'triennial', 'biennial']);
const currencySymbols: Record<string, string> = { USD: '$', EUR: '€', GBP: '£' };

/** The completed order for a request. Lines with a recurring billing cycle get a subscription id. */
export function makeOrder(request: OrderRequest, context: OrderContext): Order {
  const { customer, orderId, atMs, newSubscriptionId } = context;
  const symbol = currencySymbols[request.currencyCode];
  const self = `/customers/${customer}/orders/${orderId}`;
  return {
    ...request,
    id: orderId,
    alternateId: orderId,
    referenceCustomerId: customer,
    ...(symbol !== undefined && { currencySymbol: symbol }),
    lineItems: request.lineItems.map((line) => {
      const subscriptionId = recurringCycles.has(request.billingCycle) ? newSubscriptionId() : undefined;
      const subscription = subscriptionId && link(`/customers/${customer}/subscriptions/${subscriptionId}`);
      return {
        ...line,
        transactionType: 'New',
        ...(subscriptionId !== undefined && { subscriptionId }),
        links: { ...(subscription && { subscription }), ...lineLinks(line.offerId) },
      };
    }),
    // Partner Center writes timestamps with seven fractional digits.
    creationDate: new Date(atMs).toISOString().replace('Z', '0000Z'),
    status: 'completed',
    transactionType: 'UserPurchase',
    links: {
      self: link(self),
      provisioningStatus: link(`${self}/provisioningstatus`),
      patchOperation: link(self, 'PATCH'),
    },
    client: {},
    attributes: { objectType: 'Order' },
  };
}

/** A modern offer id names product, SKU and availability; a legacy offer id does not, and has no links. */
function lineLinks(offerId: string): Record<string, unknown> {
  const [product, sku, availability] = offerId.split(':');
  if (!product || !sku || !availability) return {};
  const base = `/products/${product}`;
  return {
    product: link(`${base}?country=US`),
    sku: link(`${base}/skus/${sku}?country=US`),
    availability: link(`${base}/skus/${sku}/availabilities/${availability}?country=US`),
  };
}
