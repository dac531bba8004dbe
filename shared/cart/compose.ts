/**
 * From what the caller said to what stands in the cart: line items numbered, given a currency and a term,
 * sorted into order groups and checked. Client ids, groups and errors have no say (contract, decisions 6 to 9).
 */
import { lineItemError } from './check.ts';
import { flatten, type LineItem, type LineItemDraft } from './lineItem.ts';
import { groupKey, labelGroups } from './orderGroup.ts';

/** What a line item gets when it does not say. */
export interface LineItemDefaults {
  currencyCode: string;
}

const TERM_OF_DURATION = new Map([
  ['1month', 'P1M'],
  ['1year', 'P1Y'],
  ['3years', 'P3Y'],
]);

/** The line items of a cart: ids `0…n-1` depth first, one currency per base and its add-ons, labels by first appearance. */
export function composeLineItems(drafts: readonly LineItemDraft[], defaults: LineItemDefaults): LineItem[] {
  const items = drafts.map((draft) => compose(draft, draft.currencyCode ?? defaults.currencyCode));
  const labels = labelGroups(items.map(groupKey));
  flatten(items).forEach((item, id) => {
    item.id = id;
  });
  for (const item of items) {
    for (const member of flatten([item])) {
      member.orderGroup = labels.get(groupKey(item)) ?? '0';
      const error = lineItemError(member);
      if (error) member.error = error;
    }
  }
  return items;
}

function compose(draft: LineItemDraft, currencyCode: string): LineItem {
  const { addonItems, ...own } = draft;
  return {
    ...own,
    id: 0,
    currencyCode,
    orderGroup: '0',
    termDuration: own.termDuration ?? impliedTerm(own.provisioningContext),
    addonItems: addonItems?.map((addon) => compose(addon, currencyCode)),
  };
}

/** Reservations of 2018 say their term in the provisioning context (seeds 000 and 001: `duration: 1Year`). */
function impliedTerm(context: Record<string, string> | undefined): string | undefined {
  return TERM_OF_DURATION.get(context?.duration?.toLowerCase() ?? '');
}
