/**
 * Products, SKUs and availabilities as the wire has them (docs/contract.md 24). A member without a value is absent, and
 * enumerations have the spelling that every SDK reads, except the billing cycle of a term, which is Pascal case.
 */
import type { BillingCycle } from '../catalog/billingCycles.ts';
import type { Product, ProductFamily } from '../catalog/catalog.ts';
import type { Availability, Sku } from '../catalog/families.ts';
import type { Client } from './clients.ts';
import { currencySymbol, link } from './orderResponse.ts';

/** What stands for no limit. */
const UNLIMITED = 999_999_999;

export interface CatalogDialect {
  client: Pick<Client, 'unparsable'>;
  /** The market, which is part of every link. */
  country: string;
  /** The currency of the market (ISO 4217). */
  currency: string;
}

/** The URI of a product. */
export const productUri = ({ id }: Pick<ProductFamily, 'id'>): string => `/products/${id}`;

/** The URI of a SKU. */
export const skuUri = ({ family, id }: Sku): string => `${productUri(family)}/skus/${id}`;

/** The body of a product. */
export function productBody(family: ProductFamily, { country }: Pick<CatalogDialect, 'country'>) {
  const uri = productUri(family);
  return {
    id: family.id,
    title: family.title,
    description: family.description ?? family.title,
    productType: family.productType,
    isMicrosoftProduct: family.isMicrosoftProduct,
    publisherName: family.publisherName,
    links: { skus: link(`${uri}/skus?country=${country}`), self: link(`${uri}?country=${country}`) },
  };
}

/** The body of a SKU. */
export function skuBody(sku: Sku, { client, country }: Pick<CatalogDialect, 'client' | 'country'>) {
  const [product] = sku.products;
  const uri = skuUri(sku);
  const cycles = Object.keys(product.billingCycles);
  return {
    id: sku.id,
    productId: sku.family.id,
    title: product.title,
    description: product.description ?? product.title,
    minimumQuantity: product.quantity.min,
    maximumQuantity: product.quantity.max ?? UNLIMITED,
    isTrial: product.isTrial ?? cycles.includes('none' satisfies BillingCycle),
    // One value that a client cannot parse would make the whole answer unreadable.
    supportedBillingCycles: cycles.filter((cycle) => !client.unparsable.has(cycle)),
    purchasePrerequisites: product.purchasePrerequisites ?? [],
    inventoryVariables: product.inventoryVariables ?? [],
    provisioningVariables: product.provisioningVariables ?? [],
    dynamicAttributes: {
      isMicrosoftProduct: sku.family.isMicrosoftProduct,
      isAddon: product.addonOf !== undefined,
      ...product.dynamicAttributes,
    },
    attestationProperties: product.enforceAttestation
      ? { attestationType: product.attestationType ?? 'Generic', enforceAttestation: true }
      : undefined,
    links: {
      availabilities: link(`${uri}/availabilities?country=${country}`),
      self: link(`${uri}?country=${country}`),
    },
  };
}

/** The body of an availability, with its product and SKU: the .NET SDK's samples read them in lists. */
export function availabilityBody({ sku, product, entry }: Availability, dialect: CatalogDialect) {
  const { country, currency } = dialect;
  return {
    id: entry.id,
    productId: sku.family.id,
    skuId: sku.id,
    catalogItemId: `${sku.family.id}:${sku.id}:${entry.id}`,
    defaultCurrency: { code: currency, symbol: currencySymbol(currency) },
    segment: entry.segment,
    country,
    isPurchasable: entry.isPurchasable,
    isRenewable: entry.isRenewable,
    renewalInstructions: [],
    terms: termsOf(product),
    product: productBody(sku.family, dialect),
    sku: skuBody(sku, dialect),
    links: { self: link(`${skuUri(sku)}/availabilities/${entry.id}?country=${country}`) },
  };
}

/** One entry for each pair of billing cycle and term, in the order of the catalogue: SDK samples take the first. */
const termsOf = ({ billingCycles }: Product) =>
  Object.entries(billingCycles).flatMap(([cycle, durations]) =>
    (durations ?? []).map((duration) => ({
      duration,
      description: `${inWords(duration)}, billed ${BILLED[cycle as BillingCycle]}`,
      billingCycle: pascalCase(cycle),
    })),
  );

const BILLED: Record<BillingCycle, string> = {
  unknown: 'otherwise',
  monthly: 'monthly',
  annual: 'annually',
  none: 'never',
  one_time: 'once',
  triennial: 'every three years',
  biennial: 'every two years',
};

const UNITS: Record<string, string> = { D: 'day', W: 'week', M: 'month', Y: 'year' };

/** `P1Y` as `1 year`. */
function inWords(duration: string): string {
  const count = Number.parseInt(duration.slice(1), 10);
  const unit = UNITS[duration.at(-1) ?? ''] ?? '';
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

const pascalCase = (cycle: string): string =>
  cycle.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
