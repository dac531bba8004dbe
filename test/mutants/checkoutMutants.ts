/** Mutants of requesting and performing a checkout. */
import { CRASH_LEDGER, CRASH_PARTNER_CENTER, MODEL, type Mutant, SIMULATION } from './mutant.ts';

export const CHECKOUT_MUTANTS: readonly Mutant[] = [
  {
    name: 'due-entry-after-the-start',
    consequence: 'A crash between the two writes leaves a cart in checkout forever.',
    file: 'shared/checkout/requestCheckout.ts',
    before: `        await ports.due.put({ ...key, atMs: decision.checkout.watchdogAtMs });
        const started = await ports.carts.replace(decision.cart, stored.etag);
        if (!started) continue;`,
    after: `        const started = await ports.carts.replace(decision.cart, stored.etag);
        if (!started) continue;
        await ports.due.put({ ...key, atMs: decision.checkout.watchdogAtMs });`,
    suites: [CRASH_LEDGER, SIMULATION],
  },
  {
    name: 'due-entry-after-the-next-attempt',
    consequence: 'A crash between the two writes leaves a retry that never runs.',
    file: 'shared/checkout/runAttempt.ts',
    before: `  if (decision.kind === 'continue') await ports.due.put(dueEntry(message, next.watchdogAtMs));
  const written = await commitCheckout(ports, decision.cart, etag, newOrders(decision, outcomes));`,
    after: `  const written = await commitCheckout(ports, decision.cart, etag, newOrders(decision, outcomes));
  if (decision.kind === 'continue') await ports.due.put(dueEntry(message, next.watchdogAtMs));`,
    suites: [SIMULATION],
  },
  {
    name: 'completed-before-the-transaction',
    consequence: 'A crash after the completion loses orders that the gateway has placed.',
    file: 'shared/checkout/runAttempt.ts',
    before: '    await commitOutcome(ports, leased, batch, policy);',
    after: '    void commitOutcome(ports, leased, batch, policy);',
    suites: [CRASH_LEDGER, SIMULATION],
  },
  {
    name: 'published-before-the-transaction',
    consequence: 'Partners receive events about orders that are never recorded.',
    file: 'shared/checkout/runAttempt.ts',
    before:
      '  const written = await commitCheckout(ports, decision.cart, etag, newOrders(decision, outcomes));',
    after: `  if (decision.kind === 'ended') await publish(ports, { cart: decision.cart, etag }, next);
  const written = await commitCheckout(ports, decision.cart, etag, newOrders(decision, outcomes));`,
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
    before: '  return written && { ...written, checkout: leased };',
    after: '  return { ...(written ?? stored), checkout: leased };',
    suites: [SIMULATION],
  },
  {
    name: 'own-lease-taken-for-another',
    consequence:
      'After a lost response the worker waits for its own lease to end, and order groups that were never sent become ambiguous.',
    file: 'shared/checkout/writeCheckout.ts',
    before: '  return (await ports.carts.replace(cart, etag)) ?? ownWrite(ports, cart);',
    after: '  return ports.carts.replace(cart, etag);',
    suites: ['test/checkout/ownWrite.test.ts', SIMULATION],
  },
  {
    name: 'own-commit-taken-for-another',
    consequence:
      'After a lost response the outcome is not published and the next attempt not sent until the sweeper does it.',
    file: 'shared/checkout/writeCheckout.ts',
    before: 'return (await ports.carts.commit(cart, etag, orders)) ?? (await ownWrite(ports, cart));',
    after: 'return await ports.carts.commit(cart, etag, orders);',
    suites: ['test/checkout/ownWrite.test.ts', SIMULATION],
  },
  {
    name: 'rejected-commit-repeated-for-ever',
    consequence: 'A checkout whose order row storage rejects never ends, although its orders were made.',
    file: 'shared/checkout/writeCheckout.ts',
    before: '    if (!(error instanceof WriteRejectedError)) throw error;\n    return commitRowByRow',
    after: '    if (error) throw error;\n    return commitRowByRow',
    suites: ['test/checkout/rejectedCommit.test.ts'],
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
    before: '  const groups = ambiguousAfterLease(checkout);',
    after: '  const { groups } = checkout;',
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
    before: 'initialIntervalMs * backoffCoefficient ** (attempt - 1)',
    after: '(initialIntervalMs / 1_000) * backoffCoefficient ** (attempt - 1)',
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
    before: "    case 'inCheckout':\n      return apiError(",
    after:
      "    case 'inCheckout':\n      if (cart.checkout?.attempt === 1) return undefined;\n      return apiError(",
    suites: [SIMULATION],
  },
  {
    name: 'new-line-inherits',
    consequence: 'A new line item is ordered for the subscription and with the promotion of another.',
    file: 'shared/cart/preserveUnsupportedFields.ts',
    before: '  match(isSame);',
    after: '  match((draft, item) => draft.catalogItemId === item.catalogItemId);',
    suites: ['test/cart/preserveUnsupportedFields.test.ts'],
  },
  {
    name: 'superseded-replace-repeated',
    consequence: 'A client is told that the cart holds what a later replace has removed.',
    file: 'shared/cart/decideReplace.ts',
    before: 'idempotencyKey !== undefined && idempotencyKeys[0] === idempotencyKey;',
    after: 'idempotencyKey !== undefined && idempotencyKeys.includes(idempotencyKey);',
    suites: ['test/cart/decideReplace.test.ts'],
  },
  {
    name: 'ordered-lines-replaced',
    consequence: 'Ordered line items disappear from the cart or are ordered again.',
    file: 'shared/cart/decideReplace.ts',
    before: '  if (labels.size === 0) return { lineItems: [...wanted] };',
    after: '  if (labels.size < cart.lineItems.length) return { lineItems: [...wanted] };',
    suites: [SIMULATION],
  },
];
