/** The catalog: the products that the operator sells, and their conditions. Line items are validated against it in `shared/cart`. */
import type { BillingCycle } from './billingCycles.ts';

export interface Product {
  /** `PRODUCT:SKU:AVAILABILITY`; `PRODUCT:SKU` for every availability of it; an offer's GUID; or `MS-AZR-…`. */
  id: string;
  /** The friendly name of an order line without one. */
  title: string;
  quantity: QuantityLimits;
  /** The terms of each billing cycle; an empty list for a purchase without a term. */
  billingCycles: Partial<Record<BillingCycle, readonly string[]>>;
  promotionIds: readonly string[];
  /** The customer must accept an attestation, such as being a school. */
  enforceAttestation: boolean;
  /** Whether the first term may end on a custom date. */
  customTermEndDate: boolean;
  /** Makes this product an add-on, which is sold only with one of these bases. */
  addonOf?: AddonCondition | undefined;
}

export interface QuantityLimits {
  min: number;
  /** The maximum of one line item, which becomes one subscription. */
  max?: number | undefined;
  /** The maximum of all line items of a cart together. */
  maxInCart?: number | undefined;
}

export interface AddonCondition {
  /** Ids of products of this catalog. */
  bases: readonly string[];
  /** The seats of the bases that the add-on requires. */
  minBaseSeats: number;
}

export interface Catalog {
  /** Currencies (ISO 4217) by market (ISO 3166). */
  markets: Readonly<Record<string, readonly string[]>>;
  /** By {@link productKey}. */
  products: ReadonlyMap<string, Product>;
}

/** The key of an id, regardless of letter case. */
export const productKey = (id: string): string => id.toUpperCase();

/** The product of a catalog item id: by the whole id, else by `PRODUCT:SKU`. */
export function findProduct({ products }: Catalog, catalogItemId: string): Product | undefined {
  const key = productKey(catalogItemId);
  const [product, sku, availability, ...rest] = key.split(':');
  const isAvailability = availability !== undefined && rest.length === 0;
  return products.get(key) ?? (isAvailability ? products.get(`${product}:${sku}`) : undefined);
}
