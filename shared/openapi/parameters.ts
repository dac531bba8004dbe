/**
 * The headers that the service heeds and answers with, and the parameters of its paths: each described once,
 * for every route that has it.
 */
import { ITEM_STATES } from '../bulk/readItems.ts';
import { BILLING_CYCLES } from '../catalog/billingCycles.ts';

interface ParameterDocs {
  description: string;
  schema: Readonly<Record<string, unknown>>;
  example: string;
}

const text = { type: 'string' } as const;
const guid = { type: 'string', format: 'uuid' } as const;

export const PATH_PARAMETERS: Readonly<Record<string, ParameterDocs>> = {
  customerId: {
    description: 'The customer’s tenant id. Any case, with or without braces.',
    schema: guid,
    example: 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d',
  },
  cartId: {
    description: 'The `id` of the cart. Any case, with or without braces.',
    schema: guid,
    example: 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605',
  },
  orderId: { description: 'The `id` of the order.', schema: text, example: 'f76c6b7f449d' },
  bulkOrderId: {
    description: 'The `id` of the bulk order.',
    schema: guid,
    example: '1c2f4a66-0d9e-8b1a-b7a3-5e2d90c4f811',
  },
};

export type QueryParameter =
  | 'reference'
  | 'errorPolicy'
  | 'acceptValid'
  | 'repeats'
  | 'label'
  | 'state'
  | 'after'
  | 'size'
  | 'billingType';

export const QUERY_PARAMETERS: Readonly<Record<QueryParameter, ParameterDocs>> = {
  reference: {
    description: 'The caller’s own name for the bulk order.',
    schema: text,
    example: 'March renewals',
  },
  errorPolicy: {
    description: '`stopOnFirstError` begins no further item once one has failed; `continue` is the default.',
    schema: { type: 'string', enum: ['continue', 'stopOnFirstError'] },
    example: 'continue',
  },
  acceptValid: {
    description: 'Whether the valid items are accepted when others are malformed.',
    schema: { type: 'boolean' },
    example: 'false',
  },
  repeats: {
    description:
      'Whether an item that an earlier bulk order with `skip` has ordered is ordered again or skipped.',
    schema: { type: 'string', enum: ['order', 'skip'] },
    example: 'order',
  },
  label: {
    description: 'Distinguishes a deliberate second order of the same content when repeats are skipped.',
    schema: { type: 'string', maxLength: 128 },
    example: 'May',
  },
  state: {
    description: 'Only the items in this state.',
    schema: { type: 'string', enum: [...ITEM_STATES] },
    example: 'failed',
  },
  after: {
    description: 'Goes on behind another page, as its `next` link says.',
    schema: text,
    example: '99',
  },
  size: {
    description: 'How many items a page has.',
    schema: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
    example: '100',
  },
  billingType: {
    description: 'Only the orders of this billing cycle, in any spelling, such as `OneTime` or `onetime`.',
    schema: { type: 'string', enum: [...BILLING_CYCLES] },
    example: 'one_time',
  },
};

export const REQUEST_HEADERS = {
  'MS-RequestId': {
    description:
      'Names the call: a repeat with the same id and body is the same call and is done once. Made up and answered when absent.',
    schema: { ...text, maxLength: 128 },
    example: '9b7e2f4c-3d56-4a80-8c1e-6f0d5b2a7e93',
  },
  'MS-CorrelationId': {
    description: 'Follows a call through the logs. Made up and answered when absent.',
    schema: { ...text, maxLength: 128 },
    example: '57eb2ca7-755f-450f-9187-eae1e75a0114',
  },
  'MS-CV': {
    description: 'A correlation vector. Made up and answered when absent.',
    schema: { ...text, maxLength: 128 },
    example: 'Wq3eYzGXGUa2NQbm.0',
  },
  'X-Locale': {
    description: 'A language tag, which is answered. Descriptions are in English all the same.',
    schema: text,
    example: 'en-US',
  },
  'If-Match': {
    description: 'ETags, one of which the cart has to carry still; otherwise the answer is 412.',
    schema: text,
    example: 'W/"datetime\'2026-03-15T17%3A15%3A02.384Z\'"',
  },
  'If-None-Match': {
    description: 'ETags that the caller has already; 304 if the cart carries one of them.',
    schema: text,
    example: 'W/"datetime\'2026-03-15T17%3A15%3A02.384Z\'"',
  },
  Prefer: {
    description: '`respond-async` answers 202 as soon as the checkout has been accepted.',
    schema: text,
    example: 'respond-async',
  },
  'MS-PartnerCenter-Client': {
    description:
      '`Partner Center Java SDK` gets add-ons as `addOnItems`, which it reads; all others as `addonItems`.',
    schema: text,
    example: 'Partner Center Java SDK',
  },
} as const satisfies Record<string, ParameterDocs>;

export type RequestHeader = keyof typeof REQUEST_HEADERS;

export const ANSWER_HEADERS = {
  'MS-RequestId': { description: 'The id of the call, as sent or made up.', schema: text },
  'MS-CorrelationId': { description: 'The correlation id, as sent or made up.', schema: text },
  'MS-CV': { description: 'The correlation vector, as sent or made up.', schema: text },
  'MS-ServerId': { description: 'The server; always the same.', schema: text },
  'X-Locale': { description: 'The language, as sent, or `en-US`.', schema: text },
  'Preference-Applied': { description: 'The preference that was heeded.', schema: text },
  ETag: { description: 'The version of the cart.', schema: text },
  Location: { description: 'Where it can be followed.', schema: text },
  'Retry-After': {
    description: 'Whole seconds before a repeat can help.',
    schema: { type: 'integer', minimum: 1 },
  },
  'WWW-Authenticate': { description: 'Asks for a bearer token.', schema: text },
} as const;

export type AnswerHeader = keyof typeof ANSWER_HEADERS;

/** What every call may send and every answer carries; the answer names the server, too. */
export const TRACE_HEADERS = ['MS-RequestId', 'MS-CorrelationId', 'MS-CV', 'X-Locale'] as const;
