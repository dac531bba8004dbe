/**
 * One story as examples: a cart of two order groups, its checkout, the orders. Taken from what the running
 * service answered, and held against it by the tests: they send the request below and compare the shapes.
 */
import { BULK_EXAMPLES } from './bulkExamples.ts';
import { CATALOG_EXAMPLES } from './catalogExamples.ts';
import { ERASURE_EXAMPLES } from './erasureSchemas.ts';
import type { SchemaName } from './schemas.ts';
import { WEBHOOK_EXAMPLES } from './webhookExamples.ts';

const CUSTOMER = '/customers/d6bf25b7-e0a8-4f2d-a31b-97b55cfc774d';
const CART = `${CUSTOMER}/carts/b4c8fdea-cbe4-4d17-9576-13fcacbf9605`;

const link = (uri: string, method = 'GET') => ({ uri, method, headers: [] });

const reservation = {
  catalogItemId: 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB',
  friendlyName: 'A_sample_Azure_RI',
  quantity: 2,
  billingCycle: 'one_time',
  provisioningContext: {
    subscriptionId: '3f2e1d0c-7b6a-4958-8c47-36251403f2e1',
    scope: 'shared',
    duration: '1Year',
  },
};

const seats = {
  catalogItemId: 'CFQ7TTC0LFLS:0002:CFQ7TTC0KDLJ',
  friendlyName: 'Azure Active Directory Premium P1',
  quantity: 5,
  billingCycle: 'monthly',
  termDuration: 'P1Y',
  participants: [{ key: 'transaction_reseller', value: '5357564' }],
};

const cart = {
  id: 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605',
  creationTimestamp: '2026-03-15T17:15:02.3840000Z',
  lastModifiedTimestamp: '2026-03-15T17:15:02.3840000Z',
  expirationTimestamp: '2026-03-22T17:15:02.3840000Z',
  lastModifiedUser: '2713ccd7-ea3b-470a-9cfb-451d5d0482cc',
  status: 'Active',
  lineItems: [
    { id: 0, ...reservation, currencyCode: 'USD', orderGroup: '0' },
    { id: 1, ...seats, currencyCode: 'USD', orderGroup: '1' },
  ],
  links: { self: link(CART) },
  attributes: { objectType: 'Cart', etag: 'W/"datetime\'2026-03-15T17%3A15%3A02.4284574Z\'"' },
};

const orderOf = (id: string, billingCycle: string, creationDate: string, line: Record<string, unknown>) => ({
  id,
  alternateId: id,
  referenceCustomerId: 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d',
  billingCycle,
  currencyCode: 'USD',
  currencySymbol: '$',
  lineItems: [{ lineItemNumber: 0, transactionType: 'New', ...line }],
  creationDate,
  status: 'completed',
  transactionType: 'UserPurchase',
  links: {
    self: link(`${CUSTOMER}/orders/${id}`),
    provisioningStatus: link(`${CUSTOMER}/orders/${id}/provisioningstatus`),
    patchOperation: link(`${CUSTOMER}/orders/${id}`, 'PATCH'),
  },
  client: {},
  attributes: { objectType: 'Order' },
});

const productLinks = (product: string, sku: string, availability: string) => ({
  product: link(`/products/${product}?country=US`),
  sku: link(`/products/${product}/skus/${sku}?country=US`),
  availability: link(`/products/${product}/skus/${sku}/availabilities/${availability}?country=US`),
});

const reservationOrder = orderOf('402d38b9a08b', 'one_time', '2026-03-15T17:16:03.0090000Z', {
  offerId: reservation.catalogItemId,
  termDuration: 'P1Y',
  friendlyName: reservation.friendlyName,
  quantity: 2,
  provisioningContext: reservation.provisioningContext,
  links: productLinks('DG7GMGF0DWTL', '0001', 'DG7GMGF0DSJB'),
});

const seatsOrder = orderOf('bfb6d09a01a4', 'monthly', '2026-03-15T17:16:05.0520000Z', {
  offerId: seats.catalogItemId,
  termDuration: 'P1Y',
  friendlyName: seats.friendlyName,
  quantity: 5,
  partnerIdOnRecord: '5357564',
  subscriptionId: 'bd19997e-4c59-4a82-b78b-cae1b2811fec',
  links: productLinks('CFQ7TTC0LFLS', '0002', 'CFQ7TTC0KDLJ'),
});

const collection = (items: object[], uri: string) => ({
  totalCount: items.length,
  items,
  links: { self: link(uri) },
  attributes: { objectType: 'Collection' },
});

/** An example by the schema that it is one of. */
export const EXAMPLES = {
  CartRequest: { lineItems: [reservation, seats] },
  Cart: cart,
  CheckoutResult: {
    orders: [reservationOrder, seatsOrder],
    orderErrors: [],
    attributes: { objectType: 'CartCheckoutResult' },
  },
  /** Waits for its second attempt: the monthly order group has been turned away once. */
  CheckoutProgress: {
    id: '9b17c90f-bd78-8f49-9548-844b059d3f63',
    status: 'running',
    cartStatus: 'Active',
    attempts: 1,
    nextAttemptTimestamp: '2026-03-15T17:16:05.0340000Z',
    startedTimestamp: '2026-03-15T17:16:02.7680000Z',
    lastError: { code: '800005', description: 'The ordering service answered 503.' },
    orders: [reservationOrder],
    orderErrors: [],
    links: { self: link(`${CART}/checkout`), cart: link(CART) },
    attributes: { objectType: 'CartCheckout' },
  },
  Order: seatsOrder,
  Orders: collection([reservationOrder, seatsOrder], `${CUSTOMER}/orders`),
  ProvisioningStatuses: collection(
    [
      {
        orderLineItemId: 0,
        lineItemNumber: 0,
        status: 'fulfilled',
        quantityProvisioningInformation: [{ quantity: 5, status: 'fulfilled' }],
      },
    ],
    `${CUSTOMER}/orders/bfb6d09a01a4/provisioningstatus`,
  ),
  ...CATALOG_EXAMPLES,
  ...BULK_EXAMPLES,
  ...WEBHOOK_EXAMPLES,
  ...ERASURE_EXAMPLES,
  Health: { status: 'healthy' },
  Readiness: { status: 'ready' },
} as const satisfies Partial<Record<SchemaName, unknown>>;
