import { bulkList } from '../../shared/storage/bulkList.ts';
import { bulkStore } from '../../shared/storage/bulkStore.ts';
import { TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { memoryBulk } from '../support/memoryBulk.ts';
import { newStorageAccount } from '../support/storageAccount.ts';
import { describeBulk } from './bulk.ts';
import { describeArrivals } from './bulkArrivals.ts';

async function onAzurite() {
  const table = new Table(await newStorageAccount(), TABLES.bulk);
  return { bulk: bulkStore(table), list: bulkList(table) };
}

async function inMemory() {
  const { store, list } = memoryBulk();
  return { bulk: store, list };
}

for (const describeIt of [describeBulk, describeArrivals]) {
  describeIt('Azurite', onAzurite);
  describeIt('in memory', inMemory);
}
