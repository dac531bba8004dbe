/** The due index: a row per hint, in the shard and hour of its time, so that a sweep reads what is due and nothing else. */
import type { BulkDueEntry, DueEntry, DueIndex } from '../ports.ts';
import { DUE_SHARDS, dueEntryOf, dueKeys, dueRange } from './keys.ts';
import { rowsOf } from './rows.ts';
import { type Table, undefinedOnStatus } from './tables.ts';

const PAGE_SIZE = 500;

/** The due index on a table. */
export function dueIndex(table: Table): DueIndex {
  return {
    async put(hint) {
      // Unconditional: the row is its keys, and the same hint is the same row.
      await table.run((client, abortSignal) =>
        client.upsertEntity(dueKeys(hint), 'Replace', { abortSignal }),
      );
    },

    async *due(untilMs) {
      for (let shard = 0; shard < DUE_SHARDS; shard++) yield* dueInShard(shard, untilMs);
    },

    async remove(hint) {
      const { partitionKey, rowKey } = dueKeys(hint);
      // Unconditional: whoever clears it first, it is cleared.
      await table.run((client, abortSignal) =>
        undefinedOnStatus([404], client.deleteEntity(partitionKey, rowKey, { abortSignal })),
      );
    },
  };

  async function* dueInShard(shard: number, untilMs: number): AsyncGenerator<DueEntry | BulkDueEntry> {
    const { partitionFrom, partitionTo, rowBefore } = dueRange(shard, untilMs);
    const filter = `PartitionKey ge '${partitionFrom}' and PartitionKey le '${partitionTo}' and RowKey lt '${rowBefore}'`;
    const query = { filter, select: ['PartitionKey', 'RowKey'] };
    for await (const row of rowsOf(table, query, PAGE_SIZE)) yield dueEntryOf(String(row.rowKey));
  }
}
