/**
 * The pages of the catalogue (docs/contract.md 24): what the product routes and the inventory check return. Loaded with
 * the first request for one.
 */
import type { Catalog, ProductFamily, Segment, TargetView } from '../catalog/catalog.ts';
import {
  type CatalogFilter,
  findAvailability,
  findFamily,
  findSku,
  listAvailabilities,
  listFamilies,
  listSkus,
  type Sku,
} from '../catalog/families.ts';
import { type ApiError, apiError } from '../errors.ts';
import {
  availabilityBody,
  type CatalogDialect,
  productBody,
  productUri,
  skuBody,
  skuUri,
} from './catalogResponse.ts';
import type { Client } from './clients.ts';
import type { Policies } from './context.ts';
import type { InventoryRequest } from './inventoryRequest.ts';
import { collectionBody } from './orderResponse.ts';
import type { Outcome } from './route.ts';

export interface Asked {
  params: object;
  query: object;
  headers: { 'MS-PartnerCenter-Client': Client };
  policies: Pick<Policies, 'country' | 'rules'>;
}

/** What an endpoint works with: the catalogue, the market and the filter of the request. */
interface Shelf {
  catalog: Catalog;
  filter: CatalogFilter;
  dialect: CatalogDialect;
  /** The query that continues the filter in the link of a list. */
  search: string;
}

/** Runs an endpoint on the catalogue; an error that explains how to configure one when there is none. */
function onShelf({ query, headers, policies }: Asked, endpoint: (shelf: Shelf) => Outcome): Outcome {
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

/** A request about a product, or about a SKU or an availability of it. */
type AskedProduct = Asked & { params: { productId: string } };
type AskedSku = Asked & { params: { productId: string; skuId: string } };
type AskedAvailability = Asked & { params: { productId: string; skuId: string; availabilityId: string } };

/** The products of a view. */
export const productsPage = (asked: Asked & { query: { targetView: TargetView } }): Outcome =>
  onShelf(asked, ({ catalog, filter, dialect, search }) => {
    const families = listFamilies(catalog, asked.query.targetView, filter);
    const bodies = families.map((family) => productBody(family, dialect));
    return ok(collectionBody(bodies, `/products${search}`));
  });

/** A product. */
export const productPage = (asked: AskedProduct): Outcome =>
  onShelf(asked, (shelf) =>
    onFamily(asked.params, shelf, (family) => ok(productBody(family, shelf.dialect))),
  );

/** The SKUs of a product. */
export const skusPage = (asked: AskedProduct): Outcome =>
  onShelf(asked, (shelf) =>
    onFamily(asked.params, shelf, (family) => {
      const bodies = listSkus(shelf.catalog, family, shelf.filter).map((one) => skuBody(one, shelf.dialect));
      return ok(collectionBody(bodies, `${productUri(family)}/skus${shelf.search}`));
    }),
  );

/** A SKU. */
export const skuPage = (asked: AskedSku): Outcome =>
  onShelf(asked, (shelf) => onSku(asked.params, shelf, (found) => ok(skuBody(found, shelf.dialect))));

/** The availabilities of a SKU. */
export const availabilitiesPage = (asked: AskedSku): Outcome =>
  onShelf(asked, (shelf) =>
    onSku(asked.params, shelf, (found) => {
      const { catalog, filter, dialect, search } = shelf;
      const bodies = listAvailabilities(catalog, found, filter).map((one) => availabilityBody(one, dialect));
      return ok(collectionBody(bodies, `${skuUri(found)}/availabilities${search}`));
    }),
  );

/** An availability. */
export const availabilityPage = (asked: AskedAvailability): Outcome =>
  onShelf(asked, (shelf) =>
    onSku(asked.params, shelf, (found) => {
      const { availabilityId } = asked.params;
      const availability = findAvailability(shelf.catalog, found, availabilityId, shelf.filter);
      if (availability) return ok(availabilityBody(availability, shelf.dialect));
      const description = `SKU ${found.id} of product ${found.family.id} has no availability ${availabilityId}.`;
      return { error: apiError('availabilityNotFound', description) };
    }),
  );

/** The inventory of products: a list, not a collection, without what does not exist, because SDKs read nothing else. */
export const inventoryPage = (asked: Asked & { body: InventoryRequest }): Outcome =>
  onShelf(asked, ({ catalog, filter }) =>
    ok(
      asked.body.targetItems.flatMap(({ productId, skuId }) => {
        const family = findFamily(catalog, productId, filter);
        const skus = family ? listSkus(catalog, family, filter) : [];
        return skus
          .filter(({ id }) => skuId === undefined || id === skuId.toUpperCase())
          .map(({ id }) => ({ productId: family?.id, skuId: id, isRestricted: false, restrictions: [] }));
      }),
    ),
  );
