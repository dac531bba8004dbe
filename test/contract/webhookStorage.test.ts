/** The storage contract of webhook registrations and deliveries, against Azurite. */
import { Table } from '../../shared/storage/tables.ts';
import { deliveryStore, registrationStore } from '../../shared/storage/webhookStore.ts';
import { newStorageAccount } from '../support/storageAccount.ts';
import { describeWebhookStorage } from './webhookStorage.ts';

describeWebhookStorage('Azurite', async () => {
  const table = new Table(await newStorageAccount(), 'webhooks');
  return { registrations: registrationStore(table), deliveries: deliveryStore(table) };
});
