import { cartStore, orderStore } from '../../shared/storage/cartStore.ts';
import { dueIndex } from '../../shared/storage/dueIndex.ts';
import { TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { startAzurite } from '../support/azurite.ts';
import { describeStorage } from './storage.ts';

describeStorage('Azurite', async () => {
  const azurite = await startAzurite();
  const carts = new Table(azurite, TABLES.carts);
  return {
    carts: cartStore(carts),
    orders: orderStore(carts),
    due: dueIndex(new Table(azurite, TABLES.due)),
    close: azurite.stop,
  };
});
