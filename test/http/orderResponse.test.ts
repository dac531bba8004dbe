/** The response of an order has exactly the members of the documentation samples (docs/contract.md 13.1). */
import { describe, expect, it, vi } from 'vitest';
import { clientOf } from '../../shared/http/clients.ts';
import {
  collectionBody,
  type OrderPages,
  orderBody,
  provisioningItems,
} from '../../shared/http/orderResponse.ts';
import type { Order } from '../../shared/orders/order.ts';
import { KEY, LEGACY, MODERN, NOW, placedOrder } from '../support/samples.ts';

const ORDER: Order = {
  ...placedOrder({ subscriptionIds: ['ebc0beef-7ffb-4044-c074-16f324432139', null], status: 'pending' }),
  tenant: KEY.tenant,
  cartId: KEY.cartId,
  referenceCustomerId: KEY.customer,
  billingCycle: 'monthly',
  currencyCode: 'USD',
  isLegacy: false,
  lineItems: [
    {
      lineItemNumber: 0,
      offerId: MODERN,
      subscriptionId: 'ebc0beef-7ffb-4044-c074-16f324432139',
      termDuration: 'P1M',
      transactionType: 'New',
      friendlyName: 'AI Builder Capacity add-on',
      quantity: 1,
    },
    {
      lineItemNumber: 1,
      offerId: 'CFQ7TTC0LFLS:0002',
      transactionType: 'New',
      quantity: 2,
      partnerIdOnRecord: '517285',
    },
  ],
};
const wire = (order: Partial<Order> = {}, country = 'US') =>
  JSON.parse(JSON.stringify(orderBody({ ...ORDER, ...order }, { client: clientOf(null), country })));
const get = (uri: string) => ({ uri, method: 'GET', headers: [] });
const uri = `/customers/${KEY.customer}/orders/f76c6b7f449d`;

it('An order response has the members of the documentation sample (docs/contract.md 13.1)', () => {
  expect(wire()).toEqual({
    id: 'f76c6b7f449d',
    alternateId: 'f76c6b7f449d',
    referenceCustomerId: KEY.customer,
    billingCycle: 'monthly',
    currencyCode: 'USD',
    currencySymbol: '$',
    lineItems: [
      {
        lineItemNumber: 0,
        offerId: MODERN,
        subscriptionId: 'ebc0beef-7ffb-4044-c074-16f324432139',
        termDuration: 'P1M',
        transactionType: 'New',
        friendlyName: 'AI Builder Capacity add-on',
        quantity: 1,
        links: {
          subscription: get(`/customers/${KEY.customer}/subscriptions/ebc0beef-7ffb-4044-c074-16f324432139`),
          product: get('/products/DG7GMGF0DWTL?country=US'),
          sku: get('/products/DG7GMGF0DWTL/skus/0001?country=US'),
          availability: get('/products/DG7GMGF0DWTL/skus/0001/availabilities/DG7GMGF0DSJB?country=US'),
        },
      },
      {
        lineItemNumber: 1,
        offerId: 'CFQ7TTC0LFLS:0002',
        transactionType: 'New',
        quantity: 2,
        partnerIdOnRecord: '517285',
        links: {
          product: get('/products/CFQ7TTC0LFLS?country=US'),
          sku: get('/products/CFQ7TTC0LFLS/skus/0002?country=US'),
        },
      },
    ],
    creationDate: '2026-03-15T17:15:02.3840000Z',
    status: 'pending',
    transactionType: 'UserPurchase',
    links: {
      self: get(uri),
      provisioningStatus: get(`${uri}/provisioningstatus`),
      patchOperation: { ...get(uri), method: 'PATCH' },
    },
    client: {},
    attributes: { objectType: 'Order' },
  });
});

it('An order response has no member that describes how the order is stored', () => {
  for (const name of ['tenant', 'cartId', 'orderId', 'placedMs', 'subscriptionIds', 'isLegacy']) {
    expect(wire()).not.toHaveProperty(name);
  }
});

