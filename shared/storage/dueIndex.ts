/**
 * The due index: a row per due entry, in the shard and hour of its time, so that a sweep reads what is due and nothing
 * else. Pages come from the shards in turn, and from the last hour in turn with any backlog of earlier ones, so that
 * neither a shard nor a backlog keeps a sweep from the rest.
 */
import type { AnyDueEntry, DueEntries, DueIndex } from '../ports.ts';
import { where } from './filter.ts';
import { DUE_SHARDS, dueEntryOf, dueKeys, dueRange, dueWithin } from './keys.ts';
import { pagesOf, type RowPage, removeRow, rowsOf } from './rows.ts';
import type { Table } from './tables.ts';

const PAGE_SIZE = 500;

const SELECT = ['PartitionKey', 'RowKey'];

/** The due index on a table, which is read in pages of at most `pageSize` rows. */
export function dueIndex(table: Table, pageSize = PAGE_SIZE): DueIndex {
  async function* read(untilMs: number): AsyncGenerator<DueEntries> {
    yield* inTurn(Array.from({ length: DUE_SHARDS }, (_, shard) => entriesInShard(shard, untilMs)));
  }
  async function* entriesInShard(shard: number, untilMs: number): AsyncGenerator<DueEntries> {
    for await (const entries of dueInShard(table, dueRange(shard, untilMs), pageSize))
      yield { shard, entries };
  }
  return {
    async put(entry) {
      // Unconditional: the row is its keys, and the same entry is the same row.
      await table.run((client, abortSignal) =>
        client.upsertEntity(dueKeys(entry), 'Replace', { abortSignal }),
      );
    },

    async *due(untilMs) {
      for await (const { entries } of read(untilMs)) yield* entries;
    },

    read,

    async *within(range) {
      const { partitionFrom, partitionTo, rowFrom, rowBefore } = dueWithin(range);
      const filter = where`PartitionKey ge ${partitionFrom} and PartitionKey le ${partitionTo} and RowKey ge ${rowFrom} and RowKey lt ${rowBefore}`;
      for await (const row of rowsOf(table, { filter, select: SELECT }, pageSize)) yield entryOf(row);
    },

    remove: (entry) => removeRow(table, dueKeys(entry)),
  };
}

/** Pages of what is due in a shard: all in the order of time or, when that is more than a page, the last hour in turn with the backlog. */
async function* dueInShard(
  table: Table,
  { partitionFrom, partitionRecent, partitionTo, rowBefore }: ReturnType<typeof dueRange>,
  pageSize: number,
): AsyncGenerator<AnyDueEntry[]> {
  const pagesFrom = (from: string) =>
    pagesOf(
      table,
      {
        filter: where`PartitionKey ge ${from} and PartitionKey le ${partitionTo} and RowKey lt ${rowBefore}`,
        select: SELECT,
      },
      pageSize,
    );
  const all = pagesFrom(partitionFrom);
  for (let page = await all.next(); !page.done; page = await all.next()) {
    const { rows, isLast } = page.value;
    yield rows.map(entryOf);
    const isBacklog = !isLast && rows.length === pageSize && !rows.some(isRecent);
    if (isBacklog) return yield* inTurn([backlog(all), entriesOf(pagesFrom(partitionRecent))]);
  }

  function isRecent({ partitionKey }: Record<string, unknown>): boolean {
    return String(partitionKey) >= partitionRecent;
  }

  async function* backlog(pages: AsyncIterable<RowPage>): AsyncGenerator<AnyDueEntry[]> {
    for await (const { rows } of pages) {
      const old = rows.filter((row) => !isRecent(row));
      yield old.map(entryOf);
      if (old.length < rows.length) return;
    }
  }
}

async function* entriesOf(pages: AsyncIterable<RowPage>): AsyncGenerator<AnyDueEntry[]> {
  for await (const { rows } of pages) yield rows.map(entryOf);
}

const entryOf = ({ rowKey }: Record<string, unknown>): AnyDueEntry => dueEntryOf(String(rowKey));

/** What the sources yield, one from each in turn. One that fails is left out, and its error is thrown when the others have ended. */
async function* inTurn<Item>(sources: readonly AsyncGenerator<Item>[]): AsyncGenerator<Item> {
  let open = [...sources];
  const errors: unknown[] = [];
  while (open.length > 0) {
    const ended = new Set<AsyncGenerator<Item>>();
    for (const source of open) {
      try {
        const { done, value } = await source.next();
        if (done) ended.add(source);
        else yield value;
      } catch (error) {
        ended.add(source);
        errors.push(error);
      }
    }
    open = open.filter((source) => !ended.has(source));
  }
  if (errors.length > 0) throw errors[0];
}
