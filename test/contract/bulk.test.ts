import { bulkList } from '../../shared/storage/bulkList.ts';
import { bulkStore } from '../../shared/storage/bulkStore.ts';
import { TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { startAzurite } from '../support/azurite.ts';
import { memoryBulk } from '../support/memoryBulk.ts';
import { describeBulk } from './bulk.ts';
import { describeArrivals } from './bulkArrivals.ts';

async function onAzurite() {
  const azurite = await startAzurite();
  const table = new Table(azurite, TABLES.bulk);
  return { bulk: bulkStore(table), list: bulkList(table), close: azurite.stop };
}

async function inMemory() {
  const { store, list } = memoryBulk();
  return { bulk: store, list, close: async () => undefined };
}

for (const describeIt of [describeBulk, describeArrivals]) {
  describeIt('Azurite', onAzurite);
  describeIt('in memory', inMemory);
}
