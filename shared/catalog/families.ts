/**
 * The catalog as Partner Center's product routes show it: families, SKUs and availabilities (docs/contract.md 24). A
 * product of the catalog is a SKU, or one availability of it. Legacy offers have no family. Pure.
 */
import { digestHex } from '../ids.ts';
import {
  type AvailabilityEntry,
  type Catalog,
  type Product,
  type ProductFamily,
  productKey,
  type Segment,
  TARGET_VIEWS,
  type TargetView,
} from './catalog.ts';

/** A SKU, and the products of the catalog that it consists of: one for all availabilities, or one for each. */
export interface Sku {
  family: ProductFamily;
  /** The second part of a catalog item id. */
  id: string;
  products: readonly [Product, ...Product[]];
}

/** An availability of a SKU. */
export interface Availability {
  sku: Sku;
  product: Product;
  entry: AvailabilityEntry;
}

/** What the product routes can filter by. */
export interface CatalogFilter {
  /** The market (ISO 3166). */
  country: string;
  segment?: Segment | undefined;
}

const OTHER_FAMILY = {
  productType: { id: 'OnlineServicesNCE', displayName: 'OnlineServicesNCE' },
  isMicrosoftProduct: true,
  views: ['OnlineServices'],
} as const satisfies Partial<ProductFamily>;

const partsOf = ({ id }: Product): string[] => productKey(id).split(':');

/** The families of these products, in the order of the file; one that is not described has the title of its first SKU. */
export function familiesOf(
  products: readonly Product[],
  described: readonly ProductFamily[],
): Map<string, ProductFamily> {
  const descriptions = new Map(described.map((family) => [productKey(family.id), family]));
  const families = new Map<string, ProductFamily>();
  for (const product of products) {
    const [id = '', sku] = partsOf(product);
    if (sku === undefined || families.has(id)) continue;
    const { title, description } = product;
    families.set(id, descriptions.get(id) ?? { ...OTHER_FAMILY, id, title, description });
  }
  return families;
}

/** The families of a view that are sold in a market, to a segment if one is given. */
export const listFamilies = (catalog: Catalog, view: TargetView, filter: CatalogFilter): ProductFamily[] => {
  const views: readonly string[] = [view, ...TARGET_VIEWS[view]];
  return [...catalog.families.values()].filter(
    (family) =>
      family.views.some((one) => views.includes(one)) && listSkus(catalog, family, filter).length > 0,
  );
};

/** A family that is sold in a market. */
export function findFamily(
  catalog: Catalog,
  id: string,
  { country }: CatalogFilter,
): ProductFamily | undefined {
  const family = catalog.families.get(productKey(id));
  return family && listSkus(catalog, family, { country }).length > 0 ? family : undefined;
}

/** The SKUs of a family that are sold in a market, to a segment if one is given. */
export const listSkus = (catalog: Catalog, family: ProductFamily, filter: CatalogFilter): Sku[] =>
  (skusByFamily(catalog).get(productKey(family.id)) ?? []).filter((sku) =>
    availabilitiesOf(sku).some(({ entry }) => isOffered(catalog, entry, filter)),
  );

/** Built once per catalog: every link of an order line is looked up in it. */
const indexes = new WeakMap<Catalog, ReadonlyMap<string, readonly Sku[]>>();

function skusByFamily(catalog: Catalog): ReadonlyMap<string, readonly Sku[]> {
  const built = indexes.get(catalog);
  if (built) return built;
  const bySku = new Map<string, [Product, ...Product[]]>();
  for (const product of catalog.products.values()) {
    const [id, sku] = partsOf(product);
    if (sku === undefined) continue;
    const known = bySku.get(`${id}:${sku}`);
    if (known) known.push(product);
    else bySku.set(`${id}:${sku}`, [product]);
  }
  const index = new Map<string, Sku[]>();
  for (const [key, products] of bySku) {
    const [familyId = '', id = ''] = key.split(':');
    const family = catalog.families.get(familyId);
    if (family) index.set(familyId, [...(index.get(familyId) ?? []), { family, id, products }]);
  }
  indexes.set(catalog, index);
  return index;
}

/** A SKU of a family that is sold in a market. */
export const findSku = (
  catalog: Catalog,
  family: ProductFamily,
  id: string,
  { country }: CatalogFilter,
): Sku | undefined => listSkus(catalog, family, { country }).find((sku) => sku.id === productKey(id));

/** The availabilities of a SKU in a market, of a segment; without one, of every segment but `nonprofit`. */
export const listAvailabilities = (
  catalog: Catalog,
  sku: Sku,
  { country, segment }: CatalogFilter,
): Availability[] =>
  availabilitiesOf(sku).filter(
    ({ entry }) =>
      isOffered(catalog, entry, { country, segment }) && (segment || entry.segment !== 'nonprofit'),
  );

const AVAILABILITY_ID = /^[A-Z0-9]{12}$/;

/** An availability of a SKU in a market: one that is listed, or any where the SKU lists none. */
export function findAvailability(
  catalog: Catalog,
  sku: Sku,
  id: string,
  { country }: CatalogFilter,
): Availability | undefined {
  const key = productKey(id);
  const listed = availabilitiesOf(sku).find(({ entry }) => productKey(entry.id) === key);
  if (listed) return isOffered(catalog, listed.entry, { country }) ? listed : undefined;
  const generic = sku.products.find((product) => partsOf(product).length === 2 && !product.availabilities);
  if (!generic || !AVAILABILITY_ID.test(key) || !catalog.markets[country]) return undefined;
  return { sku, product: generic, entry: { ...unlisted(generic), id: key } };
}

/** Whether the product routes have a page for every part of a catalog item id in a market. */
export function hasPages(catalog: Catalog, catalogItemId: string, country: string): boolean {
  const [id = '', skuId, availabilityId, ...rest] = catalogItemId.split(':');
  const family = findFamily(catalog, id, { country });
  const sku = family && skuId && findSku(catalog, family, skuId, { country });
  if (!sku || rest.length > 0) return false;
  return (
    availabilityId === undefined || findAvailability(catalog, sku, availabilityId, { country }) !== undefined
  );
}

function availabilitiesOf(sku: Sku): Availability[] {
  return sku.products.flatMap((product) =>
    entriesOf(product).map((entry): Availability => ({ sku, product, entry })),
  );
}

function entriesOf(product: Product): readonly AvailabilityEntry[] {
  const [, , id] = partsOf(product);
  return id === undefined ? (product.availabilities ?? [unlisted(product)]) : [{ ...unlisted(product), id }];
}

/** The availability of a product that lists none. Its id is derived, so that it stays the same. */
const unlisted = (product: Product): AvailabilityEntry => ({
  id: productKey(digestHex(12, 'availability', productKey(product.id))),
  segment: 'commercial',
  isPurchasable: true,
  isRenewable: false,
});

const isOffered = (
  { markets }: Catalog,
  entry: AvailabilityEntry,
  { country, segment }: CatalogFilter,
): boolean =>
  markets[country] !== undefined &&
  (entry.countries?.includes(country) ?? true) &&
  (segment === undefined || entry.segment === segment);
