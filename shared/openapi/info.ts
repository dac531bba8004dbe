/** The prose of the reference: what the service is, what holds for every call, what the tags are. */

export const INFO = {
  title: 'Cartwright',
  version: 'v1',
  summary:
    'A cart service for partner storefronts, wire-compatible with the Microsoft Partner Center cart API.',
  description: [
    'Paths may come with doubled slashes, a doubled or missing `/v1`, a trailing slash, in any case, and GUIDs in capitals or braces. Members of a body are read in any case. Answers are exact: camelCase, absent rather than null, times in UTC with seven digits.',
    'A repeat with the same `MS-RequestId` and body is the same call, and is done once. Answers over 1 KiB come in gzip to whoever asks for it with `Accept-Encoding`.',
    'A cart carries an `ETag`. `If-Match` makes a replace or a checkout insist on the version that was read; `If-None-Match` saves reading it again.',
    'An error is `{code, description, data, source}`. The `code` says what went wrong, the table of errors whether a repeat can help, and `Retry-After` when. A call refused with 429 has done nothing.',
  ].join('\n\n'),
};

export const TAGS = {
  Carts:
    'What a customer is about to buy. A cart expires seven days after its creation, unless configured otherwise.',
  Checkout:
    'Turns a cart into orders, one of each order group. It goes on by itself, whatever becomes of the request.',
  Orders: 'The orders that checkouts have made.',
  'Bulk orders':
    'Up to 10,000 items at once, each the checkout of a cart, worked off from a queue and followed item by item.',
  Service: 'The service itself. These need no token, and have no `/v1`.',
} as const;

export type Tag = keyof typeof TAGS;

export const TOKEN =
  '`Authorization: Bearer …` with an access token of Microsoft Entra ID for this service: of an application, or of a user who has passed a second factor.';
