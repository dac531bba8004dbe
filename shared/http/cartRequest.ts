/**
 * What a caller says about a cart, from the wire: the schema that validates it, every member under its
 * canonical name. What is structurally wrong is an error that names each offending member by its path; what
 * merely cannot be bought passes and is marked on its line later.
 */
import * as z from 'zod';
import type { CartDraft } from '../cart/cart.ts';
import { limitExceeded, MAX_LINE_ITEMS, MAX_ORDER_GROUPS } from '../cart/limits.ts';
import {
  type LineItemDraft,
  PARTICIPANT_KEYS,
  type Participant,
  type ParticipantKey,
} from '../cart/lineItem.ts';
import { groupKey } from '../cart/orderGroup.ts';
import { BILLING_CYCLES } from '../catalog/billingCycles.ts';
import { type ApiError, apiError, type ErrorName } from '../errors.ts';
import { jsonPath } from '../jsonPath.ts';
import { isDate } from '../time.ts';
import { canonicalize, lenientEnum, type Shape } from './canonicalize.ts';

/** No caller reads more, and a hostile body could name a million. */
const MAX_PROBLEMS = 1_000;
const MAX_PARTICIPANTS = 20;
const MAX_CONTEXT = 50;
const RESELLER = 'transaction_reseller';
const ADDITIONAL_RESELLER = 'additional_transaction_reseller';
const MAX_ADDITIONAL_RESELLERS = 5;
const MAX_INT32 = 2_147_483_647;

const text = z.string().max(1_024);
const scalar = z.union([z.string().max(1_024), z.number(), z.boolean()]).transform(String);

const participant = z.object({
  key: lenientEnum(PARTICIPANT_KEYS, ['unknown', RESELLER, 'consumption_reseller', ADDITIONAL_RESELLER]),
  value: scalar.pipe(z.string().regex(/^\d{1,20}$/, 'should be a PartnerID, which is a number')),
});

/** The ids of the participants in a role. An order has room for one reseller, and for each additional one once. */
const idsOf = (key: ParticipantKey, all: readonly Participant[]) =>
  all.filter((one) => one.key === key).map(({ value }) => value);

/** The documents also describe participants as a dictionary, and `renewsTo` as a list (docs/contract.md 5.11, 5.12). */
const participants = z.preprocess(
  listOfPairs,
  z
    .array(z.unknown())
    .max(MAX_PARTICIPANTS) // counted before each is looked at
    .pipe(z.array(participant))
    .refine((all) => idsOf(RESELLER, all).length <= 1, `at most one ${RESELLER}`)
    .refine(
      (all) => idsOf(ADDITIONAL_RESELLER, all).length <= MAX_ADDITIONAL_RESELLERS,
      `at most ${MAX_ADDITIONAL_RESELLERS} additional resellers`,
    )
    .refine(
      (all) => new Set(idsOf(ADDITIONAL_RESELLER, all)).size === idsOf(ADDITIONAL_RESELLER, all).length,
      'each additional reseller once',
    ),
);
const renewsTo = z.preprocess(
  (value) => (Array.isArray(value) ? value[0] : value),
  z.object({ termDuration: text.optional() }).optional(),
);

/** Whatever else a client sends for an id is none, and no error. */
const id = z
  .preprocess((value) => (Number.isSafeInteger(value) ? value : undefined), z.int().optional())
  .describe('The number that the line item has in the cart, if it has one: a hint, that numbers nothing.');

const provisioningContext = z.preprocess((value, context) => {
  if (Object.keys(value ?? {}).length <= MAX_CONTEXT) return value;
  context.issues.push({ code: 'custom', input: value, message: `at most ${MAX_CONTEXT} members` });
  return z.NEVER; // counted before each is looked at, too
}, z.record(z.string().max(128), scalar).optional());

const lineItem = z.object({
  id: id.optional(),
  catalogItemId: text.trim().min(1),
  friendlyName: text.optional(),
  quantity: z.int().min(1).max(MAX_INT32),
  currencyCode: z
    .string()
    .regex(/^[A-Za-z]{3}$/, 'should be an ISO 4217 code')
    .transform((code) => code.toUpperCase())
    .optional(),
  billingCycle: lenientEnum(BILLING_CYCLES).refine((cycle) => cycle !== 'unknown', 'should be known'),
  termDuration: z
    .string()
    .regex(/^P\d{1,3}[DWMY]$/i, 'should be an ISO 8601 duration such as P1Y')
    .transform((term) => term.toUpperCase())
    .optional(),
  participants: participants.optional(),
  provisioningContext,
  purchaseSystem: text.optional(),
  renewsTo: renewsTo.optional(),
  promotionId: text.optional(),
  customTermEndDate: text
    .refine(isDate, 'should be an ISO 8601 date such as 2027-02-19T00:00:00Z')
    .optional(),
  attestationAccepted: z.boolean().optional(),
  purchaseCommitment: z.object({ amount: z.number(), currency: text, grain: text }).optional(),
  scheduledNextTermInstructions: z.record(z.string(), z.unknown()).optional(),
});

const addon = lineItem
  .extend({ addonItems: z.tuple([], { error: 'an add-on has no add-ons of its own' }).optional() })
  .describe('What a caller says about an add-on: a line item without add-ons of its own.');

