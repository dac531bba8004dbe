/** Faults in asking for a checkout and performing it. */
import { CRASH_LEDGER, CRASH_PARTNER_CENTER, type Fault, MODEL, SIMULATION } from './fault.ts';

export const CHECKOUT_FAULTS: readonly Fault[] = [
  {
    name: 'hint-after-the-mark',
    costs: 'A crash between the two leaves a cart in checkout for ever.',
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
    name: 'hint-after-the-next-attempt',
    costs: 'A crash between the two leaves a retry that nobody looks after.',
    file: 'shared/checkout/runAttempt.ts',
    before: `  if (decision.kind === 'continue') await ports.due.put(dueEntry(message, next.watchdogAtMs));
  const written = await commitCheckout(ports, decision.cart, etag, newOrders(decision, outcomes));`,
    after: `  const written = await commitCheckout(ports, decision.cart, etag, newOrders(decision, outcomes));
  if (decision.kind === 'continue') await ports.due.put(dueEntry(message, next.watchdogAtMs));`,
    suites: [SIMULATION],
  },
  {
    name: 'completed-before-the-transaction',
    costs: 'A crash after the completion loses orders that the gateway has made.',
    file: 'shared/checkout/runAttempt.ts',
    before: '    await commitOutcome(ports, leased, batch, policy);',
    after: '    void commitOutcome(ports, leased, batch, policy);',
    suites: [CRASH_LEDGER, SIMULATION],
  },
  {
    name: 'told-before-the-transaction',
    costs: 'Partners hear of orders that are never recorded.',
    file: 'shared/checkout/runAttempt.ts',
    before:
      '  const written = await commitCheckout(ports, decision.cart, etag, newOrders(decision, outcomes));',
    after: `  if (decision.kind === 'ended') await publish(ports, { cart: decision.cart, etag }, next);
  const written = await commitCheckout(ports, decision.cart, etag, newOrders(decision, outcomes));`,
    suites: [SIMULATION],
  },
  {
    name: 'orders-recorded-at-the-end-only',
    costs: 'Orders that were placed in an earlier attempt have no row: the customer cannot find them.',
    file: 'shared/checkout/runAttempt.ts',
    before: "outcomes.get(key)?.kind === 'placed');",
    after: "checkout.endedMs !== undefined && outcomes.get(key)?.kind === 'placed');",
    suites: [SIMULATION],
  },
  {
    name: 'no-claim-before-the-gateway',
    costs: 'Two workers order the same at once.',
    file: 'shared/checkout/runAttempt.ts',
    before: '  return written && { ...written, checkout: leased };',
    after: '  return { ...(written ?? stored), checkout: leased };',
    suites: [SIMULATION],
  },
  {
    name: 'own-lease-taken-for-another',
    costs:
      'After a lost response the worker waits for its own lease to end, and order groups that were never sent become ambiguous.',
    file: 'shared/checkout/writeCheckout.ts',
    before: '  return (await ports.carts.replace(cart, etag)) ?? ownWrite(ports, cart);',
    after: '  return ports.carts.replace(cart, etag);',
    suites: ['test/checkout/ownWrite.test.ts', SIMULATION],
  },
  {
    name: 'own-commit-taken-for-another',
    costs:
      'After a lost response the outcome is not published and the next attempt not sent until the sweeper does it.',
    file: 'shared/checkout/writeCheckout.ts',
    before: 'return (await ports.carts.commit(cart, etag, orders)) ?? (await ownWrite(ports, cart));',
    after: 'return await ports.carts.commit(cart, etag, orders);',
    suites: ['test/checkout/ownWrite.test.ts', SIMULATION],
  },
  {
    name: 'rejected-commit-repeated-for-ever',
    costs: 'A checkout whose order row storage rejects never ends, although its orders were made.',
    file: 'shared/checkout/writeCheckout.ts',
    before: '    if (!(error instanceof WriteRejectedError)) throw error;\n    return commitRowByRow',
    after: '    if (error) throw error;\n    return commitRowByRow',
    suites: ['test/checkout/rejectedCommit.test.ts'],
  },
  {
    name: 'claim-of-another-ignored',
    costs:
      'Two workers ask the gateway for one cart at once; what keeps the order single is only that each doubts the other.',
    file: 'shared/checkout/decideAttempt.ts',
    before: 'nowMs < checkout.leaseUntilMs) {',
    after: 'nowMs < checkout.dueMs) {',
    suites: ['test/checkout/runAttempt.test.ts'],
  },
  {
    name: 'order-begins-past-the-claim',
    costs: 'The next worker orders while this one is still waiting for its answer.',
    file: 'shared/checkout/placeOrders.ts',
    before: 'nowMs + maxPlacementMs <= leaseUntilMs;',
    after: 'nowMs <= leaseUntilMs;',
    suites: ['test/checkout/placeOrders.test.ts'],
  },
  {
    name: 'crashed-worker-not-asked-after',
    costs: 'An order whose maker crashed before it was recorded is made again.',
    file: 'shared/checkout/runAttempt.ts',
    before: '  const groups = ambiguousAfterLease(checkout);',
    after: '  const { groups } = checkout;',
    suites: [SIMULATION, CRASH_PARTNER_CENTER],
  },
  {
    name: 'ambiguous-taken-for-refused',
    costs: 'An order that nobody answered for stands, and its customer hears that there is none.',
    file: 'shared/checkout/decideOutcome.ts',
    before: "  if (ambiguous) return { state: 'ambiguous', ambiguousSinceMs: nowMs };\n",
    after: '',
    suites: [SIMULATION],
  },
  {
    name: 'ambiguity-forgotten',
    costs:
      'After an attempt that was turned away nobody looks for the order of the worker that crashed before.',
    file: 'shared/checkout/decideOutcome.ts',
    before: "  if (state === 'ambiguous') return { state, ambiguousSinceMs };",
    after: "  if (state === 'ambiguous' && exhausted) return { state, ambiguousSinceMs };",
    suites: [SIMULATION],
  },
  {
    name: 'doubt-not-renewed',
    costs: 'An order that got no answer the second time is made again before it can be listed.',
    file: 'shared/checkout/decideOutcome.ts',
    before: "return { state: 'ambiguous', ambiguousSinceMs: nowMs };",
    after: "return { state: 'ambiguous', ambiguousSinceMs: ambiguousSinceMs ?? nowMs };",
    suites: ['test/checkout/decideOutcome.test.ts', SIMULATION],
  },
  {
    name: 'unknown-order-asked-anew',
    costs: 'A later checkout orders under a new id what the earlier one may have ordered.',
    file: 'shared/cart/checkoutState.ts',
    before: "filter(({ state }) => state === 'placed' || state === 'ambiguous');",
    after: "filter(({ state }) => state === 'placed');",
    suites: [SIMULATION],
  },
  {
    name: 'retry-under-the-same-message-id',
    costs: 'The broker drops every retry as a repeat of the first attempt.',
    file: 'shared/checkout/message.ts',
    before: '  `${id}.${attempt}`;',
    after: '  `${id}.1`;',
    suites: [SIMULATION, CRASH_LEDGER],
  },
  {
    name: 'put-off-under-a-known-id',
    costs: 'What is put off is dropped as a repeat, and stands still until the sweep comes.',
    file: 'shared/checkout/message.ts',
    before: '): string => `${id}.${attempt}.${reason}.${atMs}`;',
    after: '): string => `${id}.${attempt}.${reason}.0`;',
    suites: [SIMULATION],
  },
  {
    name: 'backoff-in-seconds',
    costs: 'All attempts are used up within a second, and the gateway is hammered.',
    file: 'shared/checkout/retryPolicy.ts',
    before: 'initialIntervalMs * backoffCoefficient ** (attempt - 1)',
    after: '(initialIntervalMs / 1_000) * backoffCoefficient ** (attempt - 1)',
    suites: [SIMULATION],
  },
  {
    name: 'retry-after-ignored',
    costs: 'A gateway that asks for a pause is asked again, and turns everybody away.',
    file: 'shared/checkout/retryPolicy.ts',
    before: '  return Math.max(floorMs, Math.round(exponentialMs * (0.5 + random / 2)));',
    after: '  return Math.round(exponentialMs * (0.5 + random / 2));',
    suites: [SIMULATION],
  },
  {
    name: 'expired-cart-checked-out',
    costs: 'What was told to have expired is ordered, at a price of last week.',
    file: 'shared/checkout/decideStart.ts',
    before: "  if (cartStatus(cart, context.nowMs) === 'expired') {",
    after: "  if (cartStatus(cart, cart.createdMs) === 'expired') {",
    suites: [SIMULATION, MODEL],
  },
  {
    name: 'cart-changed-in-checkout',
    costs: 'The orders are of other line items than the cart that the customer sees.',
    file: 'shared/cart/decideReplace.ts',
    before: "    case 'inCheckout':\n      return apiError(",
    after:
      "    case 'inCheckout':\n      if (cart.checkout?.attempt === 1) return undefined;\n      return apiError(",
    suites: [SIMULATION],
  },
  {
    name: 'new-line-inherits',
    costs: 'A new line item is ordered for the subscription and with the promotion of another.',
    file: 'shared/cart/preserveUnsupportedFields.ts',
    before: '  match(isSame);',
    after: '  match((draft, item) => draft.catalogItemId === item.catalogItemId);',
    suites: ['test/cart/preserveUnsupportedFields.test.ts'],
  },
  {
    name: 'superseded-replace-repeated',
    costs: 'A client is told that the cart holds what a later replace has removed.',
    file: 'shared/cart/decideReplace.ts',
    before: 'idempotencyKey !== undefined && idempotencyKeys[0] === idempotencyKey;',
    after: 'idempotencyKey !== undefined && idempotencyKeys.includes(idempotencyKey);',
    suites: ['test/cart/decideReplace.test.ts'],
  },
  {
    name: 'ordered-lines-replaced',
    costs: 'Line items that were ordered disappear from the cart, or are ordered again.',
    file: 'shared/cart/decideReplace.ts',
    before: '  if (labels.size === 0) return { lineItems: [...wanted] };',
    after: '  if (labels.size < cart.lineItems.length) return { lineItems: [...wanted] };',
    suites: [SIMULATION],
  },
];
