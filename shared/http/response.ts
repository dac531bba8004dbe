/** What an endpoint answers with, and how an error looks on the wire: Partner Center's `{code, description, data, source}`. */
import { type ApiError, ERRORS } from '../errors.ts';
import type { Client } from './clients.ts';

export interface ApiResponse {
  status: number;
  /** Absent only where HTTP forbids a body; a 2xx always has one, because the Java SDK dies of an empty one. */
  body?: unknown;
  /** A page for people, in place of a body. */
  html?: string;
  /** A table for people with a spreadsheet, likewise. */
  csv?: string;
  headers?: Record<string, string>;
}

const SOURCE = 'Cartwright';
/** Longest description (docs/contract.md 14.1); a gateway's words or a caller's path may be longer. */
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
  // Never empty, whatever a gateway said: it is the whole message of the exception that the SDKs throw.
  const description = (error.description.trim() || entry.when).slice(0, DESCRIPTION_CHARS);
  const body = { code, description, data: error.data ?? [], source: SOURCE };
  // Partner Center's gateway sends the second form; clients read one or the other (docs/contract.md 15.2, 15.3).
  const throttled = { statusCode: status, message: description };
  const headers = { ...retryAfter, ...challenge };
  if (status !== 429) return { status, body, headers };
  return { status, body: hasShortThrottlingBody ? throttled : { ...body, ...throttled }, headers };
}

/** Whole seconds, at least one: no client reads fractions, and 0 means at once. */
export const secondsUp = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1_000)));