const base = lineItem
  .extend({ addonItems: z.array(addon).optional() })
  .describe(
    'What a caller says about a line item. `catalogId` is read as `catalogItemId`, and ids in `additionalPartnerIdsOnRecord` as participants.',
  );

/** The body of a create or replace, under canonical names. */
export const cartRequest = z.object({
  lineItems: z.array(base).min(1, 'should have at least one line item'),
  partnerOnRecordAttestationAccepted: z.boolean().optional(),
});

const LINE_ITEM_SHAPE: { [name: string]: Shape } = {
  ...Object.fromEntries(Object.keys(lineItem.shape).map((name) => [name, 'value' as const])),
  catalogId: 'value',
  participants: [() => ({ key: 'value', value: 'value' })],
  provisioningContext: 'dictionary',
  renewsTo: { termDuration: 'value' },
  purchaseCommitment: { amount: 'value', currency: 'value', grain: 'value' },
  addonItems: [() => LINE_ITEM_SHAPE],
  additionalPartnerIdsOnRecord: 'value',
};
const CART_SHAPE: Shape = { lineItems: [() => LINE_ITEM_SHAPE], partnerOnRecordAttestationAccepted: 'value' };

/** The draft in a body (docs/contract.md 5, 8), or the error that names what is wrong with it. */
export function readCartRequest(json: unknown): { draft: CartDraft } | { error: ApiError } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return { error: apiError('invalidInput', 'The body should be a cart: a JSON object with lineItems.') };
  }
  const named = canonicalize(json, CART_SHAPE) as { lineItems?: unknown };
  if (Array.isArray(named.lineItems)) named.lineItems = named.lineItems.map(renamed);
  const lines = lineCount(named.lineItems);
  if (lines > MAX_LINE_ITEMS) {
    return { error: limitExceeded('line items, add-ons included', MAX_LINE_ITEMS, lines) };
  }
  const parsed = cartRequest.safeParse(named);
  if (!parsed.success) return { error: structuralFault(parsed.error.issues) };
  const groups = groupCount(parsed.data.lineItems);
  if (groups > MAX_ORDER_GROUPS) return { error: limitExceeded('order groups', MAX_ORDER_GROUPS, groups) };
  return { draft: parsed.data };
}

/** `catalogId` is what the tables call `catalogItemId`; additional partners on record are participants of a cart. */
function renamed(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  const { catalogId, additionalPartnerIdsOnRecord, addonItems, ...rest } = item as Record<string, unknown>;
  const more = partnerIds(additionalPartnerIdsOnRecord).map((value) => ({
    key: ADDITIONAL_RESELLER,
    value,
  }));
  return {
    ...(catalogId === undefined ? {} : { catalogItemId: catalogId }),
    ...rest,
    ...(more.length > 0 ? { participants: [...listOfPairs(rest.participants ?? []), ...more] } : {}),
    ...(addonItems === undefined
      ? {}
      : { addonItems: Array.isArray(addonItems) ? addonItems.map(renamed) : addonItems }),
  };
}

/** Ids in a list or in a sentence, or a single number; what is none of these is refused as one that is no id. */
function partnerIds(value: unknown): unknown[] {
  if (typeof value === 'string') return value.split(/[,;\s]+/).filter(Boolean);
  if (Array.isArray(value)) return value;
  return value === undefined ? [] : [value];
}

function listOfPairs(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return [value];
  return Object.entries(value).map(([key, of]) => ({ key, value: of }));
}

/** Counted before the schema looks at each, so that a body of a million empty items costs nothing. */
function lineCount(lineItems: unknown): number {
  if (!Array.isArray(lineItems)) return 0;
  const addons = lineItems.map((item: { addonItems?: unknown } | undefined) => item?.addonItems);
  return addons.reduce<number>((sum, of) => sum + (Array.isArray(of) ? of.length : 0), lineItems.length);
}

function groupCount(lineItems: LineItemDraft[]): number {
  return new Set(lineItems.map((item) => groupKey({ ...item, currencyCode: item.currencyCode ?? '' }))).size;
}

/** The members that Partner Center has codes of their own for. */
const FAULT_OF_MEMBER = new Map<string, ErrorName>([
  ['catalogItemId', 'catalogItemMissing'],
  ['billingCycle', 'billingCycleInvalid'],
  ['key', 'enumInvalid'],
]);

function structuralFault(issues: readonly z.core.$ZodIssue[]): ApiError {
  const data = issues.slice(0, MAX_PROBLEMS).map(({ path, message }) => ({ path: jsonPath(path), message }));
  const names = new Set(issues.map(({ path }) => faultOfMember(path)));
  const [only = 'invalidInput'] = names.size === 1 ? names : [];
  const sentence = data.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return apiError(only, sentence.length > 1_000 ? `${sentence.slice(0, 1_000)}…` : sentence, { data });
}

/** By the name of the member, but in a dictionary, where the caller chose the names. */
function faultOfMember(path: readonly PropertyKey[]): ErrorName {
  const isCallers = path.includes('provisioningContext' satisfies keyof LineItemDraft);
  return (isCallers ? undefined : FAULT_OF_MEMBER.get(String(path.at(-1)))) ?? 'invalidInput';
}
