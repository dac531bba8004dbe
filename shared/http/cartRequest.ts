/**
 * The body of a create or replace: the schema that validates it, with every member under its canonical name. A
 * structural error names each offending member by its path. A line item that is well-formed but cannot be bought
 * passes; the cart marks it later.
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
import { bodyDigest } from '../idempotency.ts';
import { isDate } from '../time.ts';
import { type FieldProblem, uncarriableTexts, validate } from '../validation.ts';
import { canonicalize, exactInteger, lenientEnum, type Shape } from './canonicalize.ts';
import { isJsonObject, MAX_BODY_BYTES, readJson } from './json.ts';
import { type BodyReader, invalid } from './route.ts';

const MAX_PARTICIPANTS = 20;
const MAX_CONTEXT = 50;
const RESELLER = 'transaction_reseller';
const ADDITIONAL_RESELLER = 'additional_transaction_reseller';
const MAX_ADDITIONAL_RESELLERS = 5;
const MAX_INT32 = 2_147_483_647;

const text = z.string().max(1_024);
const scalar = z
  .union([z.string().max(1_024), z.number(), z.boolean()], {
    error: ({ input }) =>
      input === undefined
        ? 'is required'
        : 'must be text of at most 1024 characters, a number, or true or false',
  })
  .transform(String);

const participant = z.object({
  key: lenientEnum(PARTICIPANT_KEYS, {
    numbers: ['unknown', RESELLER, 'consumption_reseller', ADDITIONAL_RESELLER],
  }),
  value: scalar.pipe(z.string().regex(/^\d{1,20}$/, 'must be a PartnerID of 1 to 20 digits')),
});

/** The ids of the participants in a role. An order has room for one reseller, and for each additional one once. */
const idsOf = (key: ParticipantKey, all: readonly Participant[]) =>
  all.filter((one) => one.key === key).map(({ value }) => value);

/** The documents also describe participants as a dictionary, and `renewsTo` as a list (docs/contract.md 5.11, 5.12). */
const participants = z.preprocess(
  listOfPairs,
  z
    .array(z.unknown())
    .max(MAX_PARTICIPANTS) // counted before any entry is validated
    .pipe(z.array(participant))
    .refine((all) => idsOf(RESELLER, all).length <= 1, `must have at most one ${RESELLER}`)
    .refine(
      (all) => idsOf(ADDITIONAL_RESELLER, all).length <= MAX_ADDITIONAL_RESELLERS,
      `must have at most ${MAX_ADDITIONAL_RESELLERS} additional resellers`,
    )
    .refine(
      (all) => new Set(idsOf(ADDITIONAL_RESELLER, all)).size === idsOf(ADDITIONAL_RESELLER, all).length,
      'must name each additional reseller once',
    ),
);
const renewsTo = z.preprocess(
  (value) => (Array.isArray(value) ? value[0] : value),
  z.object({ termDuration: text.optional() }).optional(),
);

/** Any other value that a client sends as an id is ignored (docs/contract.md 5.14). */
const id = z
  .preprocess((value) => {
    const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
    return Number.isSafeInteger(number) ? number : undefined;
  }, z.int().optional())
  .describe(
    'The number of the line item in the cart, if it has one. It only helps to recognize the line item.',
  );

const provisioningContext = z.preprocess((value, context) => {
  if (typeof value !== 'object' || Object.keys(value ?? {}).length <= MAX_CONTEXT) return value;
  const message = `must have at most ${MAX_CONTEXT} members`;
  context.issues.push({ code: 'custom', input: value, message });
  return z.NEVER; // counted before any member is validated
}, z.record(z.string().max(128), scalar).optional());

/** `unknown` is how the SDKs spell an absent billing cycle (docs/contract.md 8.3). */
const purchasableCycle = lenientEnum(
  BILLING_CYCLES.filter((cycle) => cycle !== 'unknown'),
  { numbers: BILLING_CYCLES, absent: 'unknown' },
);

const lineItem = z.object({
  id: id.optional(),
  catalogItemId: text.trim().min(1),
  friendlyName: text.optional(),
  quantity: exactInteger(z.int().min(1).max(MAX_INT32)),
  currencyCode: z
    .string()
    .regex(/^[A-Za-z]{3}$/, 'must be an ISO 4217 code such as USD')
    .transform((code) => code.toUpperCase())
    .optional(),
  billingCycle: purchasableCycle,
  termDuration: z
    .string()
    .regex(/^P\d{1,3}[DWMY]$/i, 'must be an ISO 8601 duration such as P1Y')
    .transform((term) => term.toUpperCase())
    .optional(),
  participants: participants.optional(),
  provisioningContext,
  purchaseSystem: text.optional(),
  renewsTo: renewsTo.optional(),
  promotionId: text.optional(),
  customTermEndDate: text.refine(isDate, 'must be an ISO 8601 date such as 2027-02-19T00:00:00Z').optional(),
  attestationAccepted: z.boolean().optional(),
  purchaseCommitment: z.object({ amount: z.number(), currency: text, grain: text }).optional(),
  scheduledNextTermInstructions: z.record(z.string(), z.unknown()).optional(),
});

