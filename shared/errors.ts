/**
 * Every error of the API in one table: Partner Center's code, the status, and whether the same request can succeed
 * later. Permanent failures use only 400, 401, 403, 404 and 409, because the Java SDK repeats all other statuses
 * indefinitely (docs/contract.md 14.2). The one exception is a failed `If-Match`, which no SDK sends.
 */
import { ERRORS } from './errorTable.ts';

export { ERRORS };

export type ErrorName = keyof typeof ERRORS;

/** A failure as data: decisions return it, the HTTP layer responds with it. */
export interface ApiError {
  name: ErrorName;
  description: string;
  data?: readonly unknown[] | undefined;
  /** Milliseconds after which a retry may succeed, sent as `Retry-After`. */
  retryAfterMs?: number | undefined;
  /** Code and status of an ordering gateway's rejection, which replace those of the table. */
  upstream?: { code: string; status: number } | undefined;
}

/** An error of this name. */
export function apiError(
  name: ErrorName,
  description: string,
  more: Omit<ApiError, 'name' | 'description'> = {},
): ApiError {
  return { name, description, ...more };
}

/** Thrown at the edge only, where an error has to leave code that cannot return it. */
export class ServiceError extends Error {
  readonly apiError: ApiError;
  constructor(error: ApiError, options?: ErrorOptions) {
    super(error.description, options);
    this.name = 'ServiceError';
    this.apiError = error;
  }
}

/** The exception for a dependency that does not respond; `dependency` starts a sentence. */
export function unavailable(dependency: string, cause: unknown): ServiceError {
  const error = apiError('serviceUnavailable', `${dependency} does not respond. Retry the request.`, {
    retryAfterMs: 5_000,
  });
  return new ServiceError(error, { cause });
}

/** The exception for a dependency that denies access while a role may not hold yet; `dependency` starts a sentence. */
export function accessPending(dependency: string, cause: unknown): ServiceError {
  const description = `${dependency} denies access; a new role takes some minutes to hold. Retry the request.`;
  return new ServiceError(apiError('serviceUnavailable', description, { retryAfterMs: 5_000 }), { cause });
}

/** Whether an exception says that a dependency did not respond, so that the same work can succeed later. */
export const isUnavailable = (thrown: unknown): boolean =>
  thrown instanceof ServiceError && thrown.apiError.name === 'serviceUnavailable';

/** Thrown by a store for a write that storage rejects permanently: a repeat of it cannot succeed. */
export class WriteRejectedError extends Error {
  constructor(cause: unknown) {
    super(`Storage rejected the write: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'WriteRejectedError';
  }
}
