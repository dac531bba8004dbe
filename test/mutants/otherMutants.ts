/** Mutants of what surrounds a checkout: sweeper, storage, ordering gateway, access and idempotency. */
import { CRASH_LEDGER, CRASH_PARTNER_CENTER, MODEL, type Mutant, SIMULATION, STORAGE } from './mutant.ts';

export const SWEEP_MUTANTS: readonly Mutant[] = [
  {
    name: 'due-entry-after-the-cart',
    consequence: 'A crash between the two writes leaves a cart that never expires.',
    file: 'shared/cart/createCart.ts',
    before: `  await ports.due.put({ ...key, atMs: firstDueMs(cart, context.lifecycle) });
  const created = (await ports.carts.insert(cart)) ?? (await ports.carts.read(key));`,
    after: `  const created = (await ports.carts.insert(cart)) ?? (await ports.carts.read(key));
  await ports.due.put({ ...key, atMs: firstDueMs(cart, context.lifecycle) });`,
    suites: [CRASH_LEDGER, SIMULATION],
  },
  {
    name: 'due-entry-removed-before-the-next',
    consequence: 'A crash between the two writes leaves a cart that is never swept again.',
    file: 'shared/sweeper/runEntry.ts',
    before: `  if (dueMs !== undefined && dueMs !== entry.atMs) await ports.due.put({ ...entry, atMs: dueMs });
  if (dueMs !== entry.atMs) await ports.due.remove(entry);`,
    after: `  if (dueMs !== entry.atMs) await ports.due.remove(entry);
  if (dueMs !== undefined && dueMs !== entry.atMs) await ports.due.put({ ...entry, atMs: dueMs });`,
    suites: [CRASH_LEDGER, SIMULATION],
  },
  {
    name: 'expiry-not-recorded',
    consequence:
      'A checkout that was decided just before the expiry orders a cart that was published as expired.',
    file: 'shared/cart/recordExpiry.ts',
    before:
      '    const written = await ports.carts.replace({ ...stored.cart, expiredMs: nowMs }, stored.etag);',
    after: '    const written = await Promise.resolve({ ...stored });',
    suites: ['test/cart/recordExpiry.test.ts'],
  },
  {
    name: 'due-entry-removed-on-failure',
    consequence: 'A cart that the sweeper could not read once is never swept again.',
    file: 'shared/sweeper/processEntries.ts',
    before: '      report.failed++;',
    after: '      report.failed++;\n      await ports.due.remove(entry);',
    suites: [SIMULATION],
  },
  {
    name: 'due-entry-removed-before-the-end',
    consequence: 'A checkout whose message is lost a second time never ends.',
    file: 'shared/sweeper/cartActions.ts',
    before: "  return { actions: [{ kind: 'resend', checkout, atMs: nextMs - watchdogMs }], nextMs };",
    after: "  return { actions: [{ kind: 'resend', checkout, atMs: nextMs - watchdogMs }] };",
    suites: [SIMULATION],
  },
  {
    name: 'expired-in-checkout',
    consequence: 'A cart is reported as expired and ordered a moment later.',
    file: 'shared/cart/cart.ts',
    before: "  if (cart.checkout?.state === 'running') return 'inCheckout';",
    after: "  if (cart.checkout?.state === 'running' && nowMs < cart.expiresMs) return 'inCheckout';",
    suites: [SIMULATION],
  },
  {
    name: 'event-under-a-new-id',
    consequence: 'Partners process one outcome twice, because the repeated event has another id.',
    file: 'shared/checkout/events.ts',
    before: "    id: `${checkout.id}.${isOrdered ? 'ordered' : 'failed'}`,",
    after: '    id: `${checkout.id}.${cart.modifiedMs}`,',
    suites: [SIMULATION],
  },
  {
    name: 'outcome-not-published-by-the-sweeper',
    consequence: 'The outcome of a checkout is never published when its worker could not publish it.',
    file: 'shared/sweeper/cartActions.ts',
    before: "  return isWatchdog ? [{ kind: 'publishOutcome', checkout } as const] : [];",
    after:
      "  return isWatchdog && checkout.exhausted ? [{ kind: 'publishOutcome', checkout } as const] : [];",
    suites: [SIMULATION],
  },
  {
    name: 'topic-that-fails-is-asked-every-time',
    consequence: 'While the topic does not respond, no checkout is recovered.',
    file: 'shared/sweeper/circuitBreaker.ts',
    before: '    if (failures >= FAILURES_TO_OPEN) {',
    after: '    if (failures >= Number.POSITIVE_INFINITY) {',
    suites: ['test/sweeper/fairness.test.ts'],
  },
  {
    name: 'publishing-holds-the-permits-of-all',
    consequence: 'A topic that hangs keeps the sweeper from everything else.',
    file: 'shared/sweeper/guardedPorts.ts',
    before: '    await permit.moveTo(permits);\n',
    after: '',
    suites: ['test/sweeper/fairness.test.ts'],
  },
  {
    name: 'shard-never-swept',
    consequence: 'A quarter of all carts never expires.',
    file: 'shared/storage/dueIndex.ts',
    before: 'Array.from({ length: DUE_SHARDS },',
    after: 'Array.from({ length: DUE_SHARDS - 1 },',
    suites: [CRASH_LEDGER],
  },
];

