/** The table of errors: what each means, and how it is returned. `errors.ts` has what is made of it. */

interface ErrorEntry {
  code: string;
  status: number;
  /** Whether the same request can succeed later, unchanged. */
  retryable: boolean;
  /** The condition, as the API reference shows it. */
  when: string;
}

export const ERRORS = {
  accessDenied: {
    code: '400',
    status: 401,
    retryable: false,
    when: 'The bearer token is missing or rejected; the description names the claim and the reason.',
  },
  tooManyRequests: {
    code: '429',
    status: 429,
    retryable: true,
    when: 'The partner tenant has exceeded its rate limit; `Retry-After` says when to retry.',
  },
  routeNotFound: {
    code: '1000',
    status: 404,
    retryable: false,
    when: 'The path or method does not exist.',
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
    when: 'The customer has no order with this id.',
  },
  subscriptionNotFound: {
    code: '20003',
    status: 404,
    retryable: false,
    when: 'The customer has no subscription with this id.',
  },
  productNotFound: {
    code: '400013',
    status: 404,
    retryable: false,
    when: 'The catalogue has no such product in the market.',
  },
  skuNotFound: {
    code: '400018',
    status: 404,
    retryable: false,
    when: 'The product has no such SKU in the market.',
  },
  availabilityNotFound: {
    code: '400019',
    status: 404,
    retryable: false,
    when: 'The SKU has no such availability in the market.',
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
    when: 'The request has structural errors; `data` names each offending member by its path.',
  },
  serviceFailed: {
    code: '800003',
    status: 500,
    retryable: true,
    when: 'An unexpected error occurred.',
  },
  serviceUnavailable: {
    code: '800003',
    status: 503,
    retryable: true,
    when: 'Storage, the message broker or the key service does not respond; `Retry-After` says when to retry.',
  },
  orderFailed: {
    code: '800005',
    status: 409,
    retryable: true,
    when: 'No attempt placed the order. The cart is active again; check it out with another `MS-RequestId`.',
  },
  cartNotFound: {
    code: '800008',
    status: 404,
    retryable: false,
    when: 'The customer has no cart with this id, or the cart has expired.',
  },
  lineItemErrors: {
    code: '800009',
    status: 400,
    retryable: false,
    when: 'Line items of the cart have errors; `data` lists them.',
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
  orderBusy: {
    code: '800014',
    status: 409,
    retryable: true,
    when: 'The order is being changed by another request.',
  },
  orderNotChangeable: {
    code: '800061',
    status: 400,
    retryable: false,
    when: 'The order cannot be cancelled, or not be changed in this way; the description says why.',
  },
  suspendInstead: {
    code: '800063',
    status: 400,
    retryable: false,
    when: 'The order of a legacy offer cannot be cancelled.',
  },
  alreadyOrdered: {
    code: '800065',
    status: 400,
    retryable: false,
    when: 'The cart, or the order group of a line item, has been ordered and cannot change.',
  },
  orderLineNotFound: {
    code: '800071',
    status: 400,
    retryable: false,
    when: 'The order has no line with this number.',
  },
  bulkOrderNotFound: {
    code: '810001',
    status: 404,
    retryable: false,
    when: 'The partner has no bulk order with this id, or its retention has ended.',
  },
  bulkOrderRunning: {
    code: '810002',
    status: 409,
    retryable: true,
    when: 'The bulk order has not ended, so its items cannot be retried yet.',
  },
  bulkOrderBusy: {
    code: '810003',
    status: 409,
    retryable: true,
    when: 'The bulk order is being changed by other requests.',
  },
  catalogMissing: {
    code: '810021',
    status: 404,
    retryable: false,
    when: 'No catalogue is configured, so there are no products; `CATALOG_FILE` names one.',
  },
  attachmentsNotKept: {
    code: '810022',
    status: 400,
    retryable: false,
    when: 'The ledger keeps no attachments of orders, so none can be added.',
  },
  passedResponseTooLarge: {
    code: '810020',
    status: 400,
    retryable: false,
    when: 'The response of Partner Center to a passed-through request is larger than 32 MiB.',
  },
  cancelWindowOver: {
    code: '900117',
    status: 400,
    retryable: false,
    when: 'The order was placed more than seven days ago, so it cannot be cancelled.',
  },
  webhookNotFound: {
    code: '810010',
    status: 404,
    retryable: false,
    when: 'The partner has no webhook registration.',
  },
  webhookExists: {
    code: '810011',
    status: 409,
    retryable: false,
    when: 'The partner has a webhook registration already; replace it with PUT.',
  },
  webhookDisabled: {
    code: '810012',
    status: 409,
    retryable: false,
    when: 'The webhook is disabled; a replacement of its registration enables it.',
  },
  webhookBusy: {
    code: '810013',
    status: 409,
    retryable: true,
    when: 'The webhook registration or the delivery is being changed by other requests.',
  },
  webhookRefused: {
    code: '810014',
    status: 400,
    retryable: false,
    when: 'The receiver did not consent in the CloudEvents handshake.',
  },
  deliveryNotFound: {
    code: '810015',
    status: 404,
    retryable: false,
    when: 'The webhook has no delivery or validation event with this id, or its retention has ended.',
  },
  erasureNotFound: {
    code: '810030',
    status: 404,
    retryable: false,
    when: 'No erasure of the customer was requested.',
  },
  erasureBusy: {
    code: '810031',
    status: 409,
    retryable: true,
    when: 'The erasure is being requested by other calls.',
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
    when: 'The user has none of the roles that the operation requires.',
  },
  attestationMissing: {
    code: '900206',
    status: 400,
    retryable: false,
    when: 'The cart names additional resellers, and `partnerOnRecordAttestationAccepted` is not true.',
  },
  billingCycleInvalid: {
    code: '900269',
    status: 400,
    retryable: false,
    when: 'A line item has no valid billing cycle: none, `unknown` or an unknown value; `data` names it.',
  },
  appOnlyNotSupported: {
    code: '900329',
    status: 403,
    retryable: false,
    when: 'The operation needs an App+User token.',
  },
} as const satisfies Record<string, ErrorEntry>;
