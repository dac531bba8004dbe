/** The documentation states limits, times and counts as the code has them. */
import { describe, expect, it } from 'vitest';
import { MAX_ITEMS } from '../../shared/bulk/bulkOrder.ts';
import { IN_FLIGHT_OF_CUSTOMER } from '../../shared/bulk/customerLimit.ts';
import { MAX_ITEM_BYTES, MAX_LANES } from '../../shared/bulk/partition.ts';
import { RUN_MS } from '../../shared/bulk/processLane.ts';
import { IDEMPOTENCY_KEYS_KEPT } from '../../shared/cart/cart.ts';
import { MAX_LINE_ITEM_BYTES, MAX_LINE_ITEMS, MAX_ORDER_GROUPS } from '../../shared/cart/limits.ts';
import { CONCURRENCY as ORDERS_AT_A_TIME } from '../../shared/checkout/placeOrders.ts';
import { policiesOf } from '../../shared/compose.ts';
import { readSettings } from '../../shared/config.ts';
import { MAX_BULK_BYTES } from '../../shared/http/bulkRequest.ts';
import { WORTH_BYTES } from '../../shared/http/compression.ts';
import { MAX_BODY_BYTES, MAX_DEPTH } from '../../shared/http/json.ts';
import { MAX_LIST_BYTES } from '../../shared/http/orderList.ts';
import { MAX_REQUEST_BYTES } from '../../shared/http/passRequest.ts';
import { MAX_KEPT_MS, MAX_TOKENS } from '../../shared/identity/verifiedTokens.ts';
import { CANCEL_WINDOW_MS } from '../../shared/orders/cancelOrder.ts';
import { MAX_RESPONSE_BYTES } from '../../shared/passThrough/upstream.ts';
import { DUE_SHARDS } from '../../shared/storage/keys.ts';
import { DISPATCH_LIMITS } from '../../shared/sweeper/dispatch.ts';
import { CONCURRENCY, PURGE_BUDGET_MS, SENDS_AT_A_TIME } from '../../shared/sweeper/guardedPorts.ts';
import { MAX_RETRY_AFTER_MS, STORAGE_TIMEOUTS } from '../../shared/timeouts.ts';
import { sourceFiles } from '../support/sourceFiles.ts';

const pages = new Map(
  sourceFiles('*.md', 'docs/**/*.md').map(({ path, text }) => [path, text.replaceAll(/\s+/g, ' ')]),
);
const DAY_MS = 86_400_000;
const KIB = 1_024;
const MIB = KIB * KIB;
const grouped = (number: number) => number.toLocaleString('en-US');
const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const word = (number: number) => WORDS[number] ?? grouped(number);

const policies = policiesOf(
  readSettings({
    AUTH_JWKS_URL: 'https://issuer.example/keys',
    AUTH_ISSUERS: 'https://issuer.example/',
    AUTH_AUDIENCES: 'https://carts.example',
    AUTH_TENANTS: '*',
    CartStorage: 'UseDevelopmentStorage=true',
    ServiceBusConnection: 'Endpoint=sb://127.0.0.1',
  }),
);
const { eventsMs, logsMs } = policies.erasure.outside;
const { maximumAttempts } = policies.webhooks.delivery.retry;

