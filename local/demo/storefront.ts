/** A storefront that uses one SDK's dialect. It prints every request with its response. */
import type { Stack } from '../stack/stack.ts';
import type { Dialect } from './dialects.ts';
import { abbreviate, print } from './output.ts';

/** The members of a response that the demo reads. */
export interface DemoResponse {
  status: number;
  body: {
    id?: string;
    code?: string;
    status?: string;
    attempts?: number;
    expirationTimestamp?: string;
    Secret?: string;
    nextAttemptTimestamp?: string;
    lastError?: { description: string };
    lineItems?: { quantity: number }[];
    items?: {
      id: string;
      title?: string;
      catalogItemId?: string;
      terms?: { duration: string }[];
      status?: string;
    }[];
    orders?: { id: string; billingCycle: string; lineItems: unknown[] }[];
  };
}

export type SendRequest = (
  method: string,
  path: string,
  options?: { body?: unknown; headers?: object; quiet?: boolean },
) => Promise<DemoResponse>;

/** Returns a function that sends requests with the dialect's headers and the token. */
export function storefront({ url }: Stack, token: string, { name, headers }: Dialect): SendRequest {
  return async (method, path, { body, headers: more = {}, quiet = false } = {}) => {
    const show = quiet ? () => undefined : print;
    show(`→ ${method} ${path} (${name})`);
    if (body !== undefined) show(`  ${abbreviate(body)}`);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers, ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const result = { status: response.status, body: (await response.json()) as DemoResponse['body'] };
    show(`← ${result.status} ${abbreviate(result.body)}`);
    return result;
  };
}
