/** Mutants of what a bulk order does about items that were ordered before: resubmitted files, retries, repeated writes. */
import type { Mutant } from './mutant.ts';

const HISTORIES = 'test/simulation/bulk.test.ts';
const LIFETIMES = 'test/simulation/bulkLifetimes.test.ts';
const OWN_WRITE = 'test/bulk/ownWrite.test.ts';
const RETRY = 'test/bulk/retryAfterPurge.test.ts';
const SKIP = 'test/bulk/skipRepeats.test.ts';

export const REPEAT_MUTANTS: readonly Mutant[] = [
  {
    name: 'item-identified-by-its-bulk-order',
    consequence: 'A corrected file that is submitted again orders everything twice.',
    file: 'shared/bulk/itemIdentity.ts',
    before: "  if (repeats === 'order') return items;",
    after: "  if (repeats === 'order' || label === '') return items;",
    suites: [LIFETIMES],
  },
  {
    name: 'content-not-in-the-cart-id',
    consequence:
      'A changed item returns the orders of what it was before, and its new content is never ordered.',
    file: 'shared/bulk/itemIdentity.ts',
    before: 'reference, content, sameText(label)];',
    after: 'reference, sameText(label)];',
    suites: [LIFETIMES, SKIP],
  },
  {
    name: 'label-not-in-the-cart-id',
    consequence: 'Items that are deliberately ordered again are skipped.',
    file: 'shared/bulk/itemIdentity.ts',
    before: 'reference, content, sameText(label)];',
    after: 'reference, content];',
    suites: [LIFETIMES, SKIP],
  },
  {
    name: 'row-order-in-the-cart-id',
    consequence: 'A cart whose rows were sorted is ordered again.',
    file: 'shared/bulk/itemIdentity.ts',
    before: 'return UNORDERED.has(name) ? items.sort(byText) : items;',
    after: 'return items;',
    suites: [SKIP],
  },
  {
    name: 'guid-spelling-in-the-cart-id',
    consequence: 'A file whose GUIDs a program has written in capitals is ordered again.',
    file: 'shared/bulk/itemIdentity.ts',
    before: '  if (guid !== undefined) return guid.toUpperCase();\n',
    after: '',
    suites: [SKIP],
  },
  {
    name: 'skipped-item-counted-as-ordered',
    consequence: 'A bulk order reports orders that an earlier one has placed.',
    file: 'shared/bulk/runItem.ts',
    before: "state === 'ordered' && bulkOrderId !== order.bulkOrderId;",
    after: "state === 'ordered' && bulkOrderId === undefined;",
    suites: [LIFETIMES, SKIP],
  },
  {
    name: 'cart-purged-before-its-bulk-order',
    consequence: 'A retry finds no cart for an item that it could have ordered, or orders it again.',
    file: 'shared/sweeper/runEntry.ts',
    before: '    if (!stored) continue;\n    const { endedMs',
    after: '    if (stored?.order.endedMs !== 0) continue;\n    const { endedMs',
    suites: [LIFETIMES, RETRY],
  },
  {
    name: 'cart-kept-for-its-creator-only',
    consequence: 'A cart is purged while the bulk order that checked it out can still return to it.',
    file: 'shared/sweeper/runEntry.ts',
    before: 'new Set([cart.bulkOrderId, cart.checkout?.bulkOrderId]);',
    after: 'new Set([cart.bulkOrderId]);',
    suites: [RETRY],
  },
  {
    name: 'purged-cart-created-again',
    consequence: 'A retry orders everything of a partly ordered item again, after its cart was purged.',
    file: 'shared/bulk/runItem.ts',
    before: 'if (context.before?.checkoutId !== undefined && !(await ports.carts.read(key)))',
    after: "if (context.before?.checkoutId === '' && !(await ports.carts.read(key)))",
    suites: [RETRY],
  },
  {
    name: 'partly-ordered-cart-made-anew',
    consequence: 'A retry after the expiry of a partly ordered cart orders everything of it again.',
    file: 'shared/cart/createCart.ts',
    before: '  if (frozenGroups(cart.checkout).length > 0) return undefined;\n',
    after: '',
    suites: [LIFETIMES, RETRY],
  },
  {
    name: 'retry-forgets-orders',
    consequence: 'Orders of an item disappear from its outcome when a retry ends without them.',
    file: 'shared/bulk/runItem.ts',
    before: '    orders: [...kept, ...how.orders],',
    after: '    orders: how.orders,',
    suites: [LIFETIMES, RETRY],
  },
  {
    name: 'own-lane-write-taken-for-another',
    consequence: 'After a lost response the worker leaves its lane, which stands still until the lease ends.',
    file: 'shared/bulk/processLane.ts',
    before: '    (await etagOfOwnWrite(ports, leased, lastWrite));',
    after: '    (await Promise.resolve(undefined));',
    suites: [LIFETIMES, OWN_WRITE],
  },
  {
    name: 'lane-write-of-another-taken-for-own',
    consequence: 'Two workers process one lane, and its counters match neither.',
    file: 'shared/bulk/processLane.ts',
    before: 'return last?.owner === owner && last.n === n ? stored?.etag : undefined;',
    after: 'return last?.n === n || owner ? stored?.etag : undefined;',
    suites: [HISTORIES],
  },
  {
    name: 'own-retry-taken-for-another',
    consequence: 'A retry whose response was lost is answered with an error although it has started.',
    file: 'shared/bulk/cancelAndRetry.ts',
    before: '  return stored && JSON.stringify(stored.order) === JSON.stringify(order) ? stored : undefined;',
    after: '  return stored && order.generation === 0 ? stored : undefined;',
    suites: [OWN_WRITE],
  },
  {
    name: 'damaged-text-ordered',
    consequence: 'An item in Latin-1 is ordered with damaged text, and two references become one.',
    file: 'shared/messaging/bulkItemEnvelope.ts',
    before: '  if (notUtf8 !== undefined) return { unreadable: notUtf8 };\n',
    after: '',
    suites: ['test/reports/r10-odd-message-bodies.integration.test.ts'],
  },
  {
    name: 'orders-of-a-dead-worker-forgotten',
    consequence:
      'An item whose worker died after the order, and whose cart has expired since, reports no order.',
    file: 'shared/bulk/runItem.ts',
    before: 'orders: checkout ? ordersOf(checkout) : [] };',
    after: 'orders: [] };',
    suites: [LIFETIMES, RETRY],
  },
  {
    name: 'own-single-row-taken-for-another',
    consequence:
      'After a lost response, orders that storage rejected are not parked and the outcome is not published.',
    file: 'shared/checkout/writeCheckout.ts',
    before: 'const stored = written ?? (await ownWrite(ports, cart));',
    after: 'const stored = written;',
    suites: [LIFETIMES, 'test/checkout/rejectedCommit.test.ts'],
  },
];
