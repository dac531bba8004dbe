/**
 * Products, SKUs and availabilities of the catalogue (docs/contract.md 24), of a market and for a customer: what a
 * storefront reads before it creates a cart.
 */
import * as z from 'zod';
import type { Catalog, ProductFamily, Segment } from '../../shared/catalog/catalog.ts';
import {
  type CatalogFilter,
  findAvailability,
  findFamily,
  findSku,
  listAvailabilities,
  listFamilies,
  listSkus,
  type Sku,
} from '../../shared/catalog/families.ts';
import { type ApiError, apiError } from '../../shared/errors.ts';
import * as read from '../../shared/http/catalogParameters.ts';
import {
  availabilityBody,
  type CatalogDialect,
  productBody,
  productUri,
  skuBody,
  skuUri,
} from '../../shared/http/catalogResponse.ts';
import type { Client } from '../../shared/http/clients.ts';
import type { Policies } from '../../shared/http/context.ts';
import { collectionBody } from '../../shared/http/orderResponse.ts';
import { clientHeader, customerPath } from '../../shared/http/parameters.ts';
import { defineRoute, type Outcome, type Route } from '../../shared/http/route.ts';

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

export interface Asked {
  params: object;
  query: object;
  headers: { 'MS-PartnerCenter-Client': Client };
  policies: Pick<Policies, 'country' | 'rules'>;
}

/** What an endpoint works with: the catalogue, the market and the filter of the request. */
export interface Shelf {
  catalog: Catalog;
  filter: CatalogFilter;
  dialect: CatalogDialect;
  /** The query that continues the filter in the link of a list. */
  search: string;
}

/** Runs an endpoint on the catalogue; an error that explains how to configure one when there is none. */
export function onShelf({ query, headers, policies }: Asked, endpoint: (shelf: Shelf) => Outcome): Outcome {
  const { catalog } = policies.rules;
  if (!catalog) return noCatalog();
  const asked: { country?: string; targetSegment?: Segment; targetView?: string } = query;
  const { country = policies.country, targetSegment: segment, targetView } = asked;
  const [currency = policies.rules.currencyCode] = catalog.markets[country] ?? [];
  const search = new URLSearchParams({
    country,
    ...(targetView ? { targetView } : {}),
    ...(segment ? { targetSegment: segment } : {}),
  });
  return endpoint({
    catalog,
    filter: { country, segment },
    dialect: { client: headers['MS-PartnerCenter-Client'], country, currency },
    search: `?${search}`,
  });
}

const noCatalog = (): { error: ApiError } => ({
  error: apiError(
    'catalogMissing',
    'No catalogue is configured, so there are no products. Set CATALOG_FILE to a catalogue file; shared/catalog/sample.json is an example.',
  ),
});

function onFamily(
  { productId }: { productId: string },
  { catalog, filter }: Shelf,
  endpoint: (family: ProductFamily) => Outcome,
): Outcome {
  const family = findFamily(catalog, productId, filter);
  if (family) return endpoint(family);
  return { error: apiError('productNotFound', `Product ${productId} was not found in ${filter.country}.`) };
}

function onSku(
  params: { productId: string; skuId: string },
  shelf: Shelf,
  endpoint: (sku: Sku) => Outcome,
): Outcome {
  return onFamily(params, shelf, (family) => {
    const sku = findSku(shelf.catalog, family, params.skuId, shelf.filter);
    if (sku) return endpoint(sku);
    return { error: apiError('skuNotFound', `Product ${family.id} has no SKU ${params.skuId}.`) };
  });
}

const ok = (body: unknown): Outcome => ({ status: 200, body });

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
      endpoint: async (asked) =>
        onShelf(asked, ({ catalog, filter, dialect, search }) => {
          const families = listFamilies(catalog, asked.query.targetView, filter);
          return ok(
            collectionBody(
              families.map((family) => productBody(family, dialect)),
              `/products${search}`,
            ),
          );
        }),
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
      endpoint: async (asked) =>
        onShelf(asked, (shelf) =>
          onFamily(asked.params, shelf, (family) => ok(productBody(family, shelf.dialect))),
        ),
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
      endpoint: async (asked) =>
        onShelf(asked, (shelf) =>
          onFamily(asked.params, shelf, (family) => {
            const skus = listSkus(shelf.catalog, family, shelf.filter);
            const uri = `${productUri(family)}/skus${shelf.search}`;
            return ok(
              collectionBody(
                skus.map((one) => skuBody(one, shelf.dialect)),
                uri,
              ),
            );
          }),
        ),
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
      endpoint: async (asked) =>
        onShelf(asked, (shelf) => onSku(asked.params, shelf, (found) => ok(skuBody(found, shelf.dialect)))),
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
    endpoint: async (asked) =>
      onShelf(asked, (shelf) =>
        onSku(asked.params, shelf, (found) => {
          const { catalog, filter, dialect, search } = shelf;
          const bodies = listAvailabilities(catalog, found, filter).map((one) =>
            availabilityBody(one, dialect),
          );
          return ok(collectionBody(bodies, `${skuUri(found)}/availabilities${search}`));
        }),
      ),
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
    endpoint: async (asked) =>
      onShelf(asked, (shelf) =>
        onSku(asked.params, shelf, (found) => {
          const { availabilityId } = asked.params;
          const availability = findAvailability(shelf.catalog, found, availabilityId, shelf.filter);
          if (availability) return ok(availabilityBody(availability, shelf.dialect));
          const description = `SKU ${found.id} of product ${found.family.id} has no availability ${availabilityId}.`;
          return { error: apiError('availabilityNotFound', description) };
        }),
      ),
    docs: {
      tag: TAG,
      summary: `Read an availability ${of}`,
      answers: { 200: { when: 'The availability.', schema: 'Availability' } },
      errors: [...errors, ...NOT_FOUND.sku, 'availabilityNotFound'],
    },
  }),
];

export const productRoutes: Route[] = SCOPES.flatMap(routesOf);
