/**
 * Line items that come back from a client which does not know all of their members: what it could not say stays
 * as it was. Pure; which client cannot say what is known to the rim.
 */
import type { LineItem, LineItemDraft } from './lineItem.ts';

/**
 * The drafts with these members of the line items that they were. A draft is the line item of its id and catalogue
 * item, or else the first of its catalogue item that no other draft is: some clients send every id as 0. Its
 * add-ons are sought among that one's.
 */
export function preserveUnsupportedFields(
  drafts: readonly LineItemDraft[],
  before: readonly LineItem[],
  members: readonly (keyof LineItemDraft)[],
): LineItemDraft[] {
  const originals = originalsOf(drafts, before);
  return drafts.map((draft) => {
    const was = originals.get(draft);
    if (!was) return draft;
    const kept = members.filter((name) => isUnsaid(draft[name]) && !isUnsaid(was[name]));
    const { addonItems } = draft;
    return {
      ...draft,
      ...Object.fromEntries(kept.map((name) => [name, was[name]])),
      ...(addonItems
        ? { addonItems: preserveUnsupportedFields(addonItems, was.addonItems ?? [], members) }
        : {}),
    };
  });
}

/** A dictionary that came back empty says no more than one that is missing. */
const isUnsaid = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

function originalsOf(drafts: readonly LineItemDraft[], before: readonly LineItem[]) {
  const originals = new Map<LineItemDraft, LineItem>();
  const left = [...before];
  const match = (isOf: (draft: LineItemDraft, item: LineItem) => boolean) => {
    for (const draft of drafts) {
      const at = originals.has(draft) ? -1 : left.findIndex((item) => isOf(draft, item));
      for (const was of at < 0 ? [] : left.splice(at, 1)) originals.set(draft, was);
    }
  };
  const isSameItem = (draft: LineItemDraft, item: LineItem) => draft.catalogItemId === item.catalogItemId;
  match((draft, item) => draft.id === item.id && isSameItem(draft, item));
  match(isSameItem);
  return originals;
}
