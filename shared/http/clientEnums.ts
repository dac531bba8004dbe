/**
 * Enum values that a client cannot parse. A response to it has `unknown` in their place, because a single value that
 * the Java SDK or the PowerShell module cannot parse makes a whole cart or list of orders unreadable. When the client
 * sends `unknown` back for the same line item, it means the stored value (docs/contract.md 16.5, 16.6).
 */
import type { CartDraft } from '../cart/cart.ts';
import { flatten, type LineItem, type LineItemDraft, type Participant } from '../cart/lineItem.ts';
import { originalsOf } from '../cart/preserveUnsupportedFields.ts';
import type { ApiError } from '../errors.ts';
import type { Client } from './clients.ts';
import { invalid } from './route.ts';

/** The value that every client parses. */
const UNKNOWN = 'unknown';

/** The value as this client can parse it. */
export const parsableBy = <Value extends string>(
  { unparsable }: Pick<Client, 'unparsable'>,
  value: Value,
): Value | typeof UNKNOWN => (unparsable.has(value) ? UNKNOWN : value);

/** Participants as this client can parse them. */
export const participantsFor = (
  client: Pick<Client, 'unparsable'>,
  participants: readonly Participant[] | undefined,
): Participant[] | undefined =>
  participants?.map(({ key, value }) => ({ key: parsableBy(client, key), value }));

/** Whether a value of the draft may stand for one that the client cannot parse. */
export const hasUnknownValues = ({ lineItems }: CartDraft): boolean =>
  flatten(lineItems).some(
    ({ billingCycle, participants = [] }) =>
      billingCycle === 'unknown' || participants.some(({ key }) => key === 'unknown'),
  );

/**
 * The draft of a replace with the stored values that its `unknown` ones stand for (docs/contract.md 16.6); an error
 * that names each line item whose billing cycle stays unknown.
 */
export function restoredDraft(
  draft: CartDraft,
  client: Pick<Client, 'unparsable'>,
  stored: readonly LineItem[],
): { draft: CartDraft } | { error: ApiError } {
  const lineItems = restoreEnums(client, draft.lineItems, stored);
  const isMissing = ({ billingCycle }: LineItemDraft) => billingCycle === 'unknown';
  const problems = lineItems.flatMap((item, n) => [
    ...(isMissing(item) ? [missing(`lineItems[${n}]`)] : []),
    ...(item.addonItems ?? []).flatMap((one, m) =>
      isMissing(one) ? [missing(`lineItems[${n}].addonItems[${m}]`)] : [],
    ),
  ]);
  return problems.length > 0
    ? { error: invalid(problems, 'billingCycleInvalid') }
    : { draft: { ...draft, lineItems } };
}

const missing = (path: string) => ({ path: `${path}.billingCycle`, message: 'is required' });

/** Line items of a request with the stored values in place of the `unknown` ones that stand for them. */
function restoreEnums(
  client: Pick<Client, 'unparsable'>,
  drafts: readonly LineItemDraft[],
  stored: readonly LineItem[],
): LineItemDraft[] {
  // `unknown` stands for a value that the client cannot parse, so those line items choose first.
  const isMasked = ({ billingCycle }: LineItemDraft) => billingCycle === UNKNOWN;
  const inTurn = [...drafts.filter(isMasked), ...drafts.filter((draft) => !isMasked(draft))];
  const originals = originalsOf(
    inTurn,
    stored,
    (draft, item) =>
      draft.catalogItemId === item.catalogItemId &&
      (!isMasked(draft) || client.unparsable.has(item.billingCycle)),
  );
  return drafts.map((draft) => {
    const was = originals.get(draft);
    if (!was) return draft;
    return {
      ...draft,
      billingCycle: isMasked(draft) ? was.billingCycle : draft.billingCycle,
      ...(draft.participants
        ? { participants: restoreParticipants(client, draft.participants, was.participants ?? []) }
        : {}),
      ...(draft.addonItems
        ? { addonItems: restoreEnums(client, draft.addonItems, was.addonItems ?? []) }
        : {}),
    };
  });
}

/** A participant whose key the client could not parse is the stored one with the same partner id. */
function restoreParticipants(
  { unparsable }: Pick<Client, 'unparsable'>,
  sent: readonly Participant[],
  stored: readonly Participant[],
): Participant[] {
  const masked = stored.filter(({ key }) => unparsable.has(key));
  return sent.map((participant) => {
    if (participant.key !== UNKNOWN) return participant;
    const at = masked.findIndex(({ value }) => value === participant.value);
    return masked.splice(at, at < 0 ? 0 : 1)[0] ?? participant;
  });
}
