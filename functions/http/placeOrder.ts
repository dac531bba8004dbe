/** Create an order without a cart of the caller's (docs/contract.md 13.17 to 13.19). */

import type { BillingCycle } from '../../shared/catalog/billingCycles.ts';
import { findProduct } from '../../shared/catalog/catalog.ts';
import { waitForCompletion } from '../../shared/checkout/requestCheckout.ts';
import { checkoutOutcome } from '../../shared/http/checkoutOutcome.ts';
import type { Policies } from '../../shared/http/context.ts';
import { dialectOf } from '../../shared/http/dialect.ts';
import { newOrderReader } from '../../shared/http/orderRequest.ts';
import { orderBody } from '../../shared/http/orderResponse.ts';
import { clientHeader, customerPath, HEADERS } from '../../shared/http/parameters.ts';
import { defineRoute, type Route } from '../../shared/http/route.ts';
import { checkoutKey, orderIds } from '../../shared/idempotency.ts';
import { uuidV8 } from '../../shared/ids.ts';
import { ordersOf } from '../../shared/orders/order.ts';
import { currentTraceparent } from '../../shared/telemetry/traceContext.ts';

/** The billing cycle of an order without one: monthly where the product is sold so, else one-time, else its first. */
function defaultCycle({ rules }: Policies, catalogItemId: string): BillingCycle {
  const product = rules.catalog && findProduct(rules.catalog, catalogItemId);
  const offered = Object.keys(product?.billingCycles ?? { one_time: [] }) as BillingCycle[];
  const preferred: BillingCycle[] = ['monthly', 'one_time', ...offered];
  return preferred.find((cycle) => offered.includes(cycle)) ?? 'one_time';
}

export const placeOrderRoutes: Route[] = [
  defineRoute({
    name: 'createOrder',
    method: 'POST',
    path: 'customers/{customerId}/orders',
    access: 'write',
    isPartnerCenters: true,
    params: customerPath,
    headers: clientHeader.extend({ traceparent: HEADERS.traceparent }),
    body: newOrderReader,
    async endpoint({ params, headers, body, caller, identity, policies }, ports) {
      const startedMs = ports.now();
      const { customerId: customer } = params;
      const { cartId, idempotencyKey } = orderIds(identity, customer, body.digest);
      const { withBillingCycle } = await import('../../shared/http/readOrderRequest.ts');
      const draft = withBillingCycle(body.draft, (id) => defaultCycle(policies, id));
      const { orderDirectly } = await import('../../shared/checkout/orderDirectly.ts');
      const requested = await orderDirectly(ports, { tenant: caller.tenant, customer, cartId }, draft, {
        create: {
          lifetimeMs: policies.lifetimeMs,
          rules: policies.rules,
          lifecycle: policies.lifecycle,
          modifiedBy: caller.principal,
          idempotencyKey,
        },
        checkout: {
          watchdogMs: policies.lifecycle.watchdogMs,
          traceparent: currentTraceparent() ?? headers.traceparent,
          correlationId: identity.correlationId,
          idempotencyKey: checkoutKey(identity, cartId),
          uuidV8,
        },
      });
      if ('error' in requested) return requested;
      const waitMs = policies.checkoutWaitMs - (ports.now() - startedMs);
      const { stored, checkout } = await waitForCompletion(ports, requested, waitMs);
      const [order] = ordersOf(stored.cart, checkout);
      if (!order) return checkoutOutcome(checkout, ports.now());
      const dialect = dialectOf(headers, policies);
      return { status: 201, body: orderBody(order, dialect) };
    },
    docs: {
      tag: 'Orders',
      summary: 'Create an order without a cart',
      description:
        'The lines become one order. It is placed like the checkout of a cart: a repeat with the same `MS-RequestId` and body joins it, and returns the same order. When it has failed, the repeat returns the same failure; another `MS-RequestId` orders again. A line that cannot be bought fails the request, and nothing is stored.',
      answers: { 201: { when: 'The order.', schema: 'Order' } },
      errors: [
        'customerIdInvalid',
        'invalidInput',
        'catalogItemMissing',
        'attestationMissing',
        'billingCycleInvalid',
        'enumInvalid',
        'lineItemErrors',
        'cartNotFound',
        'orderFailed',
        'checkoutInProgress',
        'cartBusy',
      ],
    },
  }),
];
