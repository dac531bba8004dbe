/**
 * Check a cart out, and read the progress of a checkout (docs/contract.md 12). The body of a checkout is never read:
 * clients send a string, a cart or nothing.
 */
import type { Checkout } from '../../shared/cart/checkoutState.ts';
import { requireLiveCart } from '../../shared/cart/getCart.ts';
import { requestCheckout, waitForCompletion } from '../../shared/checkout/requestCheckout.ts';
import { type ApiError, apiError } from '../../shared/errors.ts';
import {
  cartUri,
  checkoutProgressBody,
  checkoutResultBody,
  type Dialect,
} from '../../shared/http/cartResponse.ts';
import { checkoutOutcome } from '../../shared/http/checkoutOutcome.ts';
import { dialectOf } from '../../shared/http/dialect.ts';
import { cartPath, clientHeader, HEADERS } from '../../shared/http/parameters.ts';
import type { ApiResponse } from '../../shared/http/response.ts';
import { defineRoute, type Route } from '../../shared/http/route.ts';
import { checkoutKey } from '../../shared/idempotency.ts';
import { uuidV8 } from '../../shared/ids.ts';
import type { Versioned } from '../../shared/ports.ts';
import { currentTraceparent } from '../../shared/telemetry/traceContext.ts';

interface Requested {
  stored: Versioned;
  checkout: Checkout;
}

/** The response of a checkout that has been accepted and is not waited for (docs/contract.md 12.9). */
function accepted(requested: Requested, dialect: Dialect, nowMs: number): ApiResponse {
  const Location = `/v1${cartUri(requested.stored.cart)}/checkout`;
  return {
    status: 202,
    body: progress(requested, dialect, nowMs),
    headers: { Location, 'Retry-After': '1', 'Preference-Applied': 'respond-async' },
  };
}

/** The orders, if any was placed; otherwise why none was (docs/contract.md 12.6, 12.7). */
function outcome(
  { stored, checkout }: Requested,
  dialect: Dialect,
  nowMs: number,
): ApiResponse | { error: ApiError } {
  switch (checkout.state) {
    case 'ordered':
    case 'partlyOrdered':
      return {
        status: 201,
        body: checkoutResultBody(stored.cart, checkout, dialect),
        headers: { ETag: stored.etag },
      };
    case 'failed':
    case 'running':
      return checkoutOutcome(checkout, nowMs);
  }
}

const progress = ({ stored, checkout }: Requested, dialect: Dialect, nowMs: number) =>
  checkoutProgressBody(stored.cart, checkout, { ...dialect, nowMs });

const CHECKOUT = 'customers/{customerId}/carts/{cartId}/checkout';

export const checkoutRoutes: Route[] = [
  defineRoute({
    name: 'checkOutCart',
    method: 'POST',
    path: CHECKOUT,
    access: 'write',
    params: cartPath,
    headers: clientHeader.extend({
      Prefer: HEADERS.Prefer,
      'If-Match': HEADERS['If-Match'],
      traceparent: HEADERS.traceparent,
    }),
    async endpoint({ params, headers, caller, identity, policies }, ports) {
      const startedMs = ports.now();
      const { customerId: customer, cartId } = params;
      const dialect = dialectOf(headers, policies);
      const requested = await requestCheckout(
        ports,
        { tenant: caller.tenant, customer, cartId },
        {
          ifMatch: headers['If-Match'],
          watchdogMs: policies.lifecycle.watchdogMs,
          traceparent: currentTraceparent() ?? headers.traceparent,
          correlationId: identity.correlationId,
          idempotencyKey: checkoutKey(identity, cartId),
          uuidV8,
        },
      );
      if ('error' in requested) return requested;
      if (headers.Prefer && requested.checkout.state === 'running') {
        return accepted(requested, dialect, ports.now());
      }
      // Sending to a slow broker has used some of the time that the caller waits.
      const waitMs = policies.checkoutWaitMs - (ports.now() - startedMs);
      return outcome(await waitForCompletion(ports, requested, waitMs), dialect, ports.now());
    },
    docs: {
      tag: 'Checkout',
      summary: 'Check out a cart',
      description:
        'Line items of one purchase system, billing cycle and currency form an order group, and each group becomes an order. The body is not read. A repeat joins the running checkout; for an ordered cart, and for a cart that expired with some orders placed, it returns the recorded result. A repeat with the same `MS-RequestId` after a failed checkout returns its result; another id, or an edit of the cart, starts a new checkout.\n\nIf the ordering gateway rejects every group, the response is the first rejection with the gateway’s own `code` and 400, 403, 404 or 409. If it rejects some groups, the response is 201 with `orderErrors`, and a later checkout orders only those groups.',
      answers: {
        201: { when: 'The result of the checkout.', schema: 'CheckoutResult', headers: ['ETag'] },
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
  }),
  defineRoute({
    name: 'getCheckout',
    method: 'GET',
    path: CHECKOUT,
    access: 'read',
    params: cartPath,
    headers: clientHeader,
    /** The outcome stays readable after the cart has expired: it may have ordered something. */
    async endpoint({ params, headers, caller, policies }, ports) {
      const key = { tenant: caller.tenant, customer: params.customerId, cartId: params.cartId };
      const stored = await ports.carts.read(key);
      const checkout = stored?.cart.checkout;
      if (stored && checkout) {
        const dialect = dialectOf(headers, policies);
        return { status: 200, body: progress({ stored, checkout }, dialect, ports.now()) };
      }
      const live = requireLiveCart(stored, key, ports.now());
      if ('error' in live) return live;
      return { error: apiError('routeNotFound', `Cart ${key.cartId} has no checkout.`) };
    },
    docs: {
      tag: 'Checkout',
      summary: 'Read the progress of a checkout',
      description:
        'The latest checkout of the cart, also after the cart has expired: attempts, the time of the next one, orders and errors.',
      answers: { 200: { when: 'The progress, or the outcome.', schema: 'CheckoutProgress' } },
      errors: ['customerIdInvalid', 'cartNotFound', 'routeNotFound'],
    },
  }),
];
