/** Mutants of bulk ordering. */
import type { Mutant } from './mutant.ts';

const HISTORIES = 'test/simulation/bulk.test.ts';
const CONTRACT = 'test/contract/bulk.test.ts';
const PURGE = 'test/storage/bulkPurge.integration.test.ts';

export const BULK_MUTANTS: readonly Mutant[] = [
  {
    name: 'items-begin-before-the-lane-is-written',
    consequence: 'A worker that has lost its lane orders items that count as cancelled.',
    file: 'shared/bulk/processLane.ts',
    before:
      '      const written = await write(ports, leased, renewed, outcomes);\n      if (!written) return false;',
    after: `      const begin = work.splice(0).map((running) => {
        const item = { running, read: () => itemOf(running.n), holdsLease: () => true };
        const done = runItem(ports, leased.order, item, policy).then((result) => void finished.push(result));
        return inProgress.set(running.n, done);
      });
      const written = begin && (await write(ports, leased, renewed, outcomes));
      if (!written) return false;`,
    suites: [HISTORIES],
  },
  {
    name: 'lane-written-without-etag',
    consequence: 'Two workers process one lane, and its counters match neither.',
    file: 'shared/storage/bulkStore.ts',
    before: "['update', toLaneRow(key, lane), 'Replace', { etag }],",
    after: "['update', toLaneRow(key, lane), 'Replace'],",
    suites: [CONTRACT],
  },
  {
    name: 'bulk-order-inserted-over-another',
    consequence: 'A repeated submission restarts a bulk order that is partly done.',
    file: 'shared/storage/bulkStore.ts',
    before: `      reservation === undefined ? ['create', row] : ['update', row, 'Replace', { etag: reservation }],
      ...lanes.map((lane): TransactionAction => ['create', toLaneRow(order, lane)]),`,
    after: `      reservation === undefined ? ['upsert', row] : ['update', row, 'Replace', { etag: reservation }],
      ...lanes.map((lane): TransactionAction => ['upsert', toLaneRow(order, lane)]),`,
    suites: [CONTRACT],
  },
  {
    name: 'list-stored-without-its-reservation',
    consequence: 'A repeated submission is acknowledged although the sweeper has just deleted its items.',
    file: 'shared/storage/bulkStore.ts',
    before: "['create', row] : ['update', row, 'Replace', { etag: reservation }],",
    after: "['create', row] : ['upsert', row, 'Replace'],",
    suites: [CONTRACT],
  },
  {
    name: 'purge-without-its-lock',
    consequence: 'A slow sweep deletes items that were stored after another sweep purged the bulk order.',
    file: 'shared/storage/bulkPurge.ts',
    before: "      ['update', toLockRow(key, 'purging', created), 'Replace', { etag }],\n",
    after: "      ['upsert', toLockRow(key, 'purging', created), 'Replace'],\n",
    suites: [PURGE],
  },
  {
    name: 'tails-left-open',
    consequence: 'An item that arrives while its bulk order is purged is accepted and then lost.',
    file: 'shared/storage/bulkPurge.ts',
    before: '    ...tails,\n',
    after: '',
    suites: [PURGE],
  },
  {
    name: 'repeated-retry-starts-a-generation',
    consequence: 'A caller that repeats a retry request after a lost response retries the items twice.',
    file: 'shared/bulk/cancelAndRetry.ts',
    before: 'if (idempotencyKey !== undefined && retryKeys.includes(idempotencyKey)) return order;',
    after:
      'if (idempotencyKey !== undefined && retryKeys.includes(idempotencyKey) && !isEnded(order)) return order;',
    suites: ['test/bulk/cancelAndRetry.test.ts'],
  },
  {
    name: 'item-cart-id-random',
    consequence: 'An item that restarts creates and orders a second cart.',
    file: 'shared/bulk/runItem.ts',
    before: '  const key = cartKeyOf(order, item);',
    after:
      "  const own = item.draft ? { cartId: uuidV8('cart', item.reference, String(ports.now())) } : {};\n  const key = { ...cartKeyOf(order, item), ...own };",
    suites: [HISTORIES],
  },
  {
    name: 'ended-with-items-running',
    consequence: 'A bulk order is reported as ended while orders are still being placed.',
    file: 'shared/bulk/lane.ts',
    before: '  lane.running.length === 0 &&\n',
    after: '',
    suites: [HISTORIES],
  },
  {
    name: 'items-start-after-the-cancel',
    consequence: 'Orders are still placed after the bulk order was cancelled.',
    file: 'shared/bulk/decideStep.ts',
    before: '  const current = isStopping(order) ? stopLane(recorded) : recorded;',
    after:
      '  const current = isStopping(order) && recorded.running.length === 0 ? stopLane(recorded) : recorded;',
    suites: ['test/bulk/decideStep.test.ts'],
  },
  {
    name: 'cancelled-retry-forgets-its-items',
    consequence: 'Items of a cancelled retry are missing from every counter.',
    file: 'shared/bulk/decideStep.ts',
    before: '    failed: lane.failed + lane.retryQueue.length,\n',
    after: '',
    suites: [HISTORIES],
  },
  {
    name: 'retried-items-counted-twice',
    consequence: 'The counters report more orders than items.',
    file: 'shared/bulk/lane.ts',
    before: '    failed: lane.failed - retryQueue.length,\n',
    after: '',
    suites: [HISTORIES],
  },
  {
    name: 'outcome-not-written-with-the-lane',
    consequence: 'Items have ended without a recorded outcome.',
    file: 'shared/bulk/processLane.ts',
    before: '      const written = await write(ports, leased, released, outcomes);',
    after: '      const written = await write(ports, leased, released, []);',
    suites: [HISTORIES],
  },
  {
    name: 'bulk-end-not-published',
    consequence: 'A client that waits for the end of its bulk order waits forever.',
    file: 'shared/bulk/dueActions.ts',
    before: "publish: BulkDueAction[] = isWatchdog ? [{ kind: 'finish' }] : [];",
    after: 'publish: BulkDueAction[] = isWatchdog ? [] : [];',
    suites: [HISTORIES],
  },
  {
    name: 'retry-without-a-due-entry',
    consequence: 'A lost message leaves a retry that never runs.',
    file: 'shared/bulk/cancelAndRetry.ts',
    before: '    await ports.due.put({ ...bulkKeyOf(order), atMs: restartCheckMs(nowMs, policy) });\n',
    after: '',
    suites: [HISTORIES, 'test/bulk/restart.test.ts'],
  },
  {
    name: 'bulk-order-without-a-due-entry',
    consequence: 'A crash after the write leaves a bulk order that never runs.',
    file: 'shared/bulk/submitBulkOrder.ts',
    before:
      '  await ports.due.put({ ...bulkKeyOf(order), atMs: firstBulkCheckMs(order.createdMs, context) });\n',
    after: '',
    suites: [HISTORIES],
  },
  {
    name: 'lanes-never-redispatched',
    consequence: 'A lane whose worker crashed stands still forever.',
    file: 'shared/bulk/dueActions.ts',
    before: 'actions: idle.length > 0 ? [resend] : [],',
    after: 'actions: idle.length > lanes.length ? [resend] : [],',
    suites: [HISTORIES],
  },
  {
    name: 'pause-ignored',
    consequence: 'A bulk order keeps calling a gateway that asked for a pause.',
    file: 'shared/bulk/decideStep.ts',
    before: 'nowMs >= order.pausedUntilMs);',
    after: 'nowMs >= order.startedMs);',
    suites: ['test/bulk/pause.test.ts'],
  },
];
