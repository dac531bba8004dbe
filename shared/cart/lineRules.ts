/**
 * The rules that a line item must keep to be bought, one function each: it says what is wrong, in a sentence
 * for the storefront, or nothing. Which of them speaks first is decided in check.ts. Without a catalogue only
 * the first two can find anything.
 */
import { type Catalog, type Product, productKey } from '../catalog/catalog.ts';
import { parseIsoDate, termEndMs } from '../time.ts';
import type { CartError, LineItem } from './lineItem.ts';
import { termOf } from './term.ts';

/** What a line item gets when it does not say, and what it is checked against. */
export interface LineItemRules {
  /** Currency (ISO 4217) of a line item that names none. */
  currencyCode: string;
  /** Market (ISO 3166) that the partner sells in. */
  market: string;
  /** Whether line items may name participants. */
  isIndirectProvider: boolean;
  /** Without one, every well-formed catalogue item is for sale. */
  catalog?: Catalog | undefined;
}

/** A line item with what the catalogue knows of it. */
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

/** What is wrong with a line item: a sentence, or one with `additionalInformation`. */
export type LineRule = (line: Line) => string | Omit<CartError, 'errorCode'> | undefined;

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** `PRODUCT:SKU:AVAILABILITY`, a legacy offer's GUID, or an Azure offer such as `MS-AZR-0145P`. */
const CATALOG_ITEM_FORMS = [/^[A-Z0-9]{12}:[A-Z0-9]{4}:[A-Z0-9]{12}$/i, GUID, /^MS-AZR-[A-Z0-9-]{1,20}$/i];

/** The id is one that could be sold and, with a catalogue, is. */
export const catalogItem: LineRule = ({ item: { catalogItemId }, product, rules }) => {
  if (!CATALOG_ITEM_FORMS.some((form) => form.test(catalogItemId))) {
    return `The catalog item ID ${catalogItemId} is not valid: it should be PRODUCT:SKU:AVAILABILITY, an offer's GUID or MS-AZR-….`;
  }
  if (rules.catalog && !product) return `The catalog has no item of the ID ${catalogItemId}.`;
  return undefined;
};

/** Only an indirect provider has resellers to name (docs/contract.md 9.4). */
export const participants: LineRule = ({ item, rules }) =>
  !rules.isIndirectProvider && item.participants?.length
    ? 'Participants are not supported: the partner is not an indirect provider.'
    : undefined;

/** The currency is one of the market's. */
export const currency: LineRule = ({ item: { currencyCode }, rules: { catalog, market } }) => {
  const currencies = catalog?.markets[market] ?? [];
  if (!catalog || currencies.includes(currencyCode)) return undefined;
  return `The currency ${currencyCode} is not supported in the market ${market}, but ${choice(currencies)}.`;
};

/** The billing cycle is one of the product's, and the term, where one is named, one of the cycle's. */
export const billing: LineRule = ({ item, product }) => {
  if (!product) return undefined;
  const { billingCycle } = item;
  const term = termOf(item);
  const terms = product.billingCycles[billingCycle];
  if (!terms) {
    return `The billing cycle ${billingCycle} is not supported, but ${choice(Object.keys(product.billingCycles))}.`;
  }
  if (term === undefined || terms.includes(term)) return undefined;
  return `The billing cycle ${billingCycle} is not supported with the term ${term}, but ${
    terms.length > 0 ? `with ${choice(terms)}` : 'without a term'
  }.`;
};

/** An add-on has a base that it is compatible with, in the cart or among what the customer has already. */
export const base: LineRule = (line) =>
  line.product?.addonOf && !namesSubscription(line) && basesOf(line).length === 0
    ? 'The addon is not purchasable without a compatible base product.'
    : undefined;

/** The bases in the cart have the seats that the add-on needs. */
export const baseSeats: LineRule = (line) => {
  const { minBaseSeats = 0 } = line.product?.addonOf ?? {};
  const seats = seatsOf(basesOf(line));
  if (namesSubscription(line) || seats >= minBaseSeats) return undefined;
  return `The add-on needs ${minBaseSeats} seats of its base product; the cart has ${seats}.`;
};

/** An add-on's least quantity has a number of its own. */
export const addonSeats: LineRule = (line) => (line.product?.addonOf ? belowLeast(line) : undefined);

/** The least quantity of what is no add-on. */
export const leastQuantity: LineRule = (line) => (line.product?.addonOf ? undefined : belowLeast(line));

/** The most of one line item, and of all line items of the product: the earlier ones in the cart come first. */
export const mostQuantity: LineRule = ({ item, product, cart }) => {
  if (!product) return undefined;
  const { max = Number.POSITIVE_INFINITY, maxInCart = Number.POSITIVE_INFINITY } = product.quantity;
  const before = cart.filter((other) => other.product === product && other.item.id < item.id);
  const availableQuantity = Math.max(0, Math.min(max, maxInCart - seatsOf(before)));
  if (item.quantity <= availableQuantity) return undefined;
  return {
    errorDescription: `The quantity ${item.quantity} exceeds the ${availableQuantity} that can be had of ${item.catalogItemId}.`,
    additionalInformation: { availableQuantity },
  };
};

/** The attestation is accepted where the product asks for one. */
export const attestation: LineRule = ({ item, product }) =>
  product?.enforceAttestation && !item.attestationAccepted
    ? `The catalog item ${item.catalogItemId} requires the acceptance of an attestation.`
    : undefined;

/** A promotion is one of the product's. */
export const promotion: LineRule = ({ item: { promotionId }, product }) =>
  product && promotionId !== undefined && !product.promotionIds.includes(promotionId)
    ? `The promotion ${promotionId} is not valid for the item.`
    : undefined;

/** A date of the customer's choice ends only the term of a product that allows it. */
export const customEndProduct: LineRule = ({ item, product }) =>
  product && item.customTermEndDate && !(product.customTermEndDate && termOf(item))
    ? 'A custom term end date is not supported for the item: it needs a product that allows one, and a term.'
    : undefined;

/** That date is to come, and not beyond the first term (docs/contract.md 9.4). */
export const customEndDate: LineRule = ({ item, product, nowMs }) => {
  const { customTermEndDate: date } = item;
  const term = termOf(item);
  if (!product || !date || !term) return undefined;
  const endMs = parseIsoDate(date);
  if (endMs > nowMs && endMs <= termEndMs(nowMs, term)) return undefined;
  return `The custom term end date ${date} is not within the first term, ${term} from now.`;
};

const choice = (values: readonly string[]): string => values.join(' or ');

const seatsOf = (lines: readonly CatalogLine[]): number =>
  lines.reduce((sum, { item }) => sum + item.quantity, 0);

/** A base that the customer has already is named by its subscription; its seats are not known here. */
const namesSubscription = ({ item }: Line): boolean =>
  item.provisioningContext?.parentSubscriptionId !== undefined;

/** The compatible bases: of an add-on below a line item that one only, else whichever the cart has. */
function basesOf({ product, base: parent, cart }: Line): CatalogLine[] {
  const compatible = product?.addonOf?.bases.map(productKey) ?? [];
  return cart.filter(
    ({ item, product: candidate }) =>
      (!parent || item === parent) && candidate && compatible.includes(productKey(candidate.id)),
  );
}

function belowLeast({ item, product }: Line): string | undefined {
  if (!product || item.quantity >= product.quantity.min) return undefined;
  return `The quantity ${item.quantity} is below ${product.quantity.min}, the least of ${item.catalogItemId}.`;
}
