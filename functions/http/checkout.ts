/** Ask for the checkout of a cart, and follow it (docs/contract.md 12.1). The body is never read: clients send a string, a cart or nothing. */

import type { Checkout } from '../../shared/cart/checkoutState.ts';
import { requireLiveCart } from '../../shared/cart/getCart.ts';
import { requestCheckout, waitForCompletion } from '../../shared/checkout/requestCheckout.ts';
import { type ApiError, apiError } from '../../shared/errors.ts';
import { cartUri, checkoutProgressBody, checkoutResultBody } from '../../shared/http/cartResponse.ts';
import type { Endpoint, Route } from '../../shared/http/pipeline.ts';
import {
  cartKeyOf,
  dialectOf,
  ifMatchOf,
  prefersAsync,
  type RequestContext,
  traceparentOf,
} from '../../shared/http/requestContext.ts';
import type { ApiResponse } from '../../shared/http/response.ts';
import { digestHex, uuidV8 } from '../../shared/ids.ts';
import type { Ports, Versioned } from '../../shared/ports.ts';

interface Asked {
  stored: Versioned;
  checkout: Checkout;
}

const ask: Endpoint = async (call, ports) => {
  const beganMs = ports.now();
  const key = cartKeyOf(call);
  if ('error' in key) return key;
  const { caller, trace } = call;
  const name = [caller.app, key.cartId, trace.requestId];
  const asked = await requestCheckout(ports, key, {
    ifMatch: ifMatchOf(call),
    watchdogMs: call.policies.lifecycle.watchdogMs,
    traceparent: traceparentOf(call),
    idempotencyKey: trace.hasClientRequestId ? digestHex(16, 'checkout', ...name) : undefined,
    uuidV8,
  });
  if ('error' in asked) return asked;
  if (prefersAsync(call) && asked.checkout.state === 'running') return accepted(asked, call, ports);
  // A broker that is slow to take the message has used up some of the caller's time.
  const waitMs = call.policies.checkoutWaitMs - (ports.now() - beganMs);
  return outcome(await waitForCompletion(ports, asked, waitMs), call, ports);
};

/** A cart that has expired since is gone, but what its checkout came to is told: money may have been spent. */
const follow: Endpoint = async (call, ports) => {
  const key = cartKeyOf(call);
  if ('error' in key) return key;
  const stored = await ports.carts.read(key);
  const checkout = stored?.cart.checkout;
  if (stored && checkout) return { status: 200, body: progress({ stored, checkout }, call, ports) };
  const present = requireLiveCart(stored, key, ports.now());
  if ('error' in present) return present;
  return { error: apiError('routeNotFound', `Cart ${key.cartId} has had no checkout.`) };
};

function accepted(asked: Asked, call: RequestContext, ports: Ports): ApiResponse {
  const Location = `/v1${cartUri(asked.stored.cart)}/checkout`;
  return {
    status: 202,
    body: progress(asked, call, ports),
    headers: { Location, 'Retry-After': '1', 'Preference-Applied': 'respond-async' },
  };
}

/** The orders if any was placed; else why none was (docs/contract.md 12.6, 12.7). */
function outcome(
  { stored, checkout }: Asked,
  call: RequestContext,
  ports: Ports,
): ApiResponse | { error: ApiError } {
  switch (checkout.state) {
    case 'ordered':
    case 'partlyOrdered':
      return {
        status: 201,
        body: checkoutResultBody(stored.cart, checkout, dialectOf(call)),
        headers: { ETag: stored.etag },
      };
    case 'failed': {
      const {
        code = '800005',
        status = 409,
        description = 'The order could not be created.',
      } = checkout.groups.find(({ problem }) => problem)?.problem ?? {};
      return { error: apiError('orderFailed', description, { upstream: { code, status } }) };
    }
    case 'running': {
      const retryAfterMs = Math.max(1_000, checkout.dueMs - ports.now());
      return { error: apiError('checkoutInProgress', 'Your order is in progress.', { retryAfterMs }) };
    }
  }
}

const progress = ({ stored, checkout }: Asked, call: RequestContext, ports: Ports) =>
  checkoutProgressBody(stored.cart, checkout, { ...dialectOf(call), nowMs: ports.now() });

const CHECKOUT = 'customers/{customerId}/carts/{cartId}/checkout';

export const checkoutRoutes: Route[] = [
  {
    name: 'checkOutCart',
    method: 'POST',
    path: CHECKOUT,
    access: 'write',
    endpoint: ask,
    docs: {
      tag: 'Checkout',
      summary: 'Check a cart out',
      description:
        'Line items of one purchase system, billing cycle and currency are an order group, and each group becomes an order. The body is not read. A repeat joins the checkout that is running, and of an ordered cart it gets the orders again, as it does of one that expired with some of its orders made. With the same `MS-RequestId` it gets the answer again also of a checkout that failed, and begins none: that takes another id, or an edit of the cart.\n\nIf the ordering gateway refuses every group, the answer is the first refusal with the gateway’s own `code` and 400, 403, 404 or 409. If it refuses some, the answer is 201 with `orderErrors`, and a later checkout does only those.',
      headers: ['Prefer', 'If-Match'],
      answers: {
        201: { when: 'What the checkout came to.', schema: 'CheckoutResult', headers: ['ETag'] },
        202: {
          when: 'Accepted, with `Prefer: respond-async`.',
          schema: 'CheckoutProgress',
          headers: ['Location', 'Retry-After', 'Preference-Applied'],
        },
      },
      errors: [
        'customerIdInvalid',
        'lineItemErrors',
        'cartNotFound',
        'orderFailed',
        'checkoutInProgress',
        'cartBusy',
        'etagMismatch',
      ],
    },
  },
  {
    name: 'getCheckout',
    method: 'GET',
    path: CHECKOUT,
    access: 'read',
    endpoint: follow,
    docs: {
      tag: 'Checkout',
      summary: 'Follow a checkout',
      description:
        'The latest checkout of the cart, also of one that has expired since: attempts, when the next one is due, orders and errors.',
      answers: { 200: { when: 'How it goes on.', schema: 'CheckoutProgress' } },
      errors: ['customerIdInvalid', 'cartNotFound', 'routeNotFound'],
    },
  },
];
