/** The response of an endpoint, and the response of an error: Partner Center's `{code, description, data, source}`. */
import type { HttpResponseInit } from '@azure/functions';
import { type ApiError, ERRORS } from '../errors.ts';
import type { Client } from './clients.ts';

export interface ApiResponse {
  status: number;
  /** Absent only where HTTP forbids a body; a 2xx always has one, because the Java SDK fails on an empty one. */
  body?: unknown;
  /** Text of another media type than JSON, in place of a body. */
  content?: { type: string; text: string };
  headers?: Record<string, string>;
  /** A response of Partner Center, which is returned as it is in place of everything else. */
  passedThrough?: HttpResponseInit;
}

const SOURCE = 'Cartwright';
/** Longest description (docs/contract.md 14.1); a gateway's text or a path may be longer. */
const DESCRIPTION_CHARS = 1_024;

/** The response of an error, for this client. */
export function errorResponse(
  error: ApiError,
  { hasShortThrottlingBody }: Pick<Client, 'hasShortThrottlingBody'> = { hasShortThrottlingBody: false },
): ApiResponse {
  const entry = ERRORS[error.name];
  const { code, status } = error.upstream ?? entry;
  const retryAfter = error.retryAfterMs === undefined ? {} : { 'Retry-After': secondsUp(error.retryAfterMs) };
  const challenge = status === 401 ? { 'WWW-Authenticate': 'Bearer error="invalid_token"' } : {};
  // Never empty, whatever the gateway sent: it is the whole message of the exception that the SDKs throw.
  const description = (error.description.trim() || entry.when).slice(0, DESCRIPTION_CHARS).toWellFormed();
  const body = { code, description, data: error.data ?? [], source: SOURCE };
  // Partner Center's gateway sends the second form; clients read one or the other (docs/contract.md 15.2, 15.3).
  const throttled = { statusCode: status, message: description };
  const headers = { ...retryAfter, ...challenge };
  if (status !== 429) return { status, body, headers };
  return { status, body: hasShortThrottlingBody ? throttled : { ...body, ...throttled }, headers };
}

/** Whole seconds, at least one: clients read no fractions, and 0 means immediately. */
export const secondsUp = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1_000)));
