/** The due index over a table in memory: shards and backlog are read in turn, page by page. */
import type { TableClient } from '@azure/data-tables';
import { expect, it } from 'vitest';
import type { DueEntry } from '../../shared/ports.ts';
import { dueIndex } from '../../shared/storage/dueIndex.ts';
import { DUE_SHARDS, dueKeys } from '../../shared/storage/keys.ts';
import type { Table } from '../../shared/storage/tables.ts';
import { DAY, HOUR, KEY, MINUTE, NOW } from '../support/samples.ts';

const PAGE = 500;

/** Due entries of one shard, a second apart, up to a time. */
const entriesUntil = (untilMs: number, count: number, shard: number): DueEntry[] =>
  Array.from({ length: count }, (_, n) => ({
    ...KEY,
    cartId: `00000000-0000-4000-8000-${String(n).padStart(11, '0')}${shard}`,
    atMs: untilMs - (count - 1 - n) * 1_000,
  }));

/** A table that evaluates the range of the filter; `fails` rejects a query by its filter. Lists the shard of each query. */
function tableOf(entries: readonly DueEntry[], fails: (filter: string) => boolean = () => false) {
  const rows = entries
    .map(dueKeys)
    .sort((a, b) => (a.partitionKey + a.rowKey < b.partitionKey + b.rowKey ? -1 : 1));
  const shards: string[] = [];
  const pageOf = async (filter: string, token = '0') => {
    shards.push(filter[filter.indexOf("'") + 1] ?? '');
    if (fails(filter)) throw new Error('The shard does not respond.');
    const [from = '', to = '', before = ''] = [...filter.matchAll(/'([^']*)'/g)].map(([, text]) => text);
    const found = rows.filter(
      ({ partitionKey, rowKey }) => partitionKey >= from && partitionKey <= to && rowKey < before,
    );
    const start = Number(token);
    const isLast = found.length <= start + PAGE;
    return Object.assign(
      found.slice(start, start + PAGE),
      isLast ? {} : { continuationToken: `${start + PAGE}` },
    );
  };
  const client = {
    listEntities: ({ queryOptions }: { queryOptions: { filter: string } }) => ({
      byPage: ({ continuationToken }: { continuationToken?: string }) => ({
        next: async () => ({ value: await pageOf(queryOptions.filter, continuationToken) }),
      }),
    }),
  } as unknown as TableClient;
  const run: Table['run'] = (operation) => operation(client, AbortSignal.timeout(1_000));
  return { table: { run } as Table, shards };
}

it('The due index reads the pages of its shards in turn', async () => {
  const entries = Array.from({ length: DUE_SHARDS }, (_, shard) => entriesUntil(NOW, 2 * PAGE, shard)).flat();
  const { table, shards } = tableOf(entries);

  const due = await Array.fromAsync(dueIndex(table).due(NOW));

  expect(shards).toEqual(['0', '1', '2', '3', '0', '1', '2', '3']);
  expect(due).toHaveLength(entries.length);
});

it('The due index reads the entries of the last hour and the backlog in turn, each entry once', async () => {
  const old = entriesUntil(NOW - DAY, 4 * PAGE, 0);
  const recent = entriesUntil(NOW, 10, 0);
  const { table } = tableOf([...old, ...recent]);

  const due = await Array.fromAsync(dueIndex(table).due(NOW));

  const ids = due.map((entry) => JSON.stringify(entry));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(old.length + recent.length);
  expect(ids.indexOf(JSON.stringify(recent.at(-1)))).toBeLessThan(3 * PAGE);
});

it('The due index makes one query per shard when the due entries fit in a page, at any age', async () => {
  const { table, shards } = tableOf([
    ...entriesUntil(NOW - DAY, 3, 1),
    ...entriesUntil(NOW - HOUR - MINUTE, 3, 2),
  ]);

  expect(await Array.fromAsync(dueIndex(table).due(NOW))).toHaveLength(6);
  expect(shards).toEqual(['0', '1', '2', '3']);
});

it('The due index yields the entries of the other shards when one fails, and then throws its error', async () => {
  const { table } = tableOf(
    Array.from({ length: DUE_SHARDS }, (_, shard) => entriesUntil(NOW, 2 * PAGE, shard)).flat(),
    (filter) => filter.includes("'1_"),
  );
  const due: unknown[] = [];

  const read = async () => {
    for await (const entry of dueIndex(table).due(NOW)) due.push(entry);
  };

  await expect(read()).rejects.toThrow('The shard does not respond.');
  expect(due).toHaveLength(3 * 2 * PAGE);
});
