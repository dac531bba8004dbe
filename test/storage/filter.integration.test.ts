/** Filters of table queries, evaluated by storage. */
import { expect, it } from 'vitest';
import { where } from '../../shared/storage/filter.ts';
import { rowsOf } from '../../shared/storage/rows.ts';
import { Table } from '../../shared/storage/tables.ts';
import { newStorageAccount } from '../support/storageAccount.ts';

/** Texts that end the text of a filter early, or mean something else in it, unless they are quoted. */
const TEXTS = ["'", "''", "it's", "' or RowKey ge '", 'ünïcode', 'a b', '%27', 'null', "guid'0'", ''];

it('A filter finds the rows that have a text, whatever the text contains, and no others', async () => {
  const table = new Table(await newStorageAccount(), 'filters');
  for (const [n, text] of TEXTS.entries()) {
    await table.run((client) => client.createEntity({ partitionKey: 'p', rowKey: `${n}`, text }));
  }

  for (const [n, text] of TEXTS.entries()) {
    const found: unknown[] = [];
    for await (const row of rowsOf(table, { filter: where`PartitionKey eq ${'p'} and text eq ${text}` })) {
      found.push(row.rowKey);
    }

    expect({ text, found }).toEqual({ text, found: [`${n}`] });
  }
});
