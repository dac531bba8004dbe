/** The list of a partner's bulk orders with short and empty pages of storage, which Table Storage may return and Azurite never does. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { storageConnectionAt } from '../../local/stack/standins.ts';
import { bulkList } from '../../shared/storage/bulkList.ts';
import { bulkListKeys, TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { NOW } from '../support/samples.ts';

const TENANT = randomUUID();
const KEYS = [3, 2, 1].map((n) => bulkListKeys({ tenant: TENANT, bulkOrderId: randomUUID() }, NOW + n));

/** A storage with these rows that returns an empty page first and then one row per page. */
async function startStorageWithShortPages() {
  const server = createServer(({ url = '' }, response) => {
    const at = Number(new URL(url, 'http://storage').searchParams.get('NextRowKey') ?? -1);
    const value = KEYS.slice(Math.max(0, at), at + 1).map(({ partitionKey, rowKey }) => ({
      PartitionKey: partitionKey,
      RowKey: rowKey,
    }));
    response.setHeader('Content-Type', 'application/json');
    if (at + 1 < KEYS.length) {
      response.setHeader('x-ms-continuation-NextPartitionKey', TENANT);
      response.setHeader('x-ms-continuation-NextRowKey', String(at + 1));
    }
    response.end(JSON.stringify({ value }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const connectionString = storageConnectionAt(port);
  return { table: new Table({ connectionString }, TABLES.bulk), stop: () => server.close() };
}

it.each([
  [2, KEYS.slice(0, 2), KEYS[1]?.rowKey],
  [3, KEYS, KEYS[2]?.rowKey],
  [4, KEYS, undefined],
])(
  'A page of at most %d bulk orders is filled although storage returns short pages, and a full page has a cursor',
  async (most, keys, next) => {
    const storage = await startStorageWithShortPages();

    const page = await bulkList(storage.table).page(TENANT, { most });

    storage.stop();
    expect(page.keys.map(({ bulkOrderId }) => bulkOrderId)).toEqual(
      keys.map(({ rowKey }) => rowKey.split('_')[1]),
    );
    expect(page.next).toBe(next);
  },
);
