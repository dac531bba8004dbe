/** Mutants of requesting and performing a checkout. */
import { CRASH_LEDGER, CRASH_PARTNER_CENTER, MODEL, type Mutant, SIMULATION } from './mutant.ts';

export const CHECKOUT_MUTANTS: readonly Mutant[] = [
  {
    name: 'due-entry-after-the-start',
    consequence: 'A crash between the two writes leaves a cart in checkout forever.',
    file: 'shared/checkout/requestCheckout.ts',
    before: `        await ports.due.put({ ...key, atMs: begin.checkout.watchdogAtMs });
        const marked = await ports.carts.replace(begin.cart, stored.etag);
        if (!marked) continue;`,
    after: `        const marked = await ports.carts.replace(begin.cart, stored.etag);
        if (!marked) continue;
        await ports.due.put({ ...key, atMs: begin.checkout.watchdogAtMs });`,
    suites: [CRASH_LEDGER, SIMULATION],
  },
  {
    name: 'due-entry-after-the-next-attempt',
    consequence: 'A crash between the two writes leaves a retry that never runs.',
    file: 'shared/checkout/runAttempt.ts',
    before: `  if (conclusion.kind === 'continue') await ports.due.put({ ...keyOf(cart), atMs: next.watchdogAtMs });
  const written = await ports.carts.commit(conclusion.cart, etag, newOrders(conclusion, outcomes));`,
    after: `  const written = await ports.carts.commit(conclusion.cart, etag, newOrders(conclusion, outcomes));
  if (conclusion.kind === 'continue') await ports.due.put({ ...keyOf(cart), atMs: next.watchdogAtMs });`,
    suites: [SIMULATION],
  },
  {
    name: 'completed-before-the-transaction',
    consequence: 'A crash after the completion loses orders that the gateway has placed.',
    file: 'shared/checkout/runAttempt.ts',
    before: '    await commitOutcome(ports, claimed, round, policy);',
    after: '    void commitOutcome(ports, claimed, round, policy);',
    suites: [CRASH_LEDGER, SIMULATION],
  },
  {
    name: 'published-before-the-transaction',
    consequence: 'Partners receive events about orders that are never recorded.',
    file: 'shared/checkout/runAttempt.ts',
    before:
      '  const written = await ports.carts.commit(conclusion.cart, etag, newOrders(conclusion, outcomes));',
    after: `  if (conclusion.kind === 'ended') await publish(ports, { cart: conclusion.cart, etag }, next);
  const written = await ports.carts.commit(conclusion.cart, etag, newOrders(conclusion, outcomes));`,
    suites: [SIMULATION],
  },
  {
    name: 'orders-recorded-at-the-end-only',
    consequence: 'An order that an earlier attempt placed has no row, so the customer cannot find it.',
    file: 'shared/checkout/runAttempt.ts',
    before: "outcomes.get(key)?.kind === 'placed');",
    after: "checkout.endedMs !== undefined && outcomes.get(key)?.kind === 'placed');",
    suites: [SIMULATION],
  },
  {
    name: 'no-lease-before-the-gateway',
    consequence: 'Two workers place the same order at the same time.',
    file: 'shared/checkout/runAttempt.ts',
    before: '  return written && { ...written, checkout: claimed };',
    after: '  return { ...(written ?? stored), checkout: claimed };',
    suites: [SIMULATION],
  },
  {
    name: 'lease-of-another-ignored',
    consequence:
      'Two workers call the gateway for one cart at the same time; only reconciliation prevents a second order.',
    file: 'shared/checkout/decideAttempt.ts',
    before: 'nowMs < checkout.leaseUntilMs) {',
    after: 'nowMs < checkout.dueMs) {',
    suites: ['test/checkout/runAttempt.test.ts'],
  },
  {
    name: 'order-starts-past-the-lease',
    consequence: 'The next worker places the order while this one still waits for the response.',
    file: 'shared/checkout/placeOrders.ts',
    before: 'nowMs + maxPlacementMs <= leaseUntilMs;',
    after: 'nowMs <= leaseUntilMs;',
    suites: ['test/checkout/placeOrders.test.ts'],
  },
  {
    name: 'expired-lease-not-ambiguous',
    consequence: 'An order whose worker crashed before recording it is placed again.',
    file: 'shared/checkout/runAttempt.ts',
    before: '{ ...checkout, groups: ambiguousAfterLease(checkout), leaseUntilMs }',
    after: '{ ...checkout, leaseUntilMs }',
    suites: [SIMULATION, CRASH_PARTNER_CENTER],
  },
  {
    name: 'ambiguous-taken-for-refused',
    consequence: 'An order with a lost response exists, but the customer is told that it was refused.',
    file: 'shared/checkout/decideOutcome.ts',
    before: "  if (ambiguous) return { state: 'ambiguous', ambiguousSinceMs: nowMs };\n",
    after: '',
    suites: [SIMULATION],
  },
  {
    name: 'ambiguity-forgotten',
    consequence: 'After a throttled attempt, the order of the worker that crashed earlier is not looked up.',
    file: 'shared/checkout/decideOutcome.ts',
    before: "  if (state === 'ambiguous') return { state, ambiguousSinceMs };",
    after: "  if (state === 'ambiguous' && exhausted) return { state, ambiguousSinceMs };",
    suites: [SIMULATION],
  },
  {
    name: 'ambiguity-not-renewed',
    consequence: 'An order whose second response was lost is placed again before the gateway lists it.',
    file: 'shared/checkout/decideOutcome.ts',
    before: "return { state: 'ambiguous', ambiguousSinceMs: nowMs };",
    after: "return { state: 'ambiguous', ambiguousSinceMs: ambiguousSinceMs ?? nowMs };",
    suites: ['test/checkout/decideOutcome.test.ts', SIMULATION],
  },
  {
    name: 'ambiguous-order-placed-anew',
    consequence: 'A later checkout places, under a new id, an order that the earlier one may have placed.',
    file: 'shared/cart/checkoutState.ts',
    before: "filter(({ state }) => state === 'placed' || state === 'ambiguous');",
    after: "filter(({ state }) => state === 'placed');",
    suites: [SIMULATION],
  },
  {
    name: 'retry-under-the-same-message-id',
    consequence: 'The broker drops every retry as a duplicate of the first attempt.',
    file: 'shared/checkout/message.ts',
    before: '  `${id}.${attempt}`;',
    after: '  `${id}.1`;',
    suites: [SIMULATION, CRASH_LEDGER],
  },
  {
    name: 'deferred-under-a-known-message-id',
    consequence:
      'The broker drops a deferred attempt as a duplicate, and the checkout stands still until the sweeper runs.',
    file: 'shared/checkout/message.ts',
    before: '): string => `${id}.${attempt}.${reason}.${atMs}`;',
    after: '): string => `${id}.${attempt}.${reason}.0`;',
    suites: [SIMULATION],
  },
  {
    name: 'backoff-in-seconds',
    consequence: 'All attempts are used within a second and overload the gateway.',
    file: 'shared/checkout/retryPolicy.ts',
    before: 'policy.initialIntervalMs * 2 ** (attempt - 1)',
    after: '(policy.initialIntervalMs / 1_000) * 2 ** (attempt - 1)',
    suites: [SIMULATION],
  },
  {
    name: 'retry-after-ignored',
    consequence: 'A gateway that asked for a pause is called again and throttles every caller.',
    file: 'shared/checkout/retryPolicy.ts',
    before: '  return Math.max(floorMs, Math.round(exponentialMs * (0.5 + random / 2)));',
    after: '  return Math.round(exponentialMs * (0.5 + random / 2));',
    suites: [SIMULATION],
  },
  {
    name: 'expired-cart-checked-out',
    consequence: 'A cart that was reported as expired is ordered at an outdated price.',
    file: 'shared/checkout/decideStart.ts',
    before: "  if (cartStatus(cart, context.nowMs) === 'expired') {",
    after: "  if (cartStatus(cart, cart.createdMs) === 'expired') {",
    suites: [SIMULATION, MODEL],
  },
  {
    name: 'cart-changed-in-checkout',
    consequence: 'The orders contain other line items than the cart shows.',
    file: 'shared/cart/decideReplace.ts',
    before: "    case 'inCheckout':\n      return refuse(",
    after: "    case 'inCheckout':\n      if (cart.checkout?.attempt === 1) break;\n      return refuse(",
    suites: [SIMULATION],
  },
  {
    name: 'ordered-lines-replaced',
    consequence: 'Ordered line items disappear from the cart or are ordered again.',
    file: 'shared/cart/decideReplace.ts',
    before: '    if (settled.size === 0) return { lineItems: wanted };',
    after: '    if (settled.size < before.lineItems.length) return { lineItems: wanted };',
    suites: [SIMULATION],
  },
];
