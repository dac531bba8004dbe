/** Examples of what lies beside carts: products of the sample catalogue, new orders and subscriptions. */

const link = (uri: string) => ({ uri, method: 'GET', headers: [] });
const PRODUCT = '/products/CFQ7TTC0LH16';
const SKU = `${PRODUCT}/skus/0001`;
const AVAILABILITY = `${SKU}/availabilities/CFQ7TTC0K971`;

const product = {
  id: 'CFQ7TTC0LH16',
  title: 'Microsoft 365 Business Basic',
  description: 'Microsoft 365 Business Basic',
  productType: { id: 'OnlineServicesNCE', displayName: 'OnlineServicesNCE' },
  isMicrosoftProduct: true,
  publisherName: 'Microsoft Corporation',
  links: { skus: link(`${PRODUCT}/skus?country=US`), self: link(`${PRODUCT}?country=US`) },
};

const sku = {
  id: '0001',
  productId: 'CFQ7TTC0LH16',
  title: 'Microsoft 365 Business Basic',
  description: 'Microsoft 365 Business Basic',
  minimumQuantity: 1,
  maximumQuantity: 300,
  isTrial: false,
  supportedBillingCycles: ['monthly', 'annual'],
  purchasePrerequisites: [],
  inventoryVariables: [],
  provisioningVariables: [],
  dynamicAttributes: { isMicrosoftProduct: true, isAddon: false },
  links: { availabilities: link(`${SKU}/availabilities?country=US`), self: link(`${SKU}?country=US`) },
};

const availability = {
  id: 'CFQ7TTC0K971',
  productId: 'CFQ7TTC0LH16',
  skuId: '0001',
  catalogItemId: 'CFQ7TTC0LH16:0001:CFQ7TTC0K971',
  defaultCurrency: { code: 'USD', symbol: '$' },
  segment: 'commercial',
  country: 'US',
  isPurchasable: true,
  isRenewable: false,
  renewalInstructions: [],
  terms: [
    { duration: 'P1Y', description: '1 year, billed monthly', billingCycle: 'Monthly' },
    { duration: 'P1M', description: '1 month, billed monthly', billingCycle: 'Monthly' },
    { duration: 'P1Y', description: '1 year, billed annually', billingCycle: 'Annual' },
  ],
  product,
  sku,
  links: { self: link(`${AVAILABILITY}?country=US`) },
};

const CUSTOMER = '/customers/d6bf25b7-e0a8-4f2d-a31b-97b55cfc774d';
const ORDER = `${CUSTOMER}/orders/bfb6d09a01a4`;
const SUBSCRIPTION = 'bfb6d09a-01a4-8000-8b78-cae1b2811fec';

const subscription = {
  id: SUBSCRIPTION,
  orderId: 'bfb6d09a01a4',
  offerId: 'CFQ7TTC0LH16:0001:CFQ7TTC0K971',
  offerName: 'Microsoft 365 Business Basic',
  friendlyName: 'Microsoft 365 Business Basic',
  quantity: 5,
  unitType: 'Licenses',
  creationDate: '2026-03-15T17:16:05.0520000Z',
  effectiveStartDate: '2026-03-15T17:16:05.0520000Z',
  commitmentEndDate: '2027-03-15T17:16:05.0520000Z',
  commitmentEndDateTime: '2027-03-15T17:16:05.0520000Z',
  status: 'active',
  autoRenewEnabled: false,
  isTrial: false,
  billingType: 'license',
  billingCycle: 'monthly',
  termDuration: 'P1Y',
  partnerId: '5357564',
  contractType: 'subscription',
  hasPurchasableAddons: false,
  links: {
    self: link(`${CUSTOMER}/subscriptions/${SUBSCRIPTION}`),
    product: link(`${PRODUCT}?country=US`),
    sku: link(`${SKU}?country=US`),
    availability: link(`${AVAILABILITY}?country=US`),
  },
  attributes: { objectType: 'Subscription' },
};

const collection = (item: object, uri: string) => ({
  totalCount: 1,
  items: [item],
  links: { self: link(uri) },
  attributes: { objectType: 'Collection' },
});

export const CATALOG_EXAMPLES = {
  NewOrderRequest: {
    billingCycle: 'monthly',
    currencyCode: 'USD',
    lineItems: [
      { lineItemNumber: 0, offerId: 'CFQ7TTC0LH16:0001:CFQ7TTC0K971', quantity: 5, termDuration: 'P1Y' },
    ],
  },
  OrderPatch: { status: 'cancelled' },
  NoEntries: {
    totalCount: 0,
    items: [],
    links: { self: link(`${ORDER}/activationlinks`) },
    attributes: { objectType: 'Collection' },
  },
  Subscription: subscription,
  Subscriptions: collection(subscription, `${CUSTOMER}/subscriptions`),
  SubscriptionProvisioning: {
    status: 'success',
    quantity: 5,
    endDate: '2027-03-15T17:16:05.0520000Z',
    attributes: { objectType: 'SubscriptionProvisioningStatus' },
  },
  Product: product,
  Products: collection(product, '/products?country=US&targetView=OnlineServices'),
  Sku: sku,
  Skus: collection(sku, `${PRODUCT}/skus?country=US`),
  Availability: availability,
  Availabilities: collection(availability, `${SKU}/availabilities?country=US`),
  InventoryRequest: { targetItems: [{ productId: 'CFQ7TTC0LH16', skuId: '0001' }] },
  Inventory: [{ productId: 'CFQ7TTC0LH16', skuId: '0001', isRestricted: false, restrictions: [] }],
};
