/** What webhooks rely on in storage, as a suite for any implementation: Azurite through the real SDK, and the one in memory. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { newDelivery } from '../../shared/webhooks/delivery.ts';
import type { DeliveryStore, RegistrationStore } from '../../shared/webhooks/webhookPorts.ts';
import { NOW } from '../support/samples.ts';
import { EVENT, POLICY, registrationOf } from '../webhooks/samples.ts';

export interface WebhookStorage {
  registrations: RegistrationStore;
  deliveries: DeliveryStore;
}

const deliveryAt = (tenant: string, minutes: number, customer?: string) => {
  const time = new Date(NOW + minutes * 60_000).toISOString();
  return { ...newDelivery(tenant, { ...EVENT, time }, NOW, POLICY), customer };
};

/** The suite. `open` gives a storage that nothing else uses. */
export function describeWebhookStorage(name: string, open: () => Promise<WebhookStorage>): void {
  describe(`the webhook store: ${name}`, () => {
    let storage: WebhookStorage;
    beforeAll(async () => {
      storage = await open();
    });

    it('The store keeps one registration for each partner, and replaces and removes it by its ETag only', async () => {
      const { registrations } = storage;
      const registration = registrationOf({ tenant: randomUUID() });
      const stored = await registrations.insert(registration);

      expect(await registrations.insert(registration)).toBeUndefined();
      expect(await registrations.read(registration.tenant)).toEqual({ registration, etag: stored?.etag });
      const changed = { ...registration, version: 'second' };
      const replaced = await registrations.replace(changed, stored?.etag ?? '');
      expect(replaced?.registration).toEqual(changed);
      expect(await registrations.replace(registration, stored?.etag ?? '')).toBeUndefined();
      expect(await registrations.remove(registration.tenant, stored?.etag ?? '')).toBe(false);
      expect(await registrations.remove(registration.tenant, replaced?.etag ?? '')).toBe(true);
      expect(await registrations.remove(registration.tenant, replaced?.etag ?? '')).toBe(false);
      expect(await registrations.read(registration.tenant)).toBeUndefined();
      expect(await registrations.replace(changed, replaced?.etag ?? '')).toBeUndefined();
    });

    it('The store inserts a delivery once, and replaces it by its ETag only', async () => {
      const { deliveries } = storage;
      const delivery = deliveryAt(randomUUID(), 0);

      expect([await deliveries.insert(delivery), await deliveries.insert(delivery)]).toEqual([true, false]);
      const stored = await deliveries.read(delivery);
      expect(stored?.delivery).toEqual(JSON.parse(JSON.stringify(delivery)));
      const next = { ...delivery, attempt: 2 };
      expect(await deliveries.replace(next, stored?.etag ?? '')).toBe(true);
      expect(await deliveries.replace(next, stored?.etag ?? '')).toBe(false);
      await deliveries.remove(delivery);
      await deliveries.remove(delivery);
      expect(await deliveries.read(delivery)).toBeUndefined();
    });

    it('The store lists the deliveries of a partner newest first, page by page, and those of a customer', async () => {
      const { deliveries, registrations } = storage;
      const [tenant, other, customer] = [randomUUID(), randomUUID(), randomUUID()];
      await registrations.insert(registrationOf({ tenant }));
      for (const minutes of [3, 1, 2]) await deliveries.insert(deliveryAt(tenant, minutes, customer));
      await deliveries.insert(deliveryAt(tenant, 4, randomUUID()));
      await deliveries.insert(deliveryAt(other, 5, customer));

      const first = await deliveries.page(tenant, { most: 3 });
      const rest = await deliveries.page(tenant, { after: first.next, most: 3 });

      const times = [...first.deliveries, ...rest.deliveries].map(({ event }) => Date.parse(event.time));
      expect(times).toEqual([4, 3, 2, 1].map((minutes) => NOW + minutes * 60_000));
      expect([first.deliveries.length, rest.next]).toEqual([3, undefined]);
      expect(await deliveries.ofCustomer(tenant, customer)).toHaveLength(3);
      expect(await deliveries.ofCustomer(tenant, randomUUID())).toEqual([]);
    });
  });
}
