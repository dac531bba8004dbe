import { bulkStore } from '../../shared/storage/bulkStore.ts';
import { TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { startAzurite } from '../azurite.ts';
import { memoryBulk } from '../memoryBulk.ts';
import { describeArrivals } from './bulkArrivals.ts';

describeArrivals('Azurite', async () => {
  const azurite = await startAzurite();
  const table = new Table(azurite, TABLES.bulk);
  return { bulk: bulkStore(table), close: azurite.stop };
});

describeArrivals('the one in memory', async () => ({
  bulk: memoryBulk().store,
  close: async () => undefined,
}));
