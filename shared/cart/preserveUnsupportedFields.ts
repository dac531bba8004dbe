/**
 * Preserves the fields of line items that a client cannot send, or drops from the line items that it copies, on a
 * replace. Pure; which fields a client does not support is decided in `shared/http/clients.ts`.
 */
import { parseIsoDate } from '../time.ts';
import type { LineItem, LineItemDraft } from './lineItem.ts';

type Field = keyof LineItemDraft;

/** Fields that may differ in a line item that is still the same one: a new quantity is an edit of it, and add-ons are line items themselves. */
const NOT_COMPARED: readonly Field[] = ['id', 'quantity', 'addonItems'];

/** Fields whose removal is an edit of the same line item: another value of them names another purchase, their absence does not. */
const REMOVABLE: readonly Field[] = ['promotionId', 'attestationAccepted'];

/**
 * The drafts, with the unsupported fields of the line items that they were (docs/contract.md 16.3, 16.4). A draft is an
 * earlier line item only when it agrees with it in every field that the client supports except the quantity. Otherwise
 * it is a new line item that happens to name the same catalog item, and the old fields, such as the subscription to
 * provision, would order something that no caller requested. `originalsOf` decides between several such line items.
 * Add-ons are matched below their base.
 */
export function preserveUnsupportedFields(
  drafts: readonly LineItemDraft[],
  before: readonly LineItem[],
  unsupported: readonly Field[],
  /** The currency of a line item that names none; absent for add-ons, which have the currency of their base. */
  currencyCode?: string,
): LineItemDraft[] {
  const originals = originalsOf(drafts, before, (draft, item) =>
    isUnchanged(draft, item, { unsupported, currencyCode }),
  );
  return drafts.map((draft) => {
    const original = originals.get(draft);
    if (!original) return draft;
    const preserved = unsupported.filter((name) => isAbsent(draft[name]) && !isAbsent(original[name]));
    const { addonItems } = draft;
    return {
      ...draft,
      ...Object.fromEntries(preserved.map((name) => [name, original[name]])),
      ...(addonItems
        ? { addonItems: preserveUnsupportedFields(addonItems, original.addonItems ?? [], unsupported) }
        : {}),
    };
  });
}

/** An empty object says no more than an absent one. */
const isAbsent = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/**
 * The line item that each draft was, of those that are the same: the one of its id, unless several drafts have that id,
 * because some clients send every id as 0. Else the one of its quantity, so that line items that were reordered are not
 * confused, else the first that is not matched yet.
 */
export function originalsOf(
  drafts: readonly LineItemDraft[],
  before: readonly LineItem[],
  isSame: (draft: LineItemDraft, item: LineItem) => boolean = (draft, item) =>
    draft.catalogItemId === item.catalogItemId,
): Map<LineItemDraft, LineItem> {
  const originals = new Map<LineItemDraft, LineItem>();
  const unmatched = [...before];
  const match = (isOriginal: (draft: LineItemDraft, item: LineItem) => boolean) => {
    for (const draft of drafts.filter((one) => !originals.has(one))) {
      const at = unmatched.findIndex((item) => isOriginal(draft, item) && isSame(draft, item));
      for (const original of at < 0 ? [] : unmatched.splice(at, 1)) originals.set(draft, original);
    }
  };
  const counts = Map.groupBy(drafts, ({ id }) => id);
  const hasId = (draft: LineItemDraft, item: LineItem) => draft.id === item.id;
  const hasQuantity = (draft: LineItemDraft, item: LineItem) => draft.quantity === item.quantity;
  match((draft, item) => hasId(draft, item) && hasQuantity(draft, item));
  match((draft, item) => hasId(draft, item) && counts.get(draft.id)?.length === 1);
  match(hasQuantity);
  match(hasId);
  match(() => true);
  return originals;
}

/** Whether a draft agrees with a line item in every field that its client can send, except the quantity. */
function isUnchanged(
  draft: LineItemDraft,
  item: LineItem,
  { unsupported, currencyCode }: { unsupported: readonly Field[]; currencyCode: string | undefined },
): boolean {
  return COMPARED.every((name) => {
    // A client drops stripped fields when it copies a line item, but sends those that its user sets.
    if ((unsupported.includes(name) || REMOVABLE.includes(name)) && isAbsent(draft[name])) return true;
    if (name === 'currencyCode')
      return currencyCode === undefined || (draft.currencyCode ?? currencyCode) === item.currencyCode;
    return comparable(name, draft[name]) === comparable(name, item[name]);
  });
}

/** A value in one spelling: SDKs write dates in another, and `false` or an empty object where nothing was. */
function comparable(name: Field, value: unknown): string | undefined {
  if (isAbsent(value) || value === false) return undefined;
  if (name === 'customTermEndDate') return String(parseIsoDate(String(value)));
  // A text needs no escapes to be compared. Long ones are compared with those of up to 200 other line items.
  if (typeof value === 'string') return `"${value}"`;
  return JSON.stringify(value, (_, member) =>
    isObject(member) ? Object.fromEntries(Object.entries(member).sort()) : member,
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const FIELDS: Record<Field, true> = {
  id: true,
  catalogItemId: true,
  friendlyName: true,
  quantity: true,
  currencyCode: true,
  billingCycle: true,
  termDuration: true,
  participants: true,
  provisioningContext: true,
  purchaseSystem: true,
  addonItems: true,
  renewsTo: true,
  promotionId: true,
  customTermEndDate: true,
  attestationAccepted: true,
  purchaseCommitment: true,
  scheduledNextTermInstructions: true,
};
const COMPARED = (Object.keys(FIELDS) as Field[]).filter((name) => !NOT_COMPARED.includes(name));
