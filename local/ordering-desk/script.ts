/**
 * The desk's script: which request fails, how, and how many times. Rules are tried in their order, the first
 * that matches and is not used up speaks; where none does, the desk does its work.
 * It decides only; what an answer means on the wire is the desk's business.
 */
import * as z from 'zod';

/** What a rule looks at: one request as the desk has understood it. */
export interface Sight {
  readonly method: string;
  readonly customer: string;
  readonly billingCycle: string | undefined;
  readonly offers: readonly string[];
}

const match = z.strictObject({
  /** POST makes an order, GET looks orders up; a rule speaks of POST unless it says otherwise. */
  method: z.enum(['POST', 'GET']).default('POST'),
  customer: z.string().toLowerCase().optional(),
  offerId: z.string().optional(),
  billingCycle: z.string().optional(),
});

const refusal = z.strictObject({
  status: z.int().min(400).max(599),
  code: z.string().optional(),
  description: z.string().optional(),
  retryAfterSeconds: z.int().min(0).optional(),
});

/**
 * `hang`: nothing is made, nothing is answered. `cutBefore`: nothing is made, the connection closes.
 * `acceptThenCut`, `acceptThenHang`: the order is made, and the caller does not hear of it.
 */
const answer = z.union([refusal, z.enum(['hang', 'cutBefore', 'acceptThenCut', 'acceptThenHang'])]);

const rule = z.strictObject({
  match: match.prefault({}),
  times: z.union([z.int().min(1), z.literal('always')]),
  /** Speaks of every so-many-eth request that it matches only. */
  every: z.int().min(1).default(1),
  answer,
});

const deskScript = z.strictObject({
  rules: z.array(rule).default([]),
  /** Whether a request id that was seen before gets the order it made then. */
  idempotency: z.boolean().default(true),
  /** Whether an order has the `externalReference` that it was sent with. */
  echo: z.boolean().default(true),
  /** How long a new order is missing from the list of orders; it can be read by its id all the same. */
  listDelaySeconds: z.number().min(0).default(0),
});

/** A script as it is sent: the list of rules, or an object that can also change how the desk does its work. */
export const scriptRequest = z.union([
  z.array(rule).transform((rules) => deskScript.parse({ rules })),
  deskScript,
]);

export type Rule = z.output<typeof rule>;
export type ScriptedAnswer = z.output<typeof answer>;
export type Refusal = z.output<typeof refusal>;
export type ScriptRequest = z.input<typeof scriptRequest>;

export interface Script extends Omit<z.output<typeof deskScript>, 'rules'> {
  /** Takes the answer for this request and counts the rule down; undefined means: do the work. */
  take(sight: Sight): ScriptedAnswer | undefined;
}

/** A script to play; without rules the desk does everything that it is asked. */
export function playScript(
  { rules, ...work }: z.output<typeof scriptRequest> = deskScript.parse({}),
): Script {
  const left = rules.map(({ times }) => (times === 'always' ? Number.POSITIVE_INFINITY : times));
  const met = rules.map(() => 0);
  const isTurnOf = ({ every }: Rule, at: number) => {
    met[at] = (met[at] ?? 0) + 1;
    return met[at] % every === 0;
  };
  return {
    ...work,
    take(sight) {
      const index = rules.findIndex(
        (rule, at) => (left[at] ?? 0) > 0 && matches(rule.match, sight) && isTurnOf(rule, at),
      );
      if (index < 0) return undefined;
      left[index] = (left[index] ?? 0) - 1;
      return rules[index]?.answer;
    },
  };
}

function matches({ method, customer, offerId, billingCycle }: Rule['match'], sight: Sight): boolean {
  return (
    method === sight.method &&
    (customer === undefined || customer === sight.customer) &&
    (offerId === undefined || sight.offers.includes(offerId)) &&
    (billingCycle === undefined || billingCycle === sight.billingCycle)
  );
}
