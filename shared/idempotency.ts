/**
 * Idempotency: how the ids and keys of a call are derived from the call, so that a repeat is recognized without a
 * table of past requests. A client that repeats a call sends the same `MS-RequestId` and the same body bytes
 * (docs/contract.md 3.1), and the derivation gives the same result in every process.
 *
 *   POST …/carts, request id R, body B                      the same call again: R, B
 *      cartId = uuid(tenant, app, customer, R, B)              the same cartId
 *      insert-only write of cart_{cartId} ── created ─┐        insert-only write ── exists ─┐
 *      response 201 with the cart                   ◀─┘        response 201 with the cart ◀─┘   nothing is created
 *
 * | call     | derived                     | from                                            | kept where               |
 * |----------|-----------------------------|-------------------------------------------------|--------------------------|
 * | create   | id of the cart, and a key   | tenant, app, customer, request id, body         | the row key; on the cart |
 * | order    | id of its cart, and a key   | tenant, app, customer, request id, body         | the row key; on the cart |
 * | replace  | key                         | app, cart, request id, body                     | on the cart, the last 8  |
 * | checkout | key                         | app, cart, request id                           | on the checkout          |
 * | bulk     | id of the bulk order        | tenant, app, request id, body, query            | the row key              |
 * | bulk item| id of the item's cart       | tenant, bulk order, the item's reference        | the row key              |
 * | retry    | key                         | app, bulk order, request id, body               | on the bulk order        |
 *
 * Without a client request id a call has no repeats (docs/contract.md 3.3): ids are random and there is no key. A
 * replace has one nevertheless, because the storage client repeats a write whose response was lost, and the service
 * then has to recognize its own write.
 */
import { randomUUID } from 'node:crypto';
import { generatedKey } from './cart/cart.ts';
import { digestHex, uuidV8 } from './ids.ts';

/** What identifies a call, whatever it is about. */
export interface CallIdentity {
  tenant: string;
  /** Client id of the calling application. */
  app: string;
  /** The request id, of the client or generated. */
  requestId: string;
  /** Whether the client chose the request id, so that a repeat carries it. */
  hasClientRequestId: boolean;
  /** By which the caller finds the call in logs, its own or generated. */
  correlationId: string;
}

const KEY_DIGITS = 16;

/** A digest of body bytes: 64 hex digits. */
export const bodyDigest = (bytes: Uint8Array): string =>
  digestHex(64, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));

/** Id of the cart that a create makes, and the key that marks the cart as made by this call (docs/contract.md 3.4). */
export function createIds(call: CallIdentity, customer: string, body: string) {
  const name = [call.tenant, call.app, customer, call.requestId, body];
  return call.hasClientRequestId
    ? { cartId: uuidV8('cart', ...name), idempotencyKey: digestHex(KEY_DIGITS, 'create', ...name) }
    : { cartId: randomUUID() as string, idempotencyKey: undefined };
}

/** Id of the cart whose checkout a new order is, and the keys of both (docs/contract.md 13.19). */
export function orderIds(call: CallIdentity, customer: string, body: string) {
  const name = [call.tenant, call.app, customer, call.requestId, body];
  return call.hasClientRequestId
    ? { cartId: uuidV8('order', ...name), idempotencyKey: digestHex(KEY_DIGITS, 'order', ...name) }
    : { cartId: randomUUID() as string, idempotencyKey: undefined };
}

/** Key of a replace (docs/contract.md 3.5, 3.7). */
export function replaceKey(
  { app, requestId, hasClientRequestId }: CallIdentity,
  cartId: string,
  body: string,
): string {
  const key = digestHex(KEY_DIGITS, 'replace', app, cartId, requestId, body);
  return hasClientRequestId ? key : generatedKey(key);
}

/** Key of a checkout request (docs/contract.md 3.8). The body does not count: it is never read. */
export const checkoutKey = (
  { app, requestId, hasClientRequestId }: CallIdentity,
  cartId: string,
): string | undefined =>
  hasClientRequestId ? digestHex(KEY_DIGITS, 'checkout', app, cartId, requestId) : undefined;

/** Id of a submitted bulk order (docs/contract.md 3.9). `query` is the query as sent. */
export const newBulkOrderId = (call: CallIdentity, body: string, query: string): string =>
  call.hasClientRequestId ? uuidV8('bulk', call.tenant, call.app, call.requestId, body, query) : randomUUID();

/** Id of the cart that an item of a bulk order makes: a second run of the item finds the same cart. */
export const bulkItemCartId = (
  { tenant, bulkOrderId }: { tenant: string; bulkOrderId: string },
  reference: string,
): string => uuidV8('bulkItem', tenant, bulkOrderId, reference);

/** Key of a request to erase a customer's data. The customer is not in it: it is the row's, and the row outlives the erasure. */
export const erasureKey = ({ app, requestId, hasClientRequestId }: CallIdentity): string | undefined =>
  hasClientRequestId ? digestHex(KEY_DIGITS, 'erasure', app, requestId) : undefined;

/** Key of a retry of a bulk order (docs/contract.md 3.9). */
export const retryKey = (
  { app, requestId, hasClientRequestId }: CallIdentity,
  bulkOrderId: string,
  body: string,
): string | undefined =>
  hasClientRequestId ? digestHex(KEY_DIGITS, 'retry', app, bulkOrderId, requestId, body) : undefined;