it('A legacy order has no currency symbol, no link to the provisioning status and no product links', () => {
  const lineItems = [{ lineItemNumber: 0, offerId: LEGACY, transactionType: 'New' as const, quantity: 1 }];
  const order = wire({ isLegacy: true, lineItems });

  expect(order).not.toHaveProperty('currencySymbol');
  expect(order.links).not.toHaveProperty('provisioningStatus');
  expect(order.lineItems[0].links).toEqual({});
});

it.each([
  ['EUR', '€'],
  ['GBP', '£'],
  ['JPY', '¥'],
  ['CHF', 'CHF'],
  ['XYZ', 'XYZ'],
])('An order in %s has the currency symbol %s', (currencyCode, symbol) => {
  expect(wire({ currencyCode }).currencySymbol).toBe(symbol);
});

it('Orders of one currency share one currency formatter, because creating one is slow', () => {
  const formatter = vi.spyOn(Intl, 'NumberFormat');

  for (let n = 0; n < 3; n++) expect(wire({ currencyCode: 'SEK' }).currencySymbol).toBe('SEK');

  expect(formatter).toHaveBeenCalledOnce();
  formatter.mockRestore();
});

it('The product links of an order name the country of the market', () => {
  expect(wire({}, 'DE').lineItems[0].links.product.uri).toBe('/products/DG7GMGF0DWTL?country=DE');
});

it('Ids that a gateway or a caller chose are percent-encoded in links', () => {
  const [line] = ORDER.lineItems;
  if (!line) throw new Error('The sample has a line.');
  const lineItems = [{ ...line, offerId: 'a/b:c?d', subscriptionId: 's/../#1' }];

  const { links, lineItems: lines } = wire({ orderId: 'o/1?#', lineItems });

  expect(links.self.uri).toMatch(/\/orders\/o%2F1%3F%23$/);
  expect(lines[0].links).toMatchObject({
    sku: { uri: '/products/a%2Fb/skus/c%3Fd?country=US' },
    subscription: { uri: expect.stringMatching(/\/subscriptions\/s%2F\.\.%2F%231$/) },
  });
});

describe('Collections', () => {
  it('A collection has its number of items and a link to itself', () => {
    expect(collectionBody(['a', 'b'], '/customers/c/orders')).toEqual({
      totalCount: 2,
      items: ['a', 'b'],
      links: { self: get('/customers/c/orders') },
      attributes: { objectType: 'Collection' },
    });
  });
});

describe('The provisioning status', () => {
  it.each([
    ['completed', 'fulfilled'],
    ['pending', 'unfulfilled'],
  ])('Every line of a %s order is %s', (status, provisioned) => {
    expect(provisioningItems({ ...ORDER, status })).toEqual(
      [
        [0, 1],
        [1, 2],
      ].map(([n, quantity]) => ({
        orderLineItemId: n,
        lineItemNumber: n,
        status: provisioned,
        quantityProvisioningInformation: [{ quantity, status: provisioned }],
      })),
    );
  });
});

it('The creation date of an order is the time when it was placed', () => {
  expect(wire({ placedMs: NOW + 1 }).creationDate).toBe('2026-03-15T17:15:02.3850000Z');
});

describe('a line links to nothing that is not there', () => {
  const linksWith = (pages: OrderPages) => {
    const body = orderBody(ORDER, { client: clientOf(null), country: 'US', pages });
    return body.lineItems.map(({ links }) => Object.keys(links));
  };

  it.each<[string, OrderPages, string[][]]>([
    [
      'products of the catalogue, and subscriptions',
      { ofProduct: (id) => id === MODERN, ofSubscriptions: true },
      [['subscription', 'product', 'sku', 'availability'], []],
    ],
    ['nothing', { ofProduct: () => false, ofSubscriptions: false }, [[], []]],
    [
      'products only',
      { ofProduct: () => true, ofSubscriptions: false },
      [
        ['product', 'sku', 'availability'],
        ['product', 'sku'],
      ],
    ],
  ])('With pages of %s, a line links to no other page', (_, pages, expected) => {
    expect(linksWith(pages)).toEqual(expected);
  });
});
