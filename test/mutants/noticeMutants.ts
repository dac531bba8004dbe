/** Mutants of webhooks and of erasures. */
import type { Mutant } from './mutant.ts';

const RUN = 'shared/webhooks/runDelivery.ts';
const CLIENT = 'shared/webhooks/receiverClient.ts';
const ERASURE = 'shared/erasure/runErasure.ts';
const RUNS = 'test/webhooks/runDelivery.test.ts';
const CALLS = 'test/webhooks/receiverClient.integration.test.ts';
const COVERAGE = 'test/erasure/coverage.integration.test.ts';

export const WEBHOOK_MUTANTS: readonly Mutant[] = [
  {
    name: 'webhook-id-per-attempt',
    consequence: 'A receiver that ignores repeats by their id processes every retry.',
    file: RUN,
    before: 'id: deliveryId, timestamp',
    after: "id: deliveryId + '-' + now(), timestamp",
    suites: ['test/kill/webhooks.test.ts'],
  },
  {
    name: 'webhook-certificate-by-environment',
    consequence: 'An environment variable that is set for another client lets anyone receive webhooks.',
    file: CLIENT,
    before: '      rejectUnauthorized: true,\n',
    after: '',
    suites: ['test/webhooks/receiverTls.integration.test.ts'],
  },
  {
    name: 'webhook-one-public-address-suffices',
    consequence: 'A name with a public and a private address reaches the network of the operator.',
    file: CLIENT,
    before: 'addresses.some(({ address }) => addressProblem',
    after: 'addresses.every(({ address }) => addressProblem',
    suites: [CALLS, 'test/webhooks/resolveName.integration.test.ts'],
  },
  {
    name: 'webhook-resolved-again',
    consequence:
      'A name that resolves to another address after the check reaches the network of the operator.',
    file: CLIENT,
    before: '      lookup,\n',
    after: '      ...(lookup && {}),\n',
    suites: [CALLS, 'test/webhooks/receiverTls.integration.test.ts'],
  },
  {
    name: 'webhook-replaced-receiver-disables',
    consequence: 'The 410 of an old receiver disables the webhook that a partner has just replaced.',
    file: RUN,
    before: 'if (registered && !isReplaced)',
    after: 'if (registered)',
    suites: [RUNS],
  },
  {
    name: 'webhook-slow-receivers-occupy-everything',
    consequence: 'Four slow receivers delay the webhooks of every partner.',
    file: 'shared/webhooks/pace.ts',
    before: ' || (isSlow && slowCalls >= slowConcurrency)',
    after: '',
    suites: ['test/webhooks/pace.test.ts'],
  },
  {
    name: 'webhook-pause-ignored',
    consequence: 'A receiver that asks for a pause is called again within seconds.',
    file: 'shared/webhooks/delivery.ts',
    before: ', floorMs: requestedPauseMs(response, nowMs) }',
    after: ', floorMs: requestedPauseMs(response, nowMs) && 0 }',
    suites: ['test/webhooks/delivery.test.ts'],
  },
];

export const ERASURE_MUTANTS: readonly Mutant[] = [
  {
    name: 'erasure-of-later-carts',
    consequence: 'A cart that a customer fills after the request is deleted.',
    file: ERASURE,
    before: 'cart.createdMs <= untilMs || isCovered(cart.cartId)',
    after: 'cart.createdMs <= untilMs || isCovered(cart.cartId) || cart.createdMs > 0',
    suites: [COVERAGE],
  },
  {
    name: 'erasure-misses-carts-of-bulk-orders',
    consequence: 'Carts that a bulk order creates while the erasure waits for it are never erased.',
    file: ERASURE,
    before: 'new Set(bulkOrders.flatMap(({ items }) => items.map(({ cartId }) => cartId)))',
    after: 'new Set<string>()',
    suites: [COVERAGE],
  },
  {
    name: 'erasure-forgets-what-it-removed',
    consequence: 'After a crash, the receipt states less than was erased.',
    file: ERASURE,
    before: 'withFound(erasure.seen ?? NOTHING_SEEN, {',
    after: 'withFound(NOTHING_SEEN, {',
    suites: [COVERAGE],
  },
  {
    name: 'erasure-stops-at-1000-messages',
    consequence: 'An erasure never completes while more than 1,000 messages of others are parked.',
    file: 'shared/messaging/strandedMessages.ts',
    before: 'while (removed < wanted) {',
    after: 'while (removed < wanted && others.length < 1_000) {',
    suites: ['test/messaging/strandedMessages.integration.test.ts'],
  },
];
