/**
 * The managed-identity endpoint as App Service has it (API version 2019-08-01), read from the request.
 * It decides what is asked for, or which answer refuses it; it signs nothing.
 */
import { timingSafeEqual } from 'node:crypto';
import type { JsonAnswer, JsonRequest } from '../http/serveJson.ts';

export interface IdentityRequest {
  readonly resource: string;
  /** The user-assigned identity that was asked for; undefined means the app's own. */
  readonly clientId: string | undefined;
}

/** Reads the request, or returns the refusal: 401 without the secret header, 400 for what is missing or unknown. */
export function readIdentityRequest(
  { headers, query }: JsonRequest,
  secret: string,
): IdentityRequest | { readonly refusal: JsonAnswer } {
  if (!isSecret(headers['x-identity-header'], secret)) {
    return refuse(401, 'The header X-IDENTITY-HEADER is missing or wrong.');
  }
  if (query.get('api-version') !== '2019-08-01') return refuse(400, 'api-version must be 2019-08-01.');
  const resource = query.get('resource');
  if (!resource) return refuse(400, 'The parameter resource is missing.');
  return { resource, clientId: query.get('client_id') ?? undefined };
}

function refuse(statusCode: number, message: string): { refusal: JsonAnswer } {
  return { refusal: { status: statusCode, body: { statusCode, message } } };
}

function isSecret(given: string | string[] | undefined, secret: string): boolean {
  const a = Buffer.from(String(given));
  const b = Buffer.from(secret);
  return a.length === b.length && timingSafeEqual(a, b);
}
