/** Faults in everything around a checkout: the sweep, the tables, the gateway, the door. */
import { CRASH_LEDGER, CRASH_PARTNER_CENTER, type Fault, MODEL, SIMULATION, STORAGE } from './fault.ts';

export const SWEEP_FAULTS: readonly Fault[] = [
  {
    name: 'hint-after-the-cart',
    costs: 'A crash between the two leaves a cart of whose expiry nobody is told.',
    file: 'shared/cart/createCart.ts',
    before: `  await ports.due.put({ ...key, atMs: firstDueMs(cart, context.lifecycle) });
  const created = (await ports.carts.insert(cart)) ?? (await ports.carts.read(key));`,
    after: `  const created = (await ports.carts.insert(cart)) ?? (await ports.carts.read(key));
  await ports.due.put({ ...key, atMs: firstDueMs(cart, context.lifecycle) });`,
    suites: [CRASH_LEDGER, SIMULATION],
  },
  {
    name: 'hint-out-before-the-next-is-in',
    costs: 'A crash between the two leaves a cart that nobody looks at any more.',
    file: 'shared/sweeper/sweep.ts',
    before: `  if (dueMs !== undefined && dueMs !== entry.atMs) await ports.due.put({ ...entry, atMs: dueMs });
  if (dueMs !== entry.atMs) await ports.due.remove(entry);`,
    after: `  if (dueMs !== entry.atMs) await ports.due.remove(entry);
  if (dueMs !== undefined && dueMs !== entry.atMs) await ports.due.put({ ...entry, atMs: dueMs });`,
    suites: [CRASH_LEDGER, SIMULATION],
  },
  {
    name: 'hint-cleared-without-looking',
    costs: 'What the sweep could not look at for a moment is never looked at again.',
    file: 'shared/sweeper/sweep.ts',
    before: '      report.failed++;',
    after: '      report.failed++;\n      await ports.due.remove(entry);',
    suites: [SIMULATION],
  },
  {
    name: 'hint-cleared-before-the-end',
    costs: 'A checkout that the sweep has sent once and that is lost again never ends.',
    file: 'shared/sweeper/cartActions.ts',
    before: "  return { actions: [{ kind: 'resend', checkout, atMs: nextMs - watchdogMs }], nextMs };",
    after: "  return { actions: [{ kind: 'resend', checkout, atMs: nextMs - watchdogMs }] };",
    suites: [SIMULATION],
  },
  {
    name: 'expired-in-checkout',
    costs: 'A cart is told to have expired, and is ordered a moment later.',
    file: 'shared/cart/cart.ts',
    before: "  if (cart.checkout?.state === 'running') return 'inCheckout';",
    after: "  if (cart.checkout?.state === 'running' && nowMs < cart.expiresMs) return 'inCheckout';",
    suites: [SIMULATION],
  },
  {
    name: 'notice-under-a-new-id',
    costs: 'Partners act twice on one outcome, because the repeat does not look like one.',
    file: 'shared/checkout/events.ts',
    before: "    id: `${checkout.id}.${isOrdered ? 'ordered' : 'failed'}`,",
    after: '    id: `${checkout.id}.${cart.modifiedMs}`,',
    suites: [SIMULATION],
  },
  {
    name: 'end-never-told-by-the-sweep',
    costs: 'Nobody hears how a checkout ended whose worker could not tell it.',
    file: 'shared/sweeper/cartActions.ts',
    before: "  return isWatchdog ? [{ kind: 'publishOutcome', checkout } as const] : [];",
    after:
      "  return isWatchdog && checkout.exhausted ? [{ kind: 'publishOutcome', checkout } as const] : [];",
    suites: [SIMULATION],
  },
  {
    name: 'topic-that-fails-is-asked-every-time',
    costs: 'While the topic does not respond, no checkout is recovered.',
    file: 'shared/sweeper/circuitBreaker.ts',
    before: '    if (failures >= FAILURES_TO_OPEN) {',
    after: '    if (failures >= Number.POSITIVE_INFINITY) {',
    suites: ['test/sweeper/fairness.test.ts'],
  },
  {
    name: 'publishing-holds-the-permits-of-all',
    costs: 'A topic that hangs keeps the sweeper from everything else.',
    file: 'shared/sweeper/guardedPorts.ts',
    before: '    await permit.moveTo(sending);\n',
    after: '',
    suites: ['test/sweeper/fairness.test.ts'],
  },
  {
    name: 'shard-never-swept',
    costs: 'A quarter of all carts is looked after by nobody.',
    file: 'shared/storage/dueIndex.ts',
    before: 'Array.from({ length: DUE_SHARDS },',
    after: 'Array.from({ length: DUE_SHARDS - 1 },',
    suites: [CRASH_LEDGER],
  },
];

