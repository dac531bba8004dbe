/** The list of a partner's bulk orders, from a storage that breaks its answers off early, as it may at any time and Azurite never does. */
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

/** Storage with these rows, which answers with nothing first, and then with one row at a time. */
async function startHastyStorage() {
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
])('lists at most %d bulk orders in a page, with a cursor when it is full', async (most, keys, next) => {
  const storage = await startHastyStorage();

  const page = await bulkList(storage.table).page(TENANT, { most });

  storage.stop();
  expect(page.keys.map(({ bulkOrderId }) => bulkOrderId)).toEqual(
    keys.map(({ rowKey }) => rowKey.split('_')[1]),
  );
  expect(page.next).toBe(next);
});
