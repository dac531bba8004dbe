/** A bulk order as examples: two items, of which one has succeeded and one has failed. Taken from what the running service answered, and held against it by the tests. */

const CUSTOMER = 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d';
const CART = 'cdfb7e24-9d35-8a41-b0b4-1f7a52c3d890';
const OTHER_CART = 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605';
const BULK = '/bulkorders/1c2f4a66-0d9e-8b1a-b7a3-5e2d90c4f811';

const link = (uri: string, method = 'GET') => ({ uri, method, headers: [] });

const newCart = {
  reference: 'PO-2001',
  customerId: CUSTOMER,
  cart: {
    lineItems: [
      {
        catalogItemId: 'CFQ7TTC0LFLS:0002:CFQ7TTC0KDLJ',
        quantity: 5,
        billingCycle: 'monthly',
        termDuration: 'P1Y',
      },
    ],
  },
};
const knownCart = { reference: 'PO-2002', customerId: CUSTOMER, cartId: OTHER_CART };

const bulkOrder = {
  id: '1c2f4a66-0d9e-8b1a-b7a3-5e2d90c4f811',
  reference: 'March renewals',
  state: 'completed',
  errorPolicy: 'continue',
  repeats: 'order',
  createdTimestamp: '2026-03-15T17:15:02.3840000Z',
  startedTimestamp: '2026-03-15T17:15:02.3840000Z',
  endedTimestamp: '2026-03-15T17:15:03.1130000Z',
  counts: {
    total: 2,
    waiting: 0,
    running: 0,
    succeeded: 1,
    alreadyOrdered: 0,
    failed: 1,
    cancelled: 0,
    rejected: 0,
  },
  ratePerMinute: 164.6,
  links: {
    self: link(BULK),
    items: link(`${BULK}/items`),
    csv: link(`${BULK}/items.csv`),
    cancel: link(`${BULK}/cancel`, 'POST'),
    retry: link(`${BULK}/retry`, 'POST'),
  },
  attributes: { objectType: 'BulkOrder' },
};

const itemOf = (index: number, reference: string, cartId: string) => ({
  index,
  reference,
  customerId: CUSTOMER,
  cartId,
  startedTimestamp: '2026-03-15T17:15:02.7120000Z',
  endedTimestamp: '2026-03-15T17:15:03.0210000Z',
  links: { cart: link(`/customers/${CUSTOMER}/carts/${cartId}`) },
  attributes: { objectType: 'BulkOrderItem' },
});

const bulkItems = [
  {
    ...itemOf(0, 'PO-2001', CART),
    state: 'succeeded',
    orders: [{ id: 'bfb6d09a01a4', orderGroupId: '0' }],
    errors: [],
  },
  {
    ...itemOf(1, 'PO-2002', OTHER_CART),
    links: {},
    state: 'failed',
    orders: [],
    errors: [{ code: '800008', description: `Cart ${OTHER_CART} was not found.` }],
  },
];

const page = (items: readonly unknown[], uri: string) => ({
  items,
  links: { self: link(uri) },
  attributes: { objectType: 'Collection' },
});

export const BULK_EXAMPLES = {
  BulkRequest: { reference: 'March renewals', errorPolicy: 'continue', items: [newCart, knownCart] },
  BulkItemRequest: newCart,
  BulkRetryRequest: { states: ['failed'] },
  BulkOrder: bulkOrder,
  BulkOrders: page([bulkOrder], '/bulkorders'),
  BulkItems: page(bulkItems, `${BULK}/items`),
  Csv: [
    'index,reference,customerId,cartId,state,orders,errorCode,error',
    `0,PO-2001,${CUSTOMER},${CART},succeeded,bfb6d09a01a4,,`,
    `1,PO-2002,${CUSTOMER},${OTHER_CART},failed,,800008,Cart ${OTHER_CART} was not found.`,
    '',
  ].join('\r\n'),
} as const;
