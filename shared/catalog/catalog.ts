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
  /** The availabilities of a `PRODUCT:SKU`, and no others; without them, any availability of it can be bought. */
  availabilities?: readonly AvailabilityEntry[] | undefined;
  description?: string | undefined;
  /** Whether it is a trial; by default, whether it has the billing cycle `none`. */
  isTrial?: boolean | undefined;
  purchasePrerequisites?: readonly string[] | undefined;
  inventoryVariables?: readonly string[] | undefined;
  /** The keys of a line item's `provisioningContext` that the product needs. */
  provisioningVariables?: readonly string[] | undefined;
  dynamicAttributes?: Readonly<Record<string, string | number | boolean>> | undefined;
  attestationType?: string | undefined;
}

export const SEGMENTS = ['commercial', 'education', 'government', 'nonprofit'] as const;
export type Segment = (typeof SEGMENTS)[number];

/** An offer of a SKU to a segment. */
export interface AvailabilityEntry {
  /** The third part of a catalog item id. */
  id: string;
  segment: Segment;
  /** Markets where it is offered; all markets by default. */
  countries?: readonly string[] | undefined;
  isPurchasable: boolean;
  isRenewable: boolean;
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
  /** By {@link productKey}, in the order of the file. */
  families: ReadonlyMap<string, ProductFamily>;
}

/** What Partner Center calls a product: the family of the SKUs that are sold under one title. */
export interface ProductFamily {
  /** The first part of a catalog item id. */
  id: string;
  title: string;
  description?: string | undefined;
  productType: { id: string; displayName: string; subType?: { id: string; displayName: string } | undefined };
  publisherName?: string | undefined;
  isMicrosoftProduct: boolean;
  /** The values of `targetView` that list it. */
  views: readonly TargetView[];
}

/** The views of the product list, each with the views that it contains. */
export const TARGET_VIEWS = {
  Azure: ['AzureReservations', 'AzureReservationsVM', 'AzureReservationsSQL', 'AzureReservationsCosmosDb'],
  AzureReservations: ['AzureReservationsVM', 'AzureReservationsSQL', 'AzureReservationsCosmosDb'],
  AzureReservationsVM: [],
  AzureReservationsSQL: [],
  AzureReservationsCosmosDb: [],
  MicrosoftAzure: [],
  OnlineServices: [],
  Software: ['SoftwareSUSELinux', 'SoftwarePerpetual', 'SoftwareSubscriptions'],
  SoftwareSUSELinux: [],
  SoftwarePerpetual: [],
  SoftwareSubscriptions: [],
  SpecializedOffers: [],
  MarketplaceSaaS: [],
} as const satisfies Record<string, readonly string[]>;

export type TargetView = keyof typeof TARGET_VIEWS;

/** The key of an id, regardless of letter case. */
export const productKey = (id: string): string => id.toUpperCase();

/** The product of a catalog item id: by the whole id, else by `PRODUCT:SKU` if that has the availability. */
export function findProduct(
  { products }: Pick<Catalog, 'products'>,
  catalogItemId: string,
): Product | undefined {
  const key = productKey(catalogItemId);
  const [product, sku, availability, ...rest] = key.split(':');
  const isAvailability = availability !== undefined && rest.length === 0;
  const whole = products.get(key);
  if (whole || !isAvailability) return whole;
  const any = products.get(`${product}:${sku}`);
  const isOffered = any?.availabilities?.some(({ id }) => productKey(id) === availability) ?? true;
  return isOffered ? any : undefined;
}
