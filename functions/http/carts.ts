/** Create, read and replace a cart (docs/contract.md 7, 11). */
import { randomUUID } from 'node:crypto';
import { generatedKey } from '../../shared/cart/cart.ts';
import { createCart } from '../../shared/cart/createCart.ts';
import { getCart } from '../../shared/cart/getCart.ts';
import { replaceCart } from '../../shared/cart/replaceCart.ts';
import { readCartRequest } from '../../shared/http/cartRequest.ts';
import { cartBody } from '../../shared/http/cartResponse.ts';
import type { Endpoint, Route } from '../../shared/http/pipeline.ts';
import {
  bodyOf,
  cartKeyOf,
  customerOf,
  dialectOf,
  hashOf,
  ifMatchOf,
  ifNoneMatchHits,
  type RequestContext,
  softwareOf,
} from '../../shared/http/requestContext.ts';
import type { ApiResponse } from '../../shared/http/response.ts';
import { digestHex, uuidV8 } from '../../shared/ids.ts';
import type { Versioned } from '../../shared/ports.ts';

/** A repeat with the same request id and body is the same call, and finds the cart that the first one made. */
const create: Endpoint = async (call, ports) => {
  const { caller, policies, trace } = call;
  const customer = customerOf(call);
  if ('error' in customer) return customer;
  const body = await bodyOf(call);
  if ('error' in body) return body;
  const read = readCartRequest(body.json);
  if ('error' in read) return read;
  const name = [caller.tenant, caller.app, customer.customer, trace.requestId, hashOf(body.bytes)];
  const cartId = trace.hasClientRequestId ? uuidV8('cart', ...name) : randomUUID();
  const created = await createCart(ports, { tenant: caller.tenant, ...customer, cartId }, read.draft, {
    lifetimeMs: policies.lifetimeMs,
    rules: policies.rules,
    lifecycle: policies.lifecycle,
    modifiedBy: caller.principal,
    idempotencyKey: trace.hasClientRequestId ? digestHex(16, 'create', ...name) : undefined,
  });
  return 'error' in created ? created : cartAnswer(201, created, call);
};

const get: Endpoint = async (call, ports) => {
  const key = cartKeyOf(call);
  if ('error' in key) return key;
  const found = await getCart(ports, key);
  if ('error' in found) return found;
  return ifNoneMatchHits(call, found.etag)
    ? { status: 304, headers: { ETag: found.etag } }
    : cartAnswer(200, found, call);
};

/** Answers 201, as Partner Center does. The id in the path wins over one in the body. */
const replace: Endpoint = async (call, ports) => {
  const { caller, policies, trace } = call;
  const key = cartKeyOf(call);
  if ('error' in key) return key;
  const body = await bodyOf(call);
  if ('error' in body) return body;
  const read = readCartRequest(body.json);
  if ('error' in read) return read;
  const name = [caller.app, key.cartId, trace.requestId, hashOf(body.bytes)];
  const replaceKey = digestHex(16, 'replace', ...name);
  const { unsupportedFields, strippedFields } = softwareOf(call);
  const replaced = await replaceCart(ports, key, read.draft, {
    ifMatch: ifMatchOf(call),
    unsupportedFields: [...unsupportedFields, ...strippedFields],
    rules: policies.rules,
    modifiedBy: caller.principal,
    // Also without a request id, because the storage client repeats a write whose response was lost.
    idempotencyKey: trace.hasClientRequestId ? replaceKey : generatedKey(replaceKey),
  });
  return 'error' in replaced ? replaced : cartAnswer(201, replaced, call);
};

function cartAnswer(status: number, stored: Versioned, call: RequestContext): ApiResponse {
  return { status, body: cartBody(stored, dialectOf(call)), headers: { ETag: stored.etag } };
}

const CARTS = 'customers/{customerId}/carts';
const BODY_FAULTS = [
  'invalidInput',
  'catalogItemMissing',
  'attestationMissing',
  'billingCycleInvalid',
  'enumInvalid',
] as const;

export const cartRoutes: Route[] = [
  {
    name: 'createCart',
    method: 'POST',
    path: CARTS,
    access: 'write',
    endpoint: create,
    docs: {
      tag: 'Carts',
      summary: 'Create a cart',
      description:
        'A line item that cannot be bought does not fail the request: the cart is kept and the line item carries an `error`.',
      request: 'CartRequest',
      headers: ['MS-PartnerCenter-Client'],
      answers: { 201: { when: 'The cart.', schema: 'Cart', headers: ['ETag'] } },
      errors: ['customerIdInvalid', ...BODY_FAULTS, 'cartNotFound'],
    },
  },
  {
    name: 'getCart',
    method: 'GET',
    path: `${CARTS}/{cartId}`,
    access: 'read',
    endpoint: get,
    docs: {
      tag: 'Carts',
      summary: 'Read a cart',
      headers: ['If-None-Match', 'MS-PartnerCenter-Client'],
      answers: {
        200: { when: 'The cart.', schema: 'Cart', headers: ['ETag'] },
        304: { when: 'The cart carries an ETag that the caller has already.', headers: ['ETag'] },
      },
      errors: ['customerIdInvalid', 'cartNotFound'],
    },
  },
  {
    name: 'replaceCart',
    method: 'PUT',
    path: `${CARTS}/{cartId}`,
    access: 'write',
    endpoint: replace,
    docs: {
      tag: 'Carts',
      summary: 'Replace the line items of a cart',
      description:
        'The line items become those of the body, numbered anew. What an SDK does not know of a line item, and so cannot send back, stays as it was. What has been ordered stays, too, and counts: a cart has at most 200 line items, add-ons included, and 99 order groups. The cart expires when it would have: seven days after its creation, unless configured otherwise.',
      request: 'CartRequest',
      headers: ['If-Match', 'MS-PartnerCenter-Client'],
      answers: { 201: { when: 'The cart as it stands now.', schema: 'Cart', headers: ['ETag'] } },
      errors: [
        'customerIdInvalid',
        ...BODY_FAULTS,
        'cartNotFound',
        'alreadyOrdered',
        'cartBusy',
        'etagMismatch',
      ],
    },
  },
];