export const STORAGE_FAULTS: readonly Fault[] = [
  {
    name: 'cart-written-without-etag',
    costs: 'Of two workers or callers at once both think that they were first.',
    file: 'shared/storage/cartStore.ts',
    before:
      "undefinedOnStatus(CHANGED, client.updateEntity(toCartRow(cart), 'Replace', { etag, abortSignal })),",
    after: "undefinedOnStatus(CHANGED, client.updateEntity(toCartRow(cart), 'Replace', { abortSignal })),",
    suites: ['test/storm/partnerCenter.test.ts', STORAGE],
  },
  {
    name: 'transaction-without-etag',
    costs: 'A late worker overwrites what another has recorded.',
    file: 'shared/storage/cartStore.ts',
    before: "['update', toCartRow(cart), 'Replace', { etag }],",
    after: "['update', toCartRow(cart), 'Replace'],",
    suites: ['test/storm/ledger.test.ts', STORAGE],
  },
  {
    name: 'cart-inserted-over-another',
    costs: 'A repeat of the POST makes an ordered cart active again, to be ordered a second time.',
    file: 'shared/storage/cartStore.ts',
    before: 'client.createEntity(toCartRow(cart), { abortSignal })',
    after: "client.upsertEntity(toCartRow(cart), 'Replace', { abortSignal })",
    suites: [MODEL, STORAGE],
  },
  {
    name: 'tenant-missing-in-the-key',
    costs: 'A partner reads and orders the carts of another.',
    file: 'shared/storage/keys.ts',
    before: 'const partitionOf = (tenant: string, customer: string) => `${tenant}_${customer}`;',
    after: 'const partitionOf = (_: string, customer: string) => `_${customer}`;',
    suites: [STORAGE],
  },
];

export const GATEWAY_FAULTS: readonly Fault[] = [
  {
    name: 'look-up-skipped',
    costs: 'An order whose answer was lost is made again.',
    file: 'shared/orders/gateways/partnerCenter/gateway.ts',
    before:
      'ambiguousSinceMs === undefined ? undefined : await reconcile(placement, ambiguousSinceMs, peer);',
    after: 'ambiguousSinceMs === undefined ? await undefined : undefined;',
    suites: [CRASH_PARTNER_CENTER],
  },
  {
    name: 'missing-too-soon-taken-for-no-order',
    costs: 'An order that is not listed yet is made again, or its customer hears that it was refused.',
    file: 'shared/orders/gateways/partnerCenter/reconcile.ts',
    before: '    if (!next) return againMs > 0 ? stillAmbiguous(againMs) : undefined;',
    after: '    if (!next) return undefined;',
    suites: [CRASH_PARTNER_CENTER, 'test/orders/partnerCenter/ambiguous.test.ts'],
  },
  {
    name: 'first-page-taken-for-all',
    costs: 'An order on a later page of the list is made again.',
    file: 'shared/orders/gateways/partnerCenter/reconcile.ts',
    before: '    next = found.next;',
    after: '    next = undefined;',
    suites: ['test/orders/partnerCenter/reconcile.test.ts'],
  },
  {
    name: 'no-look-up-taken-for-no-order',
    costs: 'An order that could not be looked for is made again.',
    file: 'shared/orders/gateways/partnerCenter/classifyResponse.ts',
    before: '  if (answered.status !== 200 || !list.success) {',
    after: '  if (!list.success) return {};\n  if (answered.status !== 200) {',
    suites: [CRASH_PARTNER_CENTER, 'test/orders/partnerCenter/reconcile.test.ts'],
  },
  {
    name: 'unavailable-taken-for-nothing-made',
    costs: 'An order that was made behind a proxy that would not wait is made again.',
    file: 'shared/orders/gateways/partnerCenter/classifyResponse.ts',
    before: '(status === 503 && retryAfterMs !== undefined)',
    after: 'status === 503',
    suites: ['test/orders/partnerCenter/gateway.test.ts'],
  },
  {
    name: 'order-id-not-stable',
    costs: 'The gateway takes every repeat for another order.',
    file: 'shared/orders/gateways/partnerCenter/requests.ts',
    before: "    headers: { 'MS-RequestId': requestId, 'Content-Type'",
    after: "    headers: { 'MS-RequestId': crypto.randomUUID(), 'Content-Type'",
    suites: [CRASH_PARTNER_CENTER],
  },
  {
    name: 'time-out-taken-for-nothing-sent',
    costs: 'An order that was made in silence is made again.',
    file: 'shared/orders/gateways/partnerCenter/httpClient.ts',
    before: '      ambiguous: !neverArrived,',
    after: '      ambiguous: neverArrived,',
    suites: [CRASH_PARTNER_CENTER, 'test/orders/partnerCenter/gateway.test.ts'],
  },
  {
    name: 'retry-after-in-milliseconds',
    costs: 'A gateway that asks for half a minute is asked again at once.',
    file: 'shared/time.ts',
    before: 'Number(header) * 1_000',
    after: 'Number(header)',
    suites: [CRASH_PARTNER_CENTER, 'test/orders/partnerCenter/limit.test.ts'],
  },
];

export const DOOR_FAULTS: readonly Fault[] = [
  {
    name: 'audience-unchecked',
    costs: 'A token that was given for another service orders here.',
    file: 'shared/identity/verify.ts',
    before: '        audience: [...options.audiences],\n',
    after: '',
    suites: ['test/identity/verify.test.ts'],
  },
  {
    name: 'repeat-not-recognised',
    costs: 'A storefront that repeats a POST has two carts, and checks both out.',
    file: 'functions/http/carts.ts',
    before: "trace.hasClientRequestId ? uuidV8('cart', ...name) : randomUUID();",
    after: "trace.hasClientRequestId ? randomUUID() : uuidV8('cart', ...name);",
    suites: [MODEL],
  },
  {
    name: 'if-match-ignored',
    costs: 'A storefront checks out what it has not seen.',
    file: 'shared/checkout/decideStart.ts',
    before: '  if (!holds(context, id, cart.cartId)) return refuse(etagMismatch());\n',
    after: '',
    suites: [MODEL],
  },
];
