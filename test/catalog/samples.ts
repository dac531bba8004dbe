/** A small catalog with at least one product for every rule, and line items that are normalized with it. */

import { flatten, type LineItem, type LineItemDraft } from '../../shared/cart/lineItem.ts';
import type { LineItemRules } from '../../shared/cart/lineRules.ts';
import { normalizeLineItems } from '../../shared/cart/normalizeLineItems.ts';
import type { Catalog } from '../../shared/catalog/catalog.ts';
import { readCatalog } from '../../shared/catalog/readCatalog.ts';
import { line, NOW, RULES } from '../support/samples.ts';

export const SEATS = 'AAAAAAAAAAAA:0001:AVAILABILITY';
export const OTHER_AVAILABILITY = 'AAAAAAAAAAAA:0001:AVAILABLEAS2';
export const ADDON = 'BBBBBBBBBBBB:0001:AVAILABILITY';
export const SCHOOL = 'CCCCCCCCCCCC:0001:AVAILABILITY';
export const SOFTWARE = 'DDDDDDDDDDDD:0001:AVAILABILITY';
export const OFFER = '195416c1-3447-423a-b37b-ee59a99a19c4';

export const CATALOG: Catalog = catalogOf({
  markets: { US: ['USD', 'EUR'], GB: ['GBP'] },
  products: [
    {
      id: 'AAAAAAAAAAAA:0001',
      title: 'Seats',
      quantity: { min: 2, max: 10, maxInCart: 15 },
      billingCycles: { monthly: ['P1M', 'P1Y'], annual: ['P1Y'] },
      promotionIds: ['SPRING'],
      customTermEndDate: true,
    },
    {
      id: ADDON,
      title: 'Add-on',
      quantity: { min: 3, max: 20 },
      billingCycles: { monthly: ['P1M'] },
      enforceAttestation: true,
      addonOf: { bases: ['aaaaaaaaaaaa:0001', OFFER], minBaseSeats: 5 },
    },
    { id: SCHOOL, title: 'School', billingCycles: { monthly: ['P1M'] }, enforceAttestation: true },
    { id: SOFTWARE, title: 'Software', billingCycles: { one_time: [] } },
    { id: OFFER, title: 'Offer', billingCycles: { monthly: ['P1Y'] } },
  ],
});

/** The catalog of a file's JSON, which must be valid. */
export function catalogOf(json: unknown): Catalog {
  const read = readCatalog(json);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read.catalog;
}

/** Purchasable line items; an add-on is purchasable next to five seats. `more` replaces fields. */
export const seats = (more: Partial<LineItemDraft> = {}) =>
  line({ catalogItemId: SEATS, quantity: 5, ...more });
export const addon = (more: Partial<LineItemDraft> = {}) =>
  line({ catalogItemId: ADDON, quantity: 3, attestationAccepted: true, ...more });
export const offer = (more: Partial<LineItemDraft> = {}) =>
  line({ catalogItemId: OFFER, quantity: 5, ...more });

export const participants = [{ key: 'transaction_reseller' as const, value: '5357564' }];

/** Line items normalized at `NOW` with the catalog; `rules` replaces rules. */
export const composed = (drafts: LineItemDraft[], rules: Partial<LineItemRules> = {}): LineItem[] =>
  normalizeLineItems(drafts, { rules: { ...RULES, catalog: CATALOG, ...rules }, nowMs: NOW });

/** The error codes of line items and add-ons, in the order of their ids. */
export const errorCodes = (items: readonly LineItem[]) => flatten(items).map(({ error }) => error?.errorCode);
