/**
 * The rules that a line item must satisfy to be purchasable, one function each. A rule returns an error description for the
 * storefront, or nothing. Their order is decided in `validateLineItems.ts`. Without a catalog only the first two rules can
 * fail.
 */
import { type Catalog, type Product, productKey } from '../catalog/catalog.ts';
import { parseIsoDate, termEndMs } from '../time.ts';
import type { CartError, LineItem } from './lineItem.ts';
import { termOf } from './term.ts';

/** The defaults of a line item, and what it is validated against. */
export interface LineItemRules {
  /** The currency (ISO 4217) of a line item without one. */
  currencyCode: string;
  /** The market (ISO 3166) in which the partner sells. */
  market: string;
  /** Whether line items may name participants. */
  isIndirectProvider: boolean;
  /** Without one, every well-formed catalog item id is accepted. */
  catalog?: Catalog | undefined;
}

/** A line item with its product in the catalog. */
export interface CatalogLine {
  item: LineItem;
  /** The line item that this one is an add-on of. */
  base?: LineItem | undefined;
  product?: Product | undefined;
}

/** A line item among the others of its cart, in the order of their ids. */
export interface Line extends CatalogLine {
  cart: readonly CatalogLine[];
  rules: LineItemRules;
  nowMs: number;
}

/** The error description of a line item, or the error with `additionalInformation`; `undefined` when the rule is satisfied. */
export type LineRule = (line: Line) => string | Omit<CartError, 'errorCode'> | undefined;

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** `PRODUCT:SKU:AVAILABILITY`, a legacy offer's GUID, or an Azure offer such as `MS-AZR-0145P`. */
const CATALOG_ITEM_FORMS = [/^[A-Z0-9]{12}:[A-Z0-9]{4}:[A-Z0-9]{12}$/i, GUID, /^MS-AZR-[A-Z0-9-]{1,20}$/i];

/** The id is well-formed and, with a catalog, exists in it. */
export const catalogItem: LineRule = ({ item: { catalogItemId }, product, rules }) => {
  if (!CATALOG_ITEM_FORMS.some((form) => form.test(catalogItemId))) {
    return `The catalog item ID ${catalogItemId} is not valid; it must be PRODUCT:SKU:AVAILABILITY, the GUID of an offer, or MS-AZR-….`;
  }
  if (rules.catalog && !product) return `The catalog has no item with ID ${catalogItemId}.`;
  return undefined;
};

/** Only an indirect provider may name participants (docs/contract.md 9.4). */
export const participants: LineRule = ({ item, rules }) =>
  !rules.isIndirectProvider && item.participants?.length
    ? 'Participants are not supported: the partner is not an indirect provider.'
    : undefined;

/** The currency is one of the market's. */
export const currency: LineRule = ({ item: { currencyCode }, rules: { catalog, market } }) => {
  const currencies = catalog?.markets[market] ?? [];
  if (!catalog || currencies.includes(currencyCode)) return undefined;
  return `${currencyCode} is not supported in market ${market}; supported: ${choice(currencies)}.`;
};

/** The product has the billing cycle and, if the line item has a term, the billing cycle has it. */
export const billing: LineRule = ({ item, product }) => {
  if (!product) return undefined;
  const { billingCycle } = item;
  const term = termOf(item);
  const terms = product.billingCycles[billingCycle];
  if (!terms) {
    return `Billing cycle ${billingCycle} is not supported; supported: ${choice(Object.keys(product.billingCycles))}.`;
  }
  if (term === undefined || terms.includes(term)) return undefined;
  return `Term ${term} is not supported with billing cycle ${billingCycle}; supported: ${
    terms.length > 0 ? choice(terms) : 'no term'
  }.`;
};

/** An add-on has a compatible base, in the cart or among the customer's subscriptions. */
export const base: LineRule = (line) =>
  line.product?.addonOf && !namesSubscription(line) && basesOf(line).length === 0
    ? 'The add-on is not purchasable without a compatible base product.'
    : undefined;