export const STORAGE_MUTANTS: readonly Mutant[] = [
  {
    name: 'cart-written-without-etag',
    consequence: 'Two concurrent workers or callers both assume that their write was the first.',
    file: 'shared/storage/cartStore.ts',
    before:
      "undefinedOnStatus(CHANGED, client.updateEntity(toCartRow(cart), 'Replace', { etag, abortSignal })),",
    after: "undefinedOnStatus(CHANGED, client.updateEntity(toCartRow(cart), 'Replace', { abortSignal })),",
    suites: ['test/storm/partnerCenter.test.ts', STORAGE],
  },
  {
    name: 'transaction-without-etag',
    consequence: 'A late worker overwrites what another worker has recorded.',
    file: 'shared/storage/cartStore.ts',
    before: "['update', toCartRow(cart), 'Replace', { etag }],",
    after: "['update', toCartRow(cart), 'Replace'],",
    suites: ['test/storm/ledger.test.ts', STORAGE],
  },
  {
    name: 'cart-inserted-over-another',
    consequence: 'A repeated POST reactivates an ordered cart, which can then be ordered again.',
    file: 'shared/storage/cartStore.ts',
    before: 'client.createEntity(toCartRow(cart), { abortSignal })',
    after: "client.upsertEntity(toCartRow(cart), 'Replace', { abortSignal })",
    suites: [MODEL, STORAGE],
  },
  {
    name: 'line-separator-stored-raw',
    consequence: 'A checkout of a cart with U+2028 in a name never ends, although its orders were made.',
    file: 'shared/storage/jsonColumn.ts',
    before: 'const UNSAFE = /[\\u0085\\u2028\\u2029\\ufeff\\ufffe\\uffff]/g;',
    after: 'const UNSAFE = /[\\u0085\\ufeff\\ufffe\\uffff]/g;',
    suites: [STORAGE, CRASH_LEDGER],
  },
  {
    name: 'order-row-that-exists-taken-for-an-outage',
    consequence: 'A checkout whose order row exists already never ends.',
    file: 'shared/storage/cartStore.ts',
    before: 'const REJECTED = [400, 409, 413];',
    after: 'const REJECTED = [400, 413];',
    suites: [STORAGE],
  },
  {
    name: 'tenant-missing-in-the-key',
    consequence: 'A partner reads and orders the carts of another partner.',
    file: 'shared/storage/keys.ts',
    before: 'const partitionOf = (tenant: string, customer: string) => `${tenant}_${customer}`;',
    after: 'const partitionOf = (_: string, customer: string) => `_${customer}`;',
    suites: [STORAGE],
  },
];

