/** A storefront in one dialect: sends requests to the service and shows each with its answer. */
import type { Stack } from '../stack/stack.ts';
import { brief, say } from './account.ts';
import type { Dialect } from './dialects.ts';

/** What the demonstration looks at in an answer. */
export interface Answer {
  status: number;
  body: {
    id?: string;
    code?: string;
    status?: string;
    attempts?: number;
    expirationTimestamp?: string;
    nextAttemptTimestamp?: string;
    lastError?: { description: string };
    lineItems?: { quantity: number }[];
    orders?: { id: string; billingCycle: string; lineItems: unknown[] }[];
  };
}

export type Ask = (
  method: string,
  path: string,
  options?: { body?: unknown; headers?: object; quiet?: boolean },
) => Promise<Answer>;

/** A storefront of the stack's own partner. */
export function storefront({ url }: Stack, token: string, { name, headers }: Dialect): Ask {
  return async (method, path, { body, headers: more = {}, quiet = false } = {}) => {
    const show = quiet ? () => undefined : say;
    show(`→ ${method} ${path} (${name})`);
    if (body !== undefined) show(`  ${brief(body)}`);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers, ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = { status: response.status, body: (await response.json()) as Answer['body'] };
    show(`← ${answer.status} ${brief(answer.body)}`);
    return answer;
  };
}
