/** Reads and deletes rows by their keys, for all stores. A row that does not exist is `undefined`. */
import { type Filter, where } from './filter.ts';
import type { RowKeys } from './keys.ts';
import { type Table, undefinedOnStatus } from './tables.ts';

const GONE = [404];

export type Row = Record<string, unknown> & { etag: string };

/** One row. */
export async function readRow(table: Table, { partitionKey, rowKey }: RowKeys): Promise<Row | undefined> {
  return table.run((client, abortSignal) =>
    undefinedOnStatus(GONE, client.getEntity(partitionKey, rowKey, { abortSignal })),
  );
}

/** Rows of one partition from one row key to another, both included, in the order of their keys. */
export interface RowRange {
  partitionKey: string;
  from: string;
  to: string;
  /** Only rows with this value of the property `state`. */
  state?: string | undefined;
  /** Only these properties. */
  select?: string[];
}

/** All rows of a range. */
export async function readRange<Read>(
  table: Table,
  { partitionKey, from, to, state, select }: RowRange,
  read: (row: Record<string, unknown>) => Read,
): Promise<Read[]> {
  const filter =
    state === undefined
      ? where`PartitionKey eq ${partitionKey} and RowKey ge ${from} and RowKey le ${to}`
      : where`PartitionKey eq ${partitionKey} and RowKey ge ${from} and RowKey le ${to} and state eq ${state}`;
  const found: Read[] = [];
  for await (const row of rowsOf(table, { filter, ...(select ? { select } : {}) })) found.push(read(row));
  return found;
}

/** A query: which rows, and which of their properties; all properties unless some are named. */
export interface Query {
  filter: Filter;
  select?: string[];
}

/** A page of the results of a query. */
export interface RowPage {
  rows: Record<string, unknown>[];
  isLast: boolean;
}

/** The rows that a query finds, page by page. Each page is one operation with its own timeout. */
export async function* rowsOf(
  table: Table,
  query: Query,
  maxPageSize?: number,
): AsyncGenerator<Record<string, unknown>> {
  for await (const { rows } of pagesOf(table, query, maxPageSize)) yield* rows;
}

/** The pages that a query finds; one may be empty without being the last. Each is one operation with its own timeout. */
export async function* pagesOf(table: Table, query: Query, maxPageSize?: number): AsyncGenerator<RowPage> {
  let continuationToken: string | undefined;
  do {
    const page = await table.run(async (client, abortSignal) => {
      const { odata } = await import('./sdk.ts');
      const queryOptions = { ...query, filter: query.filter(odata) };
      const pages = client.listEntities({ queryOptions, abortSignal }).byPage({
        ...(maxPageSize ? { maxPageSize } : {}),
        ...(continuationToken ? { continuationToken } : {}),
      });
      return (await pages.next()).value;
    });
    continuationToken = page?.continuationToken;
    yield { rows: page ?? [], isLast: !continuationToken };
  } while (continuationToken);
}

/** Deletes a row. Unconditional: deleting it twice has the same result. */
export async function removeRow(table: Table, { partitionKey, rowKey }: RowKeys): Promise<void> {
  await table.run((client, abortSignal) =>
    undefinedOnStatus(GONE, client.deleteEntity(partitionKey, rowKey, { abortSignal })),
  );
}
