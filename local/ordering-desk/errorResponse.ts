/**
 * The desk's error responses, in the two formats that Partner Center uses: its own error format, and the throttling
 * format of the gateway in front of it.
 */
import type { JsonResponse } from '../http/serveJson.ts';
import type { ScriptedError } from './script.ts';

/** An error in Partner Center's format. Descriptions are truncated to 1,024 characters. */
export function errorResponse(status: number, code: string, description: string): JsonResponse {
  return {
    status,
    body: { code, description: description.slice(0, 1024), data: [], source: 'OrderingDesk' },
  };
}

/** The error that a rule specifies. A 429 without a code has the throttling format. */
export function scriptedError({ status, code, description, retryAfterSeconds }: ScriptedError): JsonResponse {
  const text = description ?? 'The script of the ordering desk rejects this request.';
  const throttled = status === 429 && code === undefined;
  const response = throttled
    ? { status, body: { statusCode: status, message: text } }
    : errorResponse(status, code ?? '800005', text);
  if (retryAfterSeconds === undefined) return response;
  return { ...response, headers: { 'Retry-After': String(retryAfterSeconds) } };
}