/** The bases in the cart have enough seats for the add-on. */
export const baseSeats: LineRule = (line) => {
  const { minBaseSeats = 0 } = line.product?.addonOf ?? {};
  const seats = seatsOf(basesOf(line));
  if (namesSubscription(line) || seats >= minBaseSeats) return undefined;
  return `The add-on needs ${minBaseSeats} seats of its base product; the cart has ${seats}.`;
};

/** The minimum quantity of an add-on, which has its own error code. */
export const addonSeats: LineRule = (line) => (line.product?.addonOf ? belowMinimum(line) : undefined);

/** The minimum quantity of a line item that is no add-on. */
export const minQuantity: LineRule = (line) => (line.product?.addonOf ? undefined : belowMinimum(line));

/** The maximum quantity of one line item, and of all line items of the product, in the order of the cart. */
export const maxQuantity: LineRule = ({ item, product, cart }) => {
  if (!product) return undefined;
  const { max = Number.POSITIVE_INFINITY, maxInCart = Number.POSITIVE_INFINITY } = product.quantity;
  const before = cart.filter((other) => other.product === product && other.item.id < item.id);
  const availableQuantity = Math.max(0, Math.min(max, maxInCart - seatsOf(before)));
  if (item.quantity <= availableQuantity) return undefined;
  return {
    errorDescription: `Quantity ${item.quantity} exceeds the available quantity ${availableQuantity} of ${item.catalogItemId}.`,
    additionalInformation: { availableQuantity },
  };
};

/** The attestation is accepted if the product requires one. */
export const attestation: LineRule = ({ item, product }) =>
  product?.enforceAttestation && !item.attestationAccepted
    ? `Catalog item ${item.catalogItemId} requires attestationAccepted to be true.`
    : undefined;

/** The promotion is one of the product's. */
export const promotion: LineRule = ({ item: { promotionId }, product }) =>
  product && promotionId !== undefined && !product.promotionIds.includes(promotionId)
    ? `Promotion ${promotionId} is not valid for the catalog item.`
    : undefined;

/** A custom term end date requires a product that allows it, and a term. */
export const customEndProduct: LineRule = ({ item, product }) =>
  product && item.customTermEndDate && !(product.customTermEndDate && termOf(item))
    ? 'A custom term end date is not supported: it requires a product that allows one, and a term.'
    : undefined;

/** The custom term end date is in the future and within the first term (docs/contract.md 9.4). */
export const customEndDate: LineRule = ({ item, product, nowMs }) => {
  const { customTermEndDate: date } = item;
  const term = termOf(item);
  if (!product || !date || !term) return undefined;
  const endMs = parseIsoDate(date);
  if (endMs > nowMs && endMs <= termEndMs(nowMs, term)) return undefined;
  return `Custom term end date ${date} is not within the first term, ${term} from now.`;
};

const choice = (values: readonly string[]): string => values.join(', ');

const seatsOf = (lines: readonly CatalogLine[]): number =>
  lines.reduce((sum, { item }) => sum + item.quantity, 0);

/** Whether the line item names the subscription of a base that the customer already has; its seats are not known here. */
const namesSubscription = ({ item }: Line): boolean =>
  item.provisioningContext?.parentSubscriptionId !== undefined;

/** The compatible bases: the base line item of a nested add-on, otherwise all in the cart. */
function basesOf({ product, base: parent, cart }: Line): CatalogLine[] {
  const compatible = product?.addonOf?.bases.map(productKey) ?? [];
  return cart.filter(
    ({ item, product: candidate }) =>
      (!parent || item === parent) && candidate && compatible.includes(productKey(candidate.id)),
  );
}

function belowMinimum({ item, product }: Line): string | undefined {
  if (!product || item.quantity >= product.quantity.min) return undefined;
  return `Quantity ${item.quantity} is below the minimum ${product.quantity.min} of ${item.catalogItemId}.`;
}
