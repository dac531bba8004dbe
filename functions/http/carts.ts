/** Create, read and replace a cart (docs/contract.md 7, 11). */
import { createCart } from '../../shared/cart/createCart.ts';
import { getCart } from '../../shared/cart/getCart.ts';
import { replaceCart } from '../../shared/cart/replaceCart.ts';
import { cartBodyReader, replaceBodyReader } from '../../shared/http/cartRequest.ts';
import { cartBody, type Dialect } from '../../shared/http/cartResponse.ts';
import { hasUnknownValues, restoredDraft } from '../../shared/http/clientEnums.ts';
import type { Client } from '../../shared/http/clients.ts';
import type { Policies } from '../../shared/http/context.ts';
import { cartPath, clientHeader, customerPath, HEADERS } from '../../shared/http/parameters.ts';
import type { ApiResponse } from '../../shared/http/response.ts';
import { defineRoute, type Route } from '../../shared/http/route.ts';
import { createIds, replaceKey } from '../../shared/idempotency.ts';
import type { Versioned } from '../../shared/ports.ts';

function cartAnswer(
  status: number,
  stored: Versioned,
  client: Client,
  { country }: Pick<Policies, 'country'>,
): ApiResponse {
  const dialect: Dialect = { client, country };
  return { status, body: cartBody(stored, dialect), headers: { ETag: stored.etag } };
}

/** What a 304 repeats of the 200, which is compressed when it is large (RFC 9110, 15.4.5). */
const VARIES = { Vary: 'Accept-Encoding' };

const CARTS = 'customers/{customerId}/carts';
const BODY_FAULTS = [
  'invalidInput',
  'catalogItemMissing',
  'attestationMissing',
  'billingCycleInvalid',
  'enumInvalid',
] as const;

export const cartRoutes: Route[] = [
  defineRoute({
    name: 'createCart',
    method: 'POST',
    path: CARTS,
    access: 'write',
    params: customerPath,
    headers: clientHeader,
    body: cartBodyReader,
    /** A repeat of the call finds the cart that the first one made (docs/contract.md 3.4). */
    async endpoint({ params, headers, body, caller, identity, policies }, ports) {
      const { customerId: customer } = params;
      const { cartId, idempotencyKey } = createIds(identity, customer, body.digest);
      const created = await createCart(ports, { tenant: caller.tenant, customer, cartId }, body.draft, {
        lifetimeMs: policies.lifetimeMs,
        rules: policies.rules,
        lifecycle: policies.lifecycle,
        modifiedBy: caller.principal,
        idempotencyKey,
      });
      if ('error' in created) return created;
      return cartAnswer(201, created, headers['MS-PartnerCenter-Client'], policies);
    },
    docs: {
      tag: 'Carts',
      summary: 'Create a cart',
      description:
        'A line item that cannot be bought does not fail the request: the cart is stored, and the line item has an `error`.',
      answers: { 201: { when: 'The cart.', schema: 'Cart', headers: ['ETag'] } },
      errors: ['customerIdInvalid', ...BODY_FAULTS, 'cartNotFound'],
    },
  }),
  defineRoute({
    name: 'getCart',
    method: 'GET',
    path: `${CARTS}/{cartId}`,
    access: 'read',
    params: cartPath,
    headers: clientHeader.extend({ 'If-None-Match': HEADERS['If-None-Match'] }),
    async endpoint({ params, headers, caller, policies }, ports) {
      const { customerId: customer, cartId } = params;
      const found = await getCart(ports, { tenant: caller.tenant, customer, cartId });
      if ('error' in found) return found;
      return headers['If-None-Match'](found.etag)
        ? { status: 304, headers: { ETag: found.etag, ...VARIES } }
        : cartAnswer(200, found, headers['MS-PartnerCenter-Client'], policies);
    },
    docs: {
      tag: 'Carts',
      summary: 'Read a cart',
      answers: {
        200: { when: 'The cart.', schema: 'Cart', headers: ['ETag'] },
        304: { when: 'The cart has an ETag that you have already.', headers: ['ETag'] },
      },
      errors: ['customerIdInvalid', 'cartNotFound'],
    },
  }),
  defineRoute({
    name: 'replaceCart',
    method: 'PUT',
    path: `${CARTS}/{cartId}`,
    access: 'write',
    params: cartPath,
    headers: clientHeader.extend({ 'If-Match': HEADERS['If-Match'] }),
    body: replaceBodyReader,
    /** The id in the path wins over one in the body (docs/contract.md 1.12). */
    async endpoint({ params, headers, body, caller, identity, policies }, ports) {
      const { customerId: customer, cartId } = params;
      const key = { tenant: caller.tenant, customer, cartId };
      const client = headers['MS-PartnerCenter-Client'];
      // Only a replace that sends such a value back needs the stored cart for it.
      const stored = hasUnknownValues(body.draft) ? await ports.carts.read(key) : undefined;
      const restored = restoredDraft(body.draft, client, stored?.cart.lineItems ?? []);
      if ('error' in restored) return restored;
      const replaced = await replaceCart(ports, key, restored.draft, {
        ifMatch: headers['If-Match'],
        unsupportedFields: [...client.unsupportedFields, ...client.strippedFields],
        rules: policies.rules,
        modifiedBy: caller.principal,
        idempotencyKey: replaceKey(identity, cartId, body.digest),
      });
      return 'error' in replaced ? replaced : cartAnswer(201, replaced, client, policies);
    },
    docs: {
      tag: 'Carts',
      summary: 'Replace the line items of a cart',
      description:
        'Replaces all line items and numbers them anew. Members that a client library cannot send back are preserved. Line items of ordered groups stay in the cart and count towards its limits: 200 line items, add-ons included, and 99 order groups. The expiry does not change.',
      answers: { 201: { when: 'The cart after the replace.', schema: 'Cart', headers: ['ETag'] } },
      errors: [
        'customerIdInvalid',
        ...BODY_FAULTS,
        'cartNotFound',
        'alreadyOrdered',
        'cartBusy',
        'etagMismatch',
      ],
    },
  }),
];
