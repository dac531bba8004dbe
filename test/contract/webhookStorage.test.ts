/** The storage contract of webhook registrations and deliveries, against Azurite. */
import { Table } from '../../shared/storage/tables.ts';
import { deliveryStore, registrationStore } from '../../shared/storage/webhookStore.ts';
import { startAzurite } from '../support/azurite.ts';
import { describeWebhookStorage } from './webhookStorage.ts';

describeWebhookStorage('Azurite', async () => {
  const azurite = await startAzurite();
  const table = new Table(azurite, 'webhooks');
  return {
    registrations: registrationStore(table),
    deliveries: deliveryStore(table),
    close: () => azurite.stop(),
  };
});
