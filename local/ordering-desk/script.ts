/**
 * The desk's script: which requests fail, how, and how many times. The first rule that matches and is not used up
 * applies; without one, the desk serves the request.
 */
import * as z from 'zod';

/** The properties of a request that rules match. */
export interface RequestFacts {
  readonly method: string;
  readonly customer: string;
  readonly billingCycle: string | undefined;
  readonly offers: readonly string[];
}

const match = z.strictObject({
  /** POST creates an order, GET reads orders. */
  method: z.enum(['POST', 'GET']).default('POST'),
  customer: z.string().toLowerCase().optional(),
  offerId: z.string().optional(),
  billingCycle: z.string().optional(),
});

const scriptedError = z.strictObject({
  status: z.int().min(400).max(599),
  code: z.string().optional(),
  description: z.string().optional(),
  retryAfterSeconds: z.int().min(0).optional(),
});

/**
 * `hang`: no order, no response. `cutBefore`: no order, the connection closes. `acceptThenCut`: the order is created and
 * the connection closes without a response. `acceptThenHang`: the order is created and there is no response.
 */
const answer = z.union([scriptedError, z.enum(['hang', 'cutBefore', 'acceptThenCut', 'acceptThenHang'])]);

const rule = z.strictObject({
  match: match.prefault({}),
  times: z.union([z.int().min(1), z.literal('always')]),
  /** Applies to every n-th matching request only. */
  every: z.int().min(1).default(1),
  answer,
});

const deskScript = z.strictObject({
  rules: z.array(rule).default([]),
  /** Returns the existing order for a request id that created one. */
  idempotency: z.boolean().default(true),
  /** Returns the `externalReference` of the request on the order. */
  echo: z.boolean().default(true),
  /** How long a new order is missing from the customer's list. It can be read by id immediately. */
  listDelaySeconds: z.number().min(0).default(0),
});

/** The body of POST /desk/script: an array of rules, or an object with rules and settings. */
export const scriptRequest = z.union([
  z.array(rule).transform((rules) => deskScript.parse({ rules })),
  deskScript,
]);

export type Rule = z.output<typeof rule>;
export type ScriptedAnswer = z.output<typeof answer>;
export type ScriptedError = z.output<typeof scriptedError>;
export type ScriptRequest = z.input<typeof scriptRequest>;

export interface Script extends Omit<z.output<typeof deskScript>, 'rules'> {
  /** Returns the scripted answer and uses up one application of its rule; `undefined` to serve the request. */
  take(request: RequestFacts): ScriptedAnswer | undefined;
}

/** Starts a script. Without rules, the desk serves every request. */
export function playScript(
  { rules, ...settings }: z.output<typeof scriptRequest> = deskScript.parse({}),
): Script {
  const left = rules.map(({ times }) => (times === 'always' ? Number.POSITIVE_INFINITY : times));
  const matched = rules.map(() => 0);
  const isNth = ({ every }: Rule, at: number) => {
    matched[at] = (matched[at] ?? 0) + 1;
    return matched[at] % every === 0;
  };
  return {
    ...settings,
    take(request) {
      const index = rules.findIndex(
        (rule, at) => (left[at] ?? 0) > 0 && matches(rule.match, request) && isNth(rule, at),
      );
      if (index < 0) return undefined;
      left[index] = (left[index] ?? 0) - 1;
      return rules[index]?.answer;
    },
  };
}

function matches({ method, customer, offerId, billingCycle }: Rule['match'], request: RequestFacts): boolean {
  return (
    method === request.method &&
    (customer === undefined || customer === request.customer) &&
    (offerId === undefined || request.offers.includes(offerId)) &&
    (billingCycle === undefined || billingCycle === request.billingCycle)
  );
}