const FACTS: Readonly<Record<string, readonly string[]>> = {
  'README.md': [`up to ${grouped(MAX_ITEMS)} items and ${MAX_BULK_BYTES / MIB} MiB`],
  'docs/architecture.md': [
    `leases a lane, and processes it for ${RUN_MS / 1_000} seconds`,
    `each open order group, ${ORDERS_AT_A_TIME} at a time`,
    `at most ${IN_FLIGHT_OF_CUSTOMER} items of one customer`,
    `${CONCURRENCY} entries are processed at a time`,
    `with ${SENDS_AT_A_TIME} permits each`,
    `Purges take at most ${PURGE_BUDGET_MS / 1_000} seconds of a run`,
    `takes at most ${grouped(DISPATCH_LIMITS.ownEntries)} entries for itself`,
    `the queue has at most ${DISPATCH_LIMITS.queuedPages} pages`,
    `Pages are scheduled ${word(1_000 / DISPATCH_LIMITS.pageIntervalMs)} a second`,
    `for more than ${word(DISPATCH_LIMITS.patienceMs / 60_000)} minutes`,
    `${CONCURRENCY} entries, and ${SENDS_AT_A_TIME} messages to each queue or topic`,
    `idempotency keys of the last ${IDEMPOTENCY_KEYS_KEPT} calls`,
    `each of the ${DUE_SHARDS} shards`,
    `(${grouped(MAX_LINE_ITEM_BYTES)} bytes of JSON`,
    `at most ${MAX_ITEM_BYTES / KIB} KiB`,
    `each call ends within ${STORAGE_TIMEOUTS.callMs / 1_000} s`,
  ],
  'docs/contract.md': [
    `A response above ${WORTH_BYTES / KIB} KiB is compressed`,
    `idempotency keys of its last ${IDEMPOTENCY_KEYS_KEPT} calls`,
    `for at most ${word(MAX_KEPT_MS / 60_000)} minutes, never`,
    `holds up to 1,000 orders and ${MAX_LIST_BYTES / MIB} MiB`,
    `can be cancelled for ${word(CANCEL_WINDOW_MS / DAY_MS)} days`,
    `| body of a cart request | ${MAX_BODY_BYTES / MIB} MiB |`,
    `| body of a bulk order | ${MAX_BULK_BYTES / MIB} MiB |`,
    `| nesting of JSON | ${MAX_DEPTH} levels |`,
    `| line items of a cart, add-ons included | ${MAX_LINE_ITEMS} |`,
    `| order groups of a cart | ${MAX_ORDER_GROUPS} |`,
    `| line items of a cart as JSON | ${grouped(MAX_LINE_ITEM_BYTES)} bytes |`,
    `| items of a bulk order | ${grouped(MAX_ITEMS)} |`,
    `| one item of a bulk order as JSON | ${MAX_ITEM_BYTES / KIB} KiB |`,
    `is beyond ${grouped(MAX_ITEMS)} items`,
    `it is capped at ${MAX_RETRY_AFTER_MS / 60_000} minutes`,
    `attempts (${word(maximumAttempts)})`,
    `A request body has at most ${MAX_REQUEST_BYTES / MIB} MiB`,
    `A response has at most ${MAX_RESPONSE_BYTES / MIB} MiB`,
  ],
  'docs/decisions/0001-table-storage-and-one-partition-per-customer.md': [
    `at most ${MAX_ORDER_GROUPS} order groups`,
  ],
  'docs/decisions/0005-lanes.md': [`at most ${MAX_LANES} lanes`, `for about ${RUN_MS / 1_000} seconds`],
  'docs/decisions/0008-verified-tokens-are-kept-for-minutes.md': [
    `At most ${grouped(MAX_TOKENS)} tokens`,
    `ends ${word(MAX_KEPT_MS / 60_000)} minutes after the verification`,
  ],
  'docs/migrate.md': [
    `responses above ${MAX_RESPONSE_BYTES / MIB} MiB, request bodies above ${MAX_REQUEST_BYTES / MIB} MiB`,
  ],
  'docs/operations.md': [
    `its share of ${IN_FLIGHT_OF_CUSTOMER} items of one customer`,
    `at most ${DISPATCH_LIMITS.queuedPages} messages`,
    `processes up to ${grouped(DISPATCH_LIMITS.ownEntries)} due entries itself`,
    `| event in a subscription | at most ${eventsMs / DAY_MS} days |`,
    `| log, trace, metric | ${logsMs / DAY_MS} days |`,
    `A receipt of an [erasure](#retention-and-erasure) states ${logsMs / DAY_MS} days`,
  ],
};

describe.each(Object.entries(FACTS))('%s', (path, facts) => {
  it.each(facts)('The page states: %s', (fact) => {
    expect(pages.get(path)).toContain(fact);
  });
});
