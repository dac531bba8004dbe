/**
 * What a caller says about a cart, from the wire: the schema that validates it, every member under its
 * canonical name. What is structurally wrong is a fault that names each offending member by its path; what
 * merely cannot be bought passes and is marked on its line later.
 */
import * as z from 'zod';
import type { CartDraft } from '../cart/cart.ts';
import { BILLING_CYCLES, flatten, type LineItemDraft, PARTICIPANT_KEYS } from '../cart/lineItem.ts';
import { type Fault, type FaultName, faultOf } from '../faults.ts';
import { canonical, type Shape } from './names.ts';

/** Line items of a cart, add-ons included (contract, decision 30). */
export const MAX_LINE_ITEMS = 200;
const MAX_ADDITIONAL_RESELLERS = 5;
const MAX_INT32 = 2_147_483_647;

const text = z.string().max(1_024);
const scalar = z.union([z.string().max(1_024), z.number(), z.boolean()]).transform(String);

/** A name of an enumeration in any spelling: `OneTime`, `one_time`, `one-time`, or its number. */
function spelled<const Name extends string>(names: readonly Name[], numbers: readonly Name[] = names) {
  const bare = (value: string) => value.toLowerCase().replace(/[_\s-]/g, '');
  const find = (value: unknown) =>
    typeof value === 'number' ? numbers[value] : names.find((name) => bare(name) === bare(String(value)));
  return z.preprocess(find, z.enum(names, { error: `should be one of ${names.join(', ')}` }));
}

const participant = z.object({
  key: spelled(PARTICIPANT_KEYS, [
    'unknown',
    'transaction_reseller',
    'consumption_reseller',
    'additional_transaction_reseller',
  ]),
  value: scalar,
});

/** The documents also describe participants as a dictionary, and `renewsTo` as a list (contract, section 4, 12 and 13). */
const participants = z.preprocess(
  (value) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.entries(value).map(([key, of]) => ({ key, value: of }))
      : value,
  z.array(participant).max(20),
);
const renewsTo = z.preprocess(
  (value) => (Array.isArray(value) ? value[0] : value),
  z.object({ termDuration: text.optional() }),
);

const lineItem = z.object({
  catalogItemId: text.trim().min(1),
  friendlyName: text.optional(),
  quantity: z.int().min(1).max(MAX_INT32),
  currencyCode: z
    .string()
    .regex(/^[A-Za-z]{3}$/, 'should be an ISO 4217 code')
    .transform((code) => code.toUpperCase())
    .optional(),
  billingCycle: spelled(BILLING_CYCLES).refine((cycle) => cycle !== 'unknown', 'should be known'),
  termDuration: z
    .string()
    .regex(/^P\d{1,3}[DWMY]$/i, 'should be an ISO 8601 duration such as P1Y')
    .transform((term) => term.toUpperCase())
    .optional(),
  participants: participants.optional(),
  provisioningContext: z.record(z.string().max(128), scalar).optional(),
  purchaseSystem: text.optional(),
  renewsTo: renewsTo.optional(),
  promotionId: text.optional(),
  customTermEndDate: text
    .refine((date) => !Number.isNaN(Date.parse(date)), 'should be an ISO 8601 date')
    .optional(),
  attestationAccepted: z.boolean().optional(),
  purchaseCommitment: z.object({ amount: z.number(), currency: text, grain: text }).optional(),
  scheduledNextTermInstructions: z.record(z.string(), z.unknown()).optional(),
});

const addon = lineItem.extend({ addonItems: z.undefined({ error: 'an add-on has no add-ons of its own' }) });

/** The body of a create or replace, under canonical names. */
export const cartRequest = z.object({
  lineItems: z
    .array(lineItem.extend({ addonItems: z.array(addon).optional() }))
    .min(1, 'should have at least one line item'),
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

/** The draft in a body (contract, "Request normalisation pipeline"), or the fault that names what is wrong with it. */
export function readCartRequest(json: unknown): { draft: CartDraft } | { fault: Fault } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return { fault: faultOf('invalidInput', 'The body should be a cart: a JSON object with lineItems.') };
  }
  const named = canonical(json, CART_SHAPE) as { lineItems?: unknown };
  if (Array.isArray(named.lineItems)) named.lineItems = named.lineItems.map(renamed);
  const parsed = cartRequest.safeParse(named);
  if (!parsed.success) return { fault: structuralFault(parsed.error.issues) };
  return tooMuch(parsed.data.lineItems) ?? { draft: parsed.data };
}

/** `catalogId` is what the tables call `catalogItemId`; additional partners on record are participants of a cart. */
function renamed(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  const { catalogId, additionalPartnerIdsOnRecord, addonItems, ...rest } = item as Record<string, unknown>;
  const more = partnerIds(additionalPartnerIdsOnRecord).map((value) => ({
    key: 'additional_transaction_reseller',
    value,
  }));
  return {
    ...(catalogId === undefined ? {} : { catalogItemId: catalogId }),
    ...rest,
    ...(more.length > 0 ? { participants: [...((rest.participants as unknown[]) ?? []), ...more] } : {}),
    ...(addonItems === undefined
      ? {}
      : { addonItems: Array.isArray(addonItems) ? addonItems.map(renamed) : addonItems }),
  };
}

function partnerIds(value: unknown): unknown[] {
  return typeof value === 'string'
    ? value.split(/[,;\s]+/).filter(Boolean)
    : Array.isArray(value)
      ? value
      : [];
}

function tooMuch(lineItems: LineItemDraft[]): { fault: Fault } | undefined {
  const all = flatten(lineItems);
  if (all.length > MAX_LINE_ITEMS) {
    return {
      fault: faultOf(
        'invalidInput',
        `A cart has at most ${MAX_LINE_ITEMS} line items, add-ons included; this one has ${all.length}.`,
        { data: [{ path: 'lineItems', message: 'too many' }] },
      ),
    };
  }
  const crowded = all.findIndex(
    ({ participants: of }) =>
      (of ?? []).filter(({ key }) => key === 'additional_transaction_reseller').length >
      MAX_ADDITIONAL_RESELLERS,
  );
  if (crowded < 0) return undefined;
  const problem = `at most ${MAX_ADDITIONAL_RESELLERS} additional resellers`;
  return {
    fault: faultOf('invalidInput', `Line item ${crowded} has more than ${problem}.`, {
      data: [{ path: `lineItems[${crowded}].participants`, message: problem }],
    }),
  };
}

const FAULT_OF_MEMBER: Record<string, FaultName> = {
  catalogItemId: 'catalogItemMissing',
  billingCycle: 'billingCycleInvalid',
  key: 'enumInvalid',
};

function structuralFault(issues: readonly z.core.$ZodIssue[]): Fault {
  const data = issues.map(({ path, message }) => ({ path: pathText(path), message }));
  const names = new Set(issues.map(({ path }) => FAULT_OF_MEMBER[String(path.at(-1))] ?? 'invalidInput'));
  const [only = 'invalidInput'] = names.size === 1 ? names : [];
  const sentence = data.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return faultOf(only, sentence.length > 1_000 ? `${sentence.slice(0, 1_000)}…` : sentence, { data });
}

/** `lineItems[0].quantity`. */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (before, part) =>
      typeof part === 'number' ? `${before}[${part}]` : `${before ? `${before}.` : ''}${String(part)}`,
    '',
  );
}
