/** Faults in bulk ordering. */
import type { Fault } from './fault.ts';

const HISTORIES = 'test/bulk/histories.test.ts';
const CONTRACT = 'test/contract/bulk.test.ts';
const PURGE = 'test/storage/bulkPurge.test.ts';

export const BULK_FAULTS: readonly Fault[] = [
  {
    name: 'items-begin-before-the-lane-is-written',
    costs: 'A worker that has lost the lane orders items that count as cancelled.',
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
    costs: 'Two workers have one lane, and the counters are those of neither.',
    file: 'shared/storage/bulkStore.ts',
    before: "['update', toLaneRow(key, lane), 'Replace', { etag }],",
    after: "['update', toLaneRow(key, lane), 'Replace'],",
    suites: [CONTRACT],
  },
  {
    name: 'bulk-order-inserted-over-another',
    costs: 'A repeat of the submission begins a bulk order anew that is half done.',
    file: 'shared/storage/bulkStore.ts',
    before: `      reservation === undefined ? ['create', row] : ['update', row, 'Replace', { etag: reservation }],
      ...lanes.map((lane): TransactionAction => ['create', toLaneRow(order, lane)]),`,
    after: `      reservation === undefined ? ['upsert', row] : ['update', row, 'Replace', { etag: reservation }],
      ...lanes.map((lane): TransactionAction => ['upsert', toLaneRow(order, lane)]),`,
    suites: [CONTRACT],
  },
  {
    name: 'list-stored-without-its-reservation',
    costs: 'A repeat is acknowledged whose items the sweep has just deleted.',
    file: 'shared/storage/bulkStore.ts',
    before: "['create', row] : ['update', row, 'Replace', { etag: reservation }],",
    after: "['create', row] : ['upsert', row, 'Replace'],",
    suites: [CONTRACT],
  },
  {
    name: 'purge-without-its-lock',
    costs: 'A sweep that is slow deletes what has been stored after another has done its work.',
    file: 'shared/storage/bulkPurge.ts',
    before: "      ['update', toLockRow(key, 'purging', created), 'Replace', { etag }],\n",
    after: "      ['upsert', toLockRow(key, 'purging', created), 'Replace'],\n",
    suites: [PURGE],
  },
  {
    name: 'tails-left-open',
    costs: 'An item that comes while its bulk order is purged is taken in, and is gone.',
    file: 'shared/storage/bulkPurge.ts',
    before: '    ...tails,\n',
    after: '',
    suites: [PURGE],
  },
  {
    name: 'repeated-retry-begins-a-round',
    costs: 'A desk that repeats a call after a lost answer has the items done once more.',
    file: 'shared/bulk/cancelAndRetry.ts',
    before: 'if (idempotencyKey !== undefined && retryKeys.includes(idempotencyKey)) return order;',
    after:
      'if (idempotencyKey !== undefined && retryKeys.includes(idempotencyKey) && !isEnded(order)) return order;',
    suites: ['test/bulk/cancelAndRetry.test.ts'],
  },
  {
    name: 'item-cart-id-random',
    costs: 'An item that begins again makes another cart, and orders it, too.',
    file: 'shared/bulk/runItem.ts',
    before: '  const key = cartKeyOf(order, item);',
    after:
      "  const own = item.draft ? { cartId: uuidV8('cart', item.reference, String(ports.now())) } : {};\n  const key = { ...cartKeyOf(order, item), ...own };",
    suites: [HISTORIES],
  },
  {
    name: 'ended-with-items-running',
    costs: 'A bulk order is told to have ended while orders are still being made.',
    file: 'shared/bulk/lane.ts',
    before: '  lane.running.length === 0 &&\n',
    after: '',
    suites: [HISTORIES],
  },
  {
    name: 'items-begin-after-the-cancel',
    costs: 'The desk cancels, and orders go on being made.',
    file: 'shared/bulk/decideStep.ts',
    before: '  const current = isStopping(order) ? stopLane(recorded) : recorded;',
    after:
      '  const current = isStopping(order) && recorded.running.length === 0 ? stopLane(recorded) : recorded;',
    suites: ['test/bulk/decideStep.test.ts'],
  },
  {
    name: 'cancelled-retry-forgets-its-items',
    costs: 'Of a retry that is cancelled some items are in no counter, and nobody misses them.',
    file: 'shared/bulk/decideStep.ts',
    before: '    failed: lane.failed + lane.retryQueue.length,\n',
    after: '',
    suites: [HISTORIES],
  },
  {
    name: 'retried-items-counted-twice',
    costs: 'The counters say that more was ordered than was asked for.',
    file: 'shared/bulk/lane.ts',
    before: '    failed: lane.failed - retryQueue.length,\n',
    after: '',
    suites: [HISTORIES],
  },
  {
    name: 'outcome-not-written-with-the-lane',
    costs: 'Items have ended, and nobody can say how.',
    file: 'shared/bulk/processLane.ts',
    before: '      const written = await write(ports, leased, released, outcomes);',
    after: '      const written = await write(ports, leased, released, []);',
    suites: [HISTORIES],
  },
  {
    name: 'bulk-end-told-by-nobody',
    costs: 'A desk that waits for the end of its bulk order waits for ever.',
    file: 'shared/bulk/dueActions.ts',
    before: "publish: BulkDueAction[] = isWatchdog ? [{ kind: 'finish' }] : [];",
    after: 'publish: BulkDueAction[] = isWatchdog ? [] : [];',
    suites: [HISTORIES],
  },
  {
    name: 'retry-without-a-hint',
    costs: 'A message that is lost leaves a bulk order that nobody looks after.',
    file: 'shared/bulk/cancelAndRetry.ts',
    before: '    await ports.due.put({ ...bulkKeyOf(order), atMs: restartCheckMs(nowMs, policy) });\n',
    after: '',
    suites: [HISTORIES, 'test/bulk/restart.test.ts'],
  },
  {
    name: 'bulk-hint-after-the-bulk-order',
    costs: 'A crash between the two leaves a bulk order that nobody looks after.',
    file: 'shared/bulk/submitBulkOrder.ts',
    before:
      '  await ports.due.put({ ...bulkKeyOf(order), atMs: firstBulkCheckMs(order.createdMs, context) });\n',
    after: '',
    suites: [HISTORIES],
  },
  {
    name: 'lanes-never-woken',
    costs: 'A lane whose worker has died stands still for ever.',
    file: 'shared/bulk/dueActions.ts',
    before: 'actions: idle.length > 0 ? [resend] : [],',
    after: 'actions: idle.length > lanes.length ? [resend] : [],',
    suites: [HISTORIES],
  },
  {
    name: 'pause-never-heeded',
    costs: 'A whole bulk order hammers a gateway that has asked for a pause.',
    file: 'shared/bulk/decideStep.ts',
    before: 'nowMs >= order.pausedUntilMs);',
    after: 'nowMs >= order.startedMs);',
    suites: ['test/bulk/pause.test.ts'],
  },
];
