/** What a check of the smoke test is, and how checks are run one after the other. */
import { type Call, NoResponse, type Response } from './client.ts';

/** What may be broken, by the name that the report gives it, with where to look. */
export const COMPONENTS = {
  app: 'the function app: its URL, its start, its log; an invalid setting is named there',
  keys: 'the key service at AUTH_JWKS_URL: the app cannot read the keys that verify tokens',
  token: 'the token or the settings AUTH_ISSUERS, AUTH_AUDIENCES, AUTH_TENANTS and the roles',
  storage: 'Table Storage: the account, the role of the app on it, its private endpoint',
  broker: 'Service Bus: the namespace, the roles of the app on its entities, its private endpoint',
  worker: 'the function that reads the queue `checkout`: its trigger, Data Receiver on the queue, its log',
  gateway: 'the ordering gateway: its URL, its credential, its own health',
} as const;

export type Component = keyof typeof COMPONENTS;

export type Outcome =
  | { kind: 'passed'; detail: string }
  /** Works as designed, but a caller should know. */
  | { kind: 'noted'; detail: string }
  | { kind: 'failed'; detail: string; components: Component[] }
  | { kind: 'skipped'; detail: string };

export const passed = (detail: string): Outcome => ({ kind: 'passed', detail });
export const noted = (detail: string): Outcome => ({ kind: 'noted', detail });
export const failed = (detail: string, ...components: Component[]): Outcome => ({
  kind: 'failed',
  detail,
  components,
});

export interface Options {
  token?: string | undefined;
  /** Customer of the cart that is created. */
  customer: string;
  /** Catalogue item of its line item. */
  catalogItem: string;
  /** Whether the cart is checked out, which places an order. */
  placesOrder: boolean;
  /** How long the order may take, in milliseconds. */
  waitMs: number;
}

/** What checks share: requests, and what earlier checks have found. */
export interface Session extends Options {
  call: Call;
  isReady?: boolean;
  cartPath?: string;
  etag?: string;
  sleep(ms: number): Promise<void>;
}

export interface Check {
  name: string;
  /** Without a token, or without permission to order, the check is not run. */
  needs?: 'token' | 'order';
  /** Whether later checks have no meaning when this one fails. */
  isGate?: boolean;
  run(session: Session): Promise<Outcome>;
}

export interface CheckResult {
  name: string;
  outcome: Outcome;
}

/** Runs the checks in order. After a gate has failed, the others are skipped. */
export async function runChecks(
  checks: readonly Check[],
  session: Session,
  onResult: (result: CheckResult) => void,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  let closedBy: string | undefined;
  for (const check of checks) {
    const outcome = missing(check, session, closedBy) ?? (await attempt(check, session));
    if (check.isGate && outcome.kind === 'failed') closedBy ??= check.name;
    results.push({ name: check.name, outcome });
    onResult({ name: check.name, outcome });
  }
  return results;
}

function missing({ needs }: Check, session: Session, closedBy: string | undefined): Outcome | undefined {
  if (closedBy !== undefined) return { kind: 'skipped', detail: `needs "${closedBy}"` };
  if (needs !== undefined && session.token === undefined) return { kind: 'skipped', detail: 'needs --token' };
  if (needs === 'order' && !session.placesOrder) return { kind: 'skipped', detail: 'needs --order' };
  return undefined;
}

async function attempt(check: Check, session: Session): Promise<Outcome> {
  try {
    return await check.run(session);
  } catch (error) {
    if (error instanceof NoResponse) return failed(error.message, 'app');
    throw error;
  }
}

/** `503, code 800003: Storage does not answer.` */
export function shown({ status, body }: Response): string {
  if (!body) return `${status} without a JSON body`;
  const { code, description } = body;
  return [[status, code !== undefined && `code ${code}`].filter(Boolean).join(', '), description]
    .filter(Boolean)
    .join(': ');
}
