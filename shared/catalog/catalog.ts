/**
 * What the operator sells, and on which conditions. Plain data: what a line item makes of it is decided in
 * shared/cart, and where it comes from is known to the rim.
 */
import type { BillingCycle } from './billingCycles.ts';

export interface Product {
  /** `PRODUCT:SKU:AVAILABILITY`; `PRODUCT:SKU` for every availability of it; an offer's GUID; or `MS-AZR-…`. */
  id: string;
  /** What the order line is called when the customer has no name for it. */
  title: string;
  quantity: QuantityLimits;
  /** The terms that each billing cycle can be had with; none for what is bought for good. */
  billingCycles: Partial<Record<BillingCycle, readonly string[]>>;
  promotionIds: readonly string[];
  /** The customer must accept an attestation, such as being a school. */
  enforceAttestation: boolean;
  /** The first term may end on a date of the customer's choice. */
  customTermEndDate: boolean;
  /** What makes this product an add-on: it is bought with one of these products only. */
  addonOf?: AddonCondition | undefined;
}

export interface QuantityLimits {
  min: number;
  /** Of one line item, which becomes one subscription. */
  max?: number | undefined;
  /** Of all line items of a cart together. */
  maxInCart?: number | undefined;
}

export interface AddonCondition {
  /** Ids of products of this catalogue. */
  bases: readonly string[];
  /** Seats of them that the add-on needs. */
  minBaseSeats: number;
}

export interface Catalog {
  /** Currencies (ISO 4217) by market (ISO 3166). */
  markets: Readonly<Record<string, readonly string[]>>;
  /** By {@link productKey}. */
  products: ReadonlyMap<string, Product>;
}

/** The key of an id, which is the same in any case. */
export const productKey = (id: string): string => id.toUpperCase();

/** The product that a line item names: by its whole id, else as an availability of a `PRODUCT:SKU`. */
export function findProduct({ products }: Catalog, catalogItemId: string): Product | undefined {
  const key = productKey(catalogItemId);
  const [product, sku, availability, ...rest] = key.split(':');
  const isAvailability = availability !== undefined && rest.length === 0;
  return products.get(key) ?? (isAvailability ? products.get(`${product}:${sku}`) : undefined);
}
