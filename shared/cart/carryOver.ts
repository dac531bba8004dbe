/**
 * Line items that come back from a client which does not know all of their members: what it could not say stays
 * as it was. Pure; which client cannot say what is known to the rim.
 */
import type { LineItem, LineItemDraft } from './lineItem.ts';

/**
 * The drafts with these members of the line items that they were. A draft is the first line item of the same
 * catalogue item that none before it was, and its add-ons are sought among that one's.
 */
export function carryOver(
  drafts: readonly LineItemDraft[],
  before: readonly LineItem[],
  members: readonly (keyof LineItemDraft)[],
): LineItemDraft[] {
  const left = [...before];
  return drafts.map((draft) => {
    const at = left.findIndex(({ catalogItemId }) => catalogItemId === draft.catalogItemId);
    const [was] = at < 0 ? [] : left.splice(at, 1);
    if (!was) return draft;
    const kept = members.flatMap((name) => (was[name] === undefined ? [] : [[name, was[name]] as const]));
    const { addonItems } = draft;
    return {
      ...Object.fromEntries(kept),
      ...draft,
      ...(addonItems ? { addonItems: carryOver(addonItems, was.addonItems ?? [], members) } : {}),
    };
  });
}
