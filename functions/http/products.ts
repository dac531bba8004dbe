/**
 * Products, SKUs and availabilities of the catalogue (docs/contract.md 24), of a market and for a customer: what a
 * storefront reads before it creates a cart.
 */
import * as z from 'zod';
import * as read from '../../shared/http/catalogParameters.ts';
import { clientHeader, customerPath } from '../../shared/http/parameters.ts';
import { defineRoute, type Route } from '../../shared/http/route.ts';

/** What the routes of a market and those of a customer read. */
const SCOPES = [
  {
    base: 'products',
    nameOf: (name: string) => name,
    of: 'of a market',
    list: z.object({}),
    product: read.productPath,
    sku: read.skuPath,
    availability: read.availabilityPath,
    query: read.marketQuery,
    listQuery: read.marketListQuery,
    productsQuery: read.marketProductsQuery,
    errors: ['invalidInput'],
  },
  {
    base: 'customers/{customerId}/products',
    nameOf: (name: string) => name.replace(/^(get|list)/, '$1Customer'),
    of: 'for a customer',
    list: customerPath,
    product: read.customerProductPath,
    sku: read.customerSkuPath,
    availability: read.customerAvailabilityPath,
    query: z.object({}),
    listQuery: read.customerListQuery,
    productsQuery: read.customerProductsQuery,
    errors: ['customerIdInvalid'],
  },
] as const;

/** Loaded with the first request for a page of the catalogue. */
export const catalogPages = () => import('../../shared/http/catalogPages.ts');

const TAG = 'Products';
const NOT_FOUND = { product: ['productNotFound'], sku: ['productNotFound', 'skuNotFound'] } as const;

const routesOf = (scope: (typeof SCOPES)[number]): Route[] => {
  const { base, nameOf, of } = scope;
  const shared = { method: 'GET', access: 'read', isPartnerCenters: true, headers: clientHeader } as const;
  const one = `${base}/{productId}`;
  const sku = `${one}/skus/{skuId}`;
  const errors = [...scope.errors, 'catalogMissing'] as const;
  return [
    defineRoute({
      ...shared,
      name: nameOf('listProducts'),
      path: base,
      params: scope.list,
      query: scope.productsQuery,
      endpoint: async (asked) => (await catalogPages()).productsPage(asked),
      docs: {
        tag: TAG,
        summary: `List products ${of}`,
        description: 'The products of a view that the catalogue sells.',
        answers: { 200: { when: 'The products.', schema: 'Products' } },
        errors,
      },
    }),
    defineRoute({
      ...shared,
      name: nameOf('getProduct'),
      path: one,
      params: scope.product,
      query: scope.query,
      endpoint: async (asked) => (await catalogPages()).productPage(asked),
      docs: {
        tag: TAG,
        summary: `Read a product ${of}`,
        answers: { 200: { when: 'The product.', schema: 'Product' } },
        errors: [...errors, ...NOT_FOUND.product],
      },
    }),
    defineRoute({
      ...shared,
      name: nameOf('listSkus'),
      path: `${one}/skus`,
      params: scope.product,
      query: scope.listQuery,
      endpoint: async (asked) => (await catalogPages()).skusPage(asked),
      docs: {
        tag: TAG,
        summary: `List the SKUs of a product ${of}`,
        answers: { 200: { when: 'The SKUs.', schema: 'Skus' } },
        errors: [...errors, ...NOT_FOUND.product],
      },
    }),
    defineRoute({
      ...shared,
      name: nameOf('getSku'),
      path: sku,
      params: scope.sku,
      query: scope.query,
      endpoint: async (asked) => (await catalogPages()).skuPage(asked),
      docs: {
        tag: TAG,
        summary: `Read a SKU ${of}`,
        answers: { 200: { when: 'The SKU.', schema: 'Sku' } },
        errors: [...errors, ...NOT_FOUND.sku],
      },
    }),
    ...availabilityRoutesOf(scope, { shared, sku, errors }),
  ];
};

interface Given {
  shared: {
    readonly method: 'GET';
    readonly access: 'read';
    readonly isPartnerCenters: true;
    readonly headers: typeof clientHeader;
  };
  sku: string;
  errors: readonly ('invalidInput' | 'customerIdInvalid' | 'catalogMissing')[];
}

const availabilityRoutesOf = (
  { nameOf, of, ...scope }: (typeof SCOPES)[number],
  { shared, sku, errors }: Given,
): Route[] => [
  defineRoute({
    ...shared,
    name: nameOf('listAvailabilities'),
    path: `${sku}/availabilities`,
    params: scope.sku,
    query: scope.listQuery,
    endpoint: async (asked) => (await catalogPages()).availabilitiesPage(asked),
    docs: {
      tag: TAG,
      summary: `List the availabilities of a SKU ${of}`,
      description:
        'Each has the `catalogItemId` that a line item of a cart needs. Without `targetSegment`, those of the segment `nonprofit` are left out.',
      answers: { 200: { when: 'The availabilities.', schema: 'Availabilities' } },
      errors: [...errors, ...NOT_FOUND.sku],
    },
  }),
  defineRoute({
    ...shared,
    name: nameOf('getAvailability'),
    path: `${sku}/availabilities/{availabilityId}`,
    params: scope.availability,
    query: scope.query,
    endpoint: async (asked) => (await catalogPages()).availabilityPage(asked),
    docs: {
      tag: TAG,
      summary: `Read an availability ${of}`,
      answers: { 200: { when: 'The availability.', schema: 'Availability' } },
      errors: [...errors, ...NOT_FOUND.sku, 'availabilityNotFound'],
    },
  }),
];

export const productRoutes: Route[] = SCOPES.flatMap(routesOf);
