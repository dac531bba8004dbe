/**
 * A sweep of 1,000 due carts among many that are not due: its time must not depend on the many. Azurite evaluates each
 * query over the whole table, so that part grows here and not on Azure; the bare client shows it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { odata, TableClient } from '@azure/data-tables';
import { localCaller } from '../../local/issuer/claims.ts';
import { DUE_SHARDS, dueKeys, dueRange, TABLES } from '../../shared/storage/keys.ts';
import { createCarts } from './measure.ts';
import { startStand } from './stand.ts';
import { type Finding, type Study, withForeignLoad } from './study.ts';

const DUE = 1_000;
const DAY = 86_400_000;
/** As many as the sweeper processes at a time. */
const IN_FLIGHT = 16;
/** Carts whose first notification is due two seconds after they are created. */
const SETTINGS = { CART_LIFETIME: 'PT30M', EXPIRY_NOTICES: 'PT29M58S' };

export const SWEEPS: Study[] = [10_000, 100_000].map((entries) => ({
  name: `sweep of ${DUE.toLocaleString('en')} due among ${entries.toLocaleString('en')}`,
  run: ({ scale }) => measureSweep(Math.ceil(DUE * scale), Math.ceil(entries * scale)),
}));

async function measureSweep(due: number, entries: number): Promise<Finding[]> {
  const swept = Promise.withResolvers<number>();
  const stand = await startStand({
    settings: SETTINGS,
    onOutput(_name, line) {
      const processed = /sweep ended.*"processed":(\d+)/.exec(line)?.[1];
      if (processed) swept.resolve(Number(processed));
    },
  });
  try {
    const open = (table: string) =>
      TableClient.fromConnectionString(stand.stack.storageConnection, table, {
        allowInsecureConnection: true,
      });
    await createCarts(stand, 1, due);
    await fill(open(TABLES.due), entries - due);
    await sleep(2_500);
    const service = await withForeignLoad(stand.pids, async () => {
      await stand.stack.runFunction('sweepDue');
      return swept.promise;
    });
    if (service.result !== due) throw new Error(`${service.result} of ${due} due entries were processed.`);
    const bare = await withForeignLoad(stand.pids, () =>
      bareSweep(open(TABLES.due), open(TABLES.carts), due),
    );
    return [
      {
        what: 'time of the sweep',
        service: [service.tookMs],
        bare: [bare.tookMs],
        unit: 'ms',
        digits: 0,
        foreign: Math.max(service.foreign, bare.foreign),
      },
    ];
  } finally {
    await stand.stop();
  }
}

/** Entries that are due in a day, in transactions. */
async function fill(table: TableClient, count: number): Promise<void> {
  const byPartition = Map.groupBy(
    Array.from({ length: count }, () => dueKeys({ ...newCart(), atMs: Date.now() + DAY })),
    ({ partitionKey }) => partitionKey,
  );
  for (const rows of byPartition.values()) {
    for (let from = 0; from < rows.length; from += 100) {
      await table.submitTransaction(rows.slice(from, from + 100).map((row) => ['create', { ...row }]));
    }
  }
}

const newCart = () => ({
  tenant: localCaller.tenant,
  customer: crypto.randomUUID(),
  cartId: crypto.randomUUID(),
});

/** The same operations: a query per shard, and for each entry a cart read, a new entry and the removal of the old one. */
async function bareSweep(due: TableClient, carts: TableClient, count: number): Promise<void> {
  for (let shard = 0; shard < DUE_SHARDS; shard++) {
    const { partitionFrom, partitionTo, rowBefore } = dueRange(shard, Date.now());
    const filter = odata`PartitionKey ge ${partitionFrom} and PartitionKey le ${partitionTo} and RowKey lt ${rowBefore}`;
    for await (const _ of due.listEntities({ queryOptions: { filter } }));
  }
  let left = count;
  const worker = async () => {
    while (left-- > 0) {
      const entry = dueKeys({ ...newCart(), atMs: Date.now() + DAY });
      await carts.getEntity(entry.partitionKey, entry.rowKey).catch(() => undefined);
      await due.upsertEntity(entry, 'Replace');
      await due.deleteEntity(entry.partitionKey, entry.rowKey);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}
