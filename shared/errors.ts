/**
 * Every way in which a request can fail, in one table: Partner Center's code, the status, and whether the
 * same request may succeed later. A permanent failure uses 400, 401, 403, 404 or 409 only, because the Java
 * SDK repeats all others for ever; the one exception is a failed `If-Match`, which no SDK sends.
 */

interface ErrorEntry {
  code: string;
  status: number;
  /** Can the same request succeed later, unchanged? */
  retryable: boolean;
  /** What it means, as the reference prints it. */
  when: string;
}

export const ERRORS = {
  accessDenied: {
    code: '400',
    status: 401,
    retryable: false,
    when: 'The bearer token is missing, expired, not yet valid, or not for this service.',
  },
  tooManyRequests: {
    code: '429',
    status: 429,
    retryable: true,
    when: 'The partner tenant has sent too many requests; `Retry-After` says when to ask again.',
  },
  routeNotFound: {
    code: '1000',
    status: 404,
    retryable: false,
    when: 'There is no such resource or method.',
  },
  etagMismatch: {
    code: '2055',
    status: 412,
    retryable: false,
    when: 'The cart has changed since the ETag in If-Match was read.',
  },
  orderNotFound: {
    code: '20000',
    status: 404,
    retryable: false,
    when: 'The customer has no order of this id.',
  },
  tenantNotAllowed: {
    code: '20002',
    status: 403,
    retryable: false,
    when: 'The partner tenant of the token is not served here.',
  },
  invalidInput: {
    code: '800002',
    status: 400,
    retryable: false,
    when: 'The request is structurally wrong; `data` names every offending member by its path.',
  },
  serviceFailed: {
    code: '800003',
    status: 500,
    retryable: true,
    when: 'The service met something it did not expect.',
  },
  serviceUnavailable: {
    code: '800003',
    status: 503,
    retryable: true,
    when: 'Storage or the key service does not answer; `Retry-After` says when to ask again.',
  },
  orderFailed: {
    code: '800005',
    status: 409,
    retryable: true,
    when: 'The order could not be created in any attempt; the cart is active again, for a call with another `MS-RequestId`.',
  },
  cartNotFound: {
    code: '800008',
    status: 404,
    retryable: false,
    when: 'The customer has no cart of this id, or it has expired.',
  },
  lineItemErrors: {
    code: '800009',
    status: 400,
    retryable: false,
    when: 'Line items of the cart carry errors; `data` lists them.',
  },
  checkoutInProgress: {
    code: '800060',
    status: 409,
    retryable: true,
    when: 'The checkout is still running; a repeat joins it.',
  },
  cartBusy: {
    code: '800064',
    status: 409,
    retryable: true,
    when: 'The cart is in checkout or being changed by another request.',
  },
  alreadyOrdered: {
    code: '800065',
    status: 400,
    retryable: false,
    when: 'The cart, or the order group of a line item, has already been ordered and cannot change.',
  },
  bulkOrderNotFound: {
    code: '810001',
    status: 404,
    retryable: false,
    when: 'The partner has no bulk order of this id, or its retention has ended.',
  },
  bulkOrderRunning: {
    code: '810002',
    status: 409,
    retryable: true,
    when: 'The bulk order has not ended yet, so nothing of it can be done again.',
  },
  bulkOrderBusy: {
    code: '810003',
    status: 409,
    retryable: true,
    when: 'The bulk order is being changed by other requests.',
  },
  customerIdInvalid: {
    code: '900118',
    status: 400,
    retryable: false,
    when: 'The customer id is not a GUID.',
  },
  enumInvalid: {
    code: '900126',
    status: 400,
    retryable: false,
    when: 'A value is not one of its enumeration; `data` names the member.',
  },
  catalogItemMissing: {
    code: '900142',
    status: 400,
    retryable: false,
    when: 'A line item has no catalogItemId; `data` names it.',
  },
  roleMissing: {
    code: '900150',
    status: 403,
    retryable: false,
    when: 'The user has none of the roles that the operation needs.',
  },
  attestationMissing: {
    code: '900206',
    status: 400,
    retryable: false,
    when: 'Line items name additional resellers, and `partnerOnRecordAttestationAccepted` is not true.',
  },
  billingCycleInvalid: {
    code: '900269',
    status: 400,
    retryable: false,
    when: 'A line item has no billing cycle, or `unknown`; `data` names it.',
  },
  appOnlyNotSupported: {
    code: '900329',
    status: 403,
    retryable: false,
    when: 'The operation needs an App+User token.',
  },
} as const satisfies Record<string, ErrorEntry>;

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
