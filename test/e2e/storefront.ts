/** What SDK samples and storefronts send beside carts, replayed from recordings. */
import { randomUUID } from 'node:crypto';
import recorded from '../fixtures/wire/storefront.json' with { type: 'json' };
import type { Answer, CallService } from './running.ts';

export interface Step {
  method: string;
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  /** Members of the response that the sample reads, such as `items[0].sku.minimumQuantity`. */
  reads: readonly string[];
}

export interface Flow {
  client: string;
  name: string;
  steps: readonly Step[];
}

export const FLOWS = recorded.flows as readonly Flow[];
export const ORDERS = recorded.orders as readonly (Omit<Step, 'reads'> & {
  client: string;
  operation: string;
})[];
export const PASSED = recorded.passed as readonly (Omit<Step, 'reads' | 'body'> & { client: string })[];

const CLIENTS: Record<string, string> = {
  dotnet: 'Partner Center .NET SDK',
  java: 'Partner Center Java SDK',
  psdk: 'Partner Center Open .NET SDK',
  powershell: 'Partner Center PowerShell',
};

/** The headers by which the service knows the client. */
export const headersOf = (client: string) => ({ 'MS-PartnerCenter-Client': CLIENTS[client] ?? client });

/** A path with its query. */
export const targetOf = ({ path, query = {} }: Pick<Step, 'path' | 'query'>): string =>
  Object.keys(query).length === 0 ? path : `${path}?${new URLSearchParams(query)}`;

/** The value at `items[0].sku.minimumQuantity`. */
export function valueAt(json: unknown, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter(Boolean)
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], json);
}

/** What the samples put into the cart of the availability that a step returned. */
const OF_AVAILABILITY: Record<string, string> = {
  catalogItemId: 'items[0].catalogItemId',
  minimumQuantity: 'items[0].sku.minimumQuantity',
  cycle: 'items[0].sku.supportedBillingCycles[0]',
  duration: 'items[0].terms[0].duration',
};

/** Replays a flow for a new customer; each step takes what it needs from the responses before. */
export async function replayFlow({ client, steps }: Flow, call: CallService) {
  const customerId = randomUUID();
  const answers: Answer[] = [];
  const known: Record<string, string> = {
    customerId,
    azureSubscriptionId: randomUUID(),
    subscriptionId: randomUUID(),
    sessionCountry: 'US',
  };
  const resolve = (name: string): unknown => {
    const [, step, what] = /^step (\d+) (\w+)$/.exec(name) ?? [];
    if (step !== undefined)
      return valueAt(answers[Number(step) - 1]?.body, OF_AVAILABILITY[what ?? ''] ?? '');
    return known[name] ?? valueAt(answers.at(-1)?.body, name);
  };
  for (const step of steps) {
    const { method, path, query, body } = filled(step, resolve) as Step;
    answers.push(
      await call(method, targetOf({ path, ...(query && { query }) }), {
        headers: headersOf(client),
        ...(body === undefined ? {} : { body }),
      }),
    );
  }
  return { customerId, answers };
}

/** A value with its placeholders replaced; `{each …}` stands for one entry per value. */
export function filled(value: unknown, resolve: (name: string) => unknown): unknown {
  if (typeof value === 'string') {
    const [, whole] = /^\{([^{}]+)\}$/.exec(value) ?? [];
    if (whole !== undefined) return resolve(whole);
    return value.replace(/\{([^{}]+)\}/g, (_, name: string) => String(resolve(name)));
  }
  if (Array.isArray(value)) return value.flatMap((one) => eachOf(one, resolve));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, filled(of, resolve)]));
}

function eachOf(entry: unknown, resolve: (name: string) => unknown): unknown[] {
  const [, list] = /\{each (\w+)\[\]\.id\}/.exec(JSON.stringify(entry)) ?? [];
  if (list === undefined) return [filled(entry, resolve)];
  const ids = (resolve(list) as { id: string }[]).map(({ id }) => id);
  return ids.map((id) => filled(entry, (name) => (name.startsWith('each ') ? id : resolve(name))));
}
