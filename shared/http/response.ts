/** What an endpoint answers with, and how an error looks on the wire: Partner Center's `{code, description, data, source}`. */
import { type ApiError, ERRORS } from '../errors.ts';

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

/** The answer that tells of an error. */
export function errorResponse(error: ApiError): ApiResponse {
  const entry = ERRORS[error.name];
  const { code, status } = error.upstream ?? entry;
  const retryAfter = error.retryAfterMs === undefined ? {} : { 'Retry-After': secondsUp(error.retryAfterMs) };
  const challenge = status === 401 ? { 'WWW-Authenticate': 'Bearer error="invalid_token"' } : {};
  // Never empty, whatever a gateway said: it is the whole message of the exception that the SDKs throw.
  const description = (error.description.trim() || entry.when).slice(0, DESCRIPTION_CHARS);
  // As Partner Center's gateway says it; clients look for one form or the other (docs/contract.md 15.2, 15.3).
  const throttled = status === 429 ? { statusCode: status, message: description } : {};
  return {
    status,
    body: { code, description, data: error.data ?? [], source: SOURCE, ...throttled },
    headers: { ...retryAfter, ...challenge },
  };
}

/** Whole seconds, at least one: no client reads fractions, and 0 means at once. */
export const secondsUp = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1_000)));
