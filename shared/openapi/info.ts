/** What the API reference says of the service as a whole, of the tags and of the token. */

export const INFO = {
  title: 'Cartwright',
  version: 'v1',
  summary:
    'A cart service for partner storefronts, wire-compatible with the Microsoft Partner Center cart API.',
  description: [
    'Paths are accepted with repeated slashes, with a repeated or missing `/v1`, with a trailing slash, in any letter case, and with GUIDs in capitals or braces. Member names in a body are read in any letter case. Responses are exact: camelCase, absent rather than null, times in UTC with seven digits.',
    'A repeat with the same `MS-RequestId` and body is the same call and is carried out once. Responses above 1 KiB are compressed with gzip when `Accept-Encoding` allows it.',
    'A cart has an `ETag`. With `If-Match`, a replace or a checkout requires the version that you read; with `If-None-Match`, an unchanged cart is not sent again.',
    'An error is `{code, description, data, source}`. The `code` identifies the error, the table of errors says whether a retry can succeed, and `Retry-After` says when. A request rejected with 429 has had no effect.',
  ].join('\n\n'),
};

export const TAGS = {
  Carts:
    'The line items that a customer is about to order. A cart expires seven days after its creation by default.',
  Checkout:
    'Turns a cart into orders, one per order group. It continues in the background when the request ends.',
  Orders: 'The orders that checkouts have placed.',
  Subscriptions: 'What recurring orders of the ledger have provisioned.',
  Products: 'The products of the catalogue: what a cart can hold.',
  'Bulk orders':
    'Up to 10,000 items in one request, each the checkout of a cart, processed in the background.',
  Webhooks:
    'Events sent to an HTTPS endpoint of the partner, signed and repeated until they are delivered. These routes have no leading `/v1`, as in Partner Center.',
  Erasure: 'Removes the data of a customer. Needs a role that the deployment names; by default, none has it.',
  Service: 'Probes and descriptions. These routes need no token and have no `/v1`.',
} as const;

export type Tag = keyof typeof TAGS;

export const TOKEN =
  '`Authorization: Bearer …` with an access token of Microsoft Entra ID for this service: of an application, or of a user with multi-factor authentication.';