const noAddons = z.tuple([], { error: 'must be absent: an add-on has no add-ons' }).optional();

const addon = lineItem
  .extend({ addonItems: noAddons })
  .describe('An add-on: a line item that has no add-ons.');

const base = lineItem
  .extend({ addonItems: z.array(addon).optional() })
  .describe(
    'A line item. `catalogId` is read as `catalogItemId`, and ids in `additionalPartnerIdsOnRecord` as participants.',
  );

const cartOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    lineItems: z.array(item).min(1),
    partnerOnRecordAttestationAccepted: z.boolean().optional(),
  });

/** The body of a create or replace, under canonical names. */
export const cartRequest = cartOf(base).describe(
  'A cart. Member names are read in any letter case (`lineItems`, `LineItems`), `catalogId` as `catalogItemId`, enumerations in any spelling (`one_time`, `OneTime`, `one-time`, or the number), and integers also as text. Null and `0001-01-01T00:00:00` mean absent. Unknown members and members that the service owns are ignored.',
);

/** A replace may send `unknown` back for a billing cycle that its client cannot parse (docs/contract.md 16.6). */
const anyCycle = lenientEnum(BILLING_CYCLES);
const replaceAddon = addon.extend({ billingCycle: anyCycle });
const replaceRequest = cartOf(
  base.extend({ billingCycle: anyCycle, addonItems: z.array(replaceAddon).optional() }),
);

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

/** The draft in a body (docs/contract.md 5, 8), or the error that names every problem with it. */
export const readCartRequest = (json: unknown): CartResult => readCart(json, cartRequest);

/** The same for line items whose billing cycle may be `unknown`. */
export const readReplaceRequest = (json: unknown): CartResult => readCart(json, replaceRequest);

export type CartResult = { draft: CartDraft } | { error: ApiError };

function readCart(json: unknown, schema: z.ZodType<CartDraft>): CartResult {
  if (!isJsonObject(json)) {
    return { error: apiError('invalidInput', 'The body must be a cart: a JSON object with lineItems.') };
  }
  const named = canonicalize(json, CART_SHAPE) as { lineItems?: unknown };
  if (Array.isArray(named.lineItems)) named.lineItems = named.lineItems.map(renamed);
  const lines = lineCount(named.lineItems);
  if (lines > MAX_LINE_ITEMS) {
    return { error: limitExceeded('line items, add-ons included', MAX_LINE_ITEMS, lines) };
  }
  const parsed = validate(schema, named);
  if ('problems' in parsed) return { error: structuralError(parsed.problems, parsed.issues) };
  const uncarriable = uncarriableTexts(parsed.value);
  if (uncarriable.length > 0) return { error: invalid(uncarriable) };
  const groups = groupCount(parsed.value.lineItems);
  if (groups > MAX_ORDER_GROUPS) return { error: limitExceeded('order groups', MAX_ORDER_GROUPS, groups) };
  return { draft: parsed.value };
}

/** The body as a cart, and the digest of its bytes, which identifies the call. */
const readerOf = (
  schema: z.ZodType<CartDraft>,
): BodyReader<{ draft: CartDraft; digest: string }, unknown> => ({
  schema: cartRequest,
  isRequired: true,
  maxBytes: MAX_BODY_BYTES,
  async read({ bytes }) {
    const parsed = readJson(bytes);
    if ('error' in parsed) return parsed;
    const cart = readCart(parsed.json, schema);
    return 'error' in cart ? cart : { body: { draft: cart.draft, digest: bodyDigest(bytes) } };
  },
});

/** Reads the body of a create. */
export const cartBodyReader = readerOf(cartRequest);

/** Reads the body of a replace, in which a billing cycle may be `unknown`: `restoredDraft` resolves it. */
export const replaceBodyReader = readerOf(replaceRequest);

/** `catalogId` is what the tables call `catalogItemId`; additional partners on record are participants of a cart. */
function renamed(item: unknown): unknown {
  if (!isJsonObject(item)) return item;
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

/** Participants as a list: the documents also describe them as a dictionary (docs/contract.md 5.11). */
export function listOfPairs(value: unknown): unknown[] {
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
const ERROR_OF_MEMBER = new Map<string, ErrorName>([
  ['catalogItemId', 'catalogItemMissing'],
  ['billingCycle', 'billingCycleInvalid'],
  ['key', 'enumInvalid'],
]);

/** The error of structural problems (docs/contract.md 9.1, 9.2). */
function structuralError(problems: readonly FieldProblem[], issues: readonly z.core.$ZodIssue[]): ApiError {
  const names = new Set(issues.map(({ path }) => errorOfMember(path)));
  const [only = 'invalidInput'] = names.size === 1 ? names : [];
  return invalid(problems, only);
}

/** By the name of the member, except in a dictionary, where the client chose the names. */
function errorOfMember(path: readonly PropertyKey[]): ErrorName {
  const isDictionary = path.includes('provisioningContext' satisfies keyof LineItemDraft);
  return (isDictionary ? undefined : ERROR_OF_MEMBER.get(String(path.at(-1)))) ?? 'invalidInput';
}
