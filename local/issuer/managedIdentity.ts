/** Parses requests to the managed identity endpoint of App Service (API version 2019-08-01). */
import { timingSafeEqual } from 'node:crypto';
import type { JsonRequest, JsonResponse } from '../http/serveJson.ts';

export interface IdentityRequest {
  readonly resource: string;
  /** The client id of a user-assigned identity; `undefined` for the system-assigned one. */
  readonly clientId: string | undefined;
}

/** Returns the parsed request or the error response: 401 without the secret header, 400 for invalid parameters. */
export function readIdentityRequest(
  { headers, query }: JsonRequest,
  secret: string,
): IdentityRequest | { readonly error: JsonResponse } {
  if (!isSecret(headers['x-identity-header'], secret)) {
    return reject(401, 'The header X-IDENTITY-HEADER is missing or invalid.');
  }
  if (query.get('api-version') !== '2019-08-01') return reject(400, 'api-version must be 2019-08-01.');
  const resource = query.get('resource');
  if (!resource) return reject(400, 'The parameter resource is required.');
  return { resource, clientId: query.get('client_id') ?? undefined };
}

function reject(statusCode: number, message: string): { error: JsonResponse } {
  return { error: { status: statusCode, body: { statusCode, message } } };
}

function isSecret(given: string | string[] | undefined, secret: string): boolean {
  const a = Buffer.from(String(given));
  const b = Buffer.from(secret);
  return a.length === b.length && timingSafeEqual(a, b);
}
