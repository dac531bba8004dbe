/** The list of a partner tenant's bulk orders, newest first: a row for each, sorted by creation time. */
import type { BulkList } from '../bulk/bulkPorts.ts';
import { bulkListKeys, listedBulkOrder } from './keys.ts';
import { odata } from './odata.ts';
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
      const filter = odata`PartitionKey eq ${tenant} and RowKey gt ${after ?? ''}`;
      const rowKeys = await table.run(async (client, abortSignal) => {
        const queryOptions = { filter, select: ['PartitionKey', 'RowKey'] };
        const found: string[] = [];
        // A page of storage may have fewer rows than requested without being the last.
        for await (const rows of client
          .listEntities({ queryOptions, abortSignal })
          .byPage({ maxPageSize: most })) {
          found.push(...rows.map(({ rowKey = '' }) => rowKey));
          if (found.length >= most) break;
        }
        return found.slice(0, most);
      });
      return {
        keys: rowKeys.map((rowKey: string) => ({ tenant, bulkOrderId: listedBulkOrder(rowKey) })),
        next: rowKeys.length < most ? undefined : rowKeys.at(-1),
      };
    },
  };
}