export const GATEWAY_MUTANTS: readonly Mutant[] = [
  {
    name: 'reconciliation-skipped',
    consequence: 'An order whose response was lost is placed again.',
    file: 'shared/orders/gateways/partnerCenter/gateway.ts',
    before:
      'ambiguousSinceMs === undefined ? undefined : await reconcile(placement, ambiguousSinceMs, peer);',
    after: 'ambiguousSinceMs === undefined ? await undefined : undefined;',
    suites: [CRASH_PARTNER_CENTER],
  },
  {
    name: 'missing-too-soon-taken-for-no-order',
    consequence: 'An order that the gateway does not list yet is placed again or reported as refused.',
    file: 'shared/orders/gateways/partnerCenter/reconcile.ts',
    before: '    if (!next) return backoffMs > 0 ? stillAmbiguous(backoffMs) : undefined;',
    after: '    if (!next) return undefined;',
    suites: [CRASH_PARTNER_CENTER, 'test/orders/partnerCenter/ambiguous.integration.test.ts'],
  },
  {
    name: 'first-page-taken-for-all',
    consequence: 'An order on a later page of the list is placed again.',
    file: 'shared/orders/gateways/partnerCenter/reconcile.ts',
    before: '    next = found.next;',
    after: '    next = undefined;',
    suites: ['test/orders/partnerCenter/reconcile.integration.test.ts'],
  },
  {
    name: 'failed-look-up-taken-for-no-order',
    consequence: 'An order that could not be looked up is placed again.',
    file: 'shared/orders/gateways/partnerCenter/classifyResponse.ts',
    before: '  if (response.status !== 200 || !list.success) {',
    after: '  if (!list.success) return {};\n  if (response.status !== 200) {',
    suites: [CRASH_PARTNER_CENTER, 'test/orders/partnerCenter/reconcile.integration.test.ts'],
  },
  {
    name: 'server-error-code-believed',
    consequence: 'An order that was made before the 500 is reported as rejected, and ordered again.',
    file: 'shared/orders/gateways/partnerCenter/classifyResponse.ts',
    before: 'status >= 400 && status < 500 && status !== 408;',
    after: 'status >= 400 && status !== 408;',
    suites: ['test/orders/partnerCenter/proof.integration.test.ts'],
  },
  {
    name: 'unavailable-taken-for-nothing-made',
    consequence: 'An order that was made behind a proxy that would not wait is made again.',
    file: 'shared/orders/gateways/partnerCenter/classifyResponse.ts',
    before: 'return status >= 400 && status < 500 && status !== 408 && !isConflict;',
    after: 'return status >= 400 && status !== 408 && !isConflict;',
    suites: ['test/orders/partnerCenter/gateway.integration.test.ts'],
  },
  {
    name: 'firewall-taken-for-partner-center',
    consequence: 'A checkout that a firewall blocked is reported as rejected and is not retried.',
    file: 'shared/orders/gateways/partnerCenter/classifyResponse.ts',
    before: 'if (!isClientError || !error || isHttpStatus(error.code)) return undefined;',
    after:
      "if (!isClientError) return undefined;\n  if (!error) return { code: '800005', description: messageOf(status), status: 400 };",
    suites: ['test/orders/partnerCenter/proof.integration.test.ts'],
  },
  {
    name: 'rejected-repeat-taken-for-no-order',
    consequence: 'An order of an ambiguous call stands, and the caller is informed that there is none.',
    file: 'shared/orders/gateways/partnerCenter/classifyResponse.ts',
    before: 'const isAmbiguous = placement.ambiguousSinceMs !== undefined;',
    after: 'const isAmbiguous = placement.ambiguousSinceMs === null;',
    suites: ['test/orders/partnerCenter/proof.integration.test.ts'],
  },
  {
    name: 'redirect-followed',
    consequence:
      'The order and its token go to another host, or the order becomes a GET and is never placed.',
    file: 'shared/orders/gateways/partnerCenter/httpClient.ts',
    before: "      redirect: 'manual',\n",
    after: '',
    suites: ['test/orders/partnerCenter/proof.integration.test.ts'],
  },
  {
    name: 'request-id-not-stable',
    consequence: 'The gateway treats every repeat as another order.',
    file: 'shared/orders/gateways/partnerCenter/requests.ts',
    before: "    headers: { 'MS-RequestId': requestId, 'Content-Type'",
    after: "    headers: { 'MS-RequestId': crypto.randomUUID(), 'Content-Type'",
    suites: [CRASH_PARTNER_CENTER],
  },
  {
    name: 'timeout-taken-for-no-request',
    consequence: 'An order that was placed without a response is placed again.',
    file: 'shared/orders/gateways/partnerCenter/httpClient.ts',
    before: '      ambiguous: !neverArrived,',
    after: '      ambiguous: neverArrived,',
    suites: [CRASH_PARTNER_CENTER, 'test/orders/partnerCenter/gateway.integration.test.ts'],
  },
  {
    name: 'retry-after-in-milliseconds',
    consequence: 'A gateway that asks for half a minute is called again immediately.',
    file: 'shared/time.ts',
    before: 'Number(header) * 1_000',
    after: 'Number(header)',
    suites: [CRASH_PARTNER_CENTER, 'test/orders/partnerCenter/limit.integration.test.ts'],
  },
];

export const ACCESS_MUTANTS: readonly Mutant[] = [
  {
    name: 'audience-unchecked',
    consequence: 'A token that was issued for another service is accepted.',
    file: 'shared/identity/verify.ts',
    before: '        audience: [...options.audiences],\n',
    after: '',
    suites: ['test/identity/verify.integration.test.ts'],
  },
  {
    name: 'repeat-not-recognized',
    consequence: 'A storefront that repeats a POST gets two carts and checks both out.',
    file: 'shared/idempotency.ts',
    before: "{ cartId: uuidV8('cart', ...name), ",
    after: '{ cartId: randomUUID() as string, ',
    suites: [MODEL],
  },
  {
    name: 'if-match-ignored',
    consequence: 'A storefront checks out a version of the cart that it has not seen.',
    file: 'shared/checkout/decideStart.ts',
    before: '  if (!holds(context, id, cart.cartId)) return refuse(etagMismatch());\n',
    after: '',
    suites: [MODEL],
  },
];
