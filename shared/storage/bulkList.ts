/** The list of a partner tenant's bulk orders, newest first: a row for each, sorted by creation time. */
import type { BulkList } from '../bulk/bulkPorts.ts';
import { where } from './filter.ts';
import { bulkListKeys, listedBulkOrder } from './keys.ts';
import { rowsOf } from './rows.ts';
import type { Table } from './tables.ts';

/** The list on a table. */
export function bulkList(table: Table): BulkList {
  return {
    async put(entry) {
      // Unconditional: the row is its keys.
      await table.run((client, abortSignal) =>
        client.upsertEntity(bulkListKeys(entry, entry.createdMs), 'Replace', { abortSignal }),
      );
    },

    async page(tenant, { after, most }) {
      const query = {
        filter: where`PartitionKey eq ${tenant} and RowKey gt ${after ?? ''}`,
        select: ['RowKey'],
      };
      const rowKeys: string[] = [];
      for await (const { rowKey } of rowsOf(table, query, most)) {
        rowKeys.push(String(rowKey));
        if (rowKeys.length === most) break;
      }
      return {
        keys: rowKeys.map((rowKey) => ({ tenant, bulkOrderId: listedBulkOrder(rowKey) })),
        next: rowKeys.length < most ? undefined : rowKeys.at(-1),
      };
    },
  };
}
