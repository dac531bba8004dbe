import { cartStore, orderStore } from '../../shared/storage/cartStore.ts';
import { dueIndex } from '../../shared/storage/dueIndex.ts';
import { TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { newStorageAccount } from '../support/storageAccount.ts';
import { DUE_PAGE_SIZE, describeStorage } from './storage.ts';

describeStorage('Azurite', async () => {
  const account = await newStorageAccount();
  const carts = new Table(account, TABLES.carts);
  return {
    carts: cartStore(carts),
    orders: orderStore(carts),
    due: dueIndex(new Table(account, TABLES.due), DUE_PAGE_SIZE),
  };
});
