/** Webhook registrations and deliveries in memory, with the promises of Table Storage: ETags, insert-only writes, copies. */
import type { Delivery } from '../../shared/webhooks/delivery.ts';
import type { Registration } from '../../shared/webhooks/registration.ts';
import type { DeliveryStore, RegistrationStore } from '../../shared/webhooks/webhookPorts.ts';

interface Versioned<Value> {
  value: Value;
  etag: string;
}

/** An empty table. */
export function memoryWebhooks() {
  const registrations = new Map<string, Versioned<Registration>>();
  const deliveries = new Map<string, Versioned<Delivery>>();
  let version = 0;
  const versioned = <Value>(value: Value): Versioned<Value> => ({
    value: structuredClone(value),
    etag: `W/"webhook ${++version}"`,
  });
  const nameOf = ({ tenant, deliveryId }: { tenant: string; deliveryId: string }) =>
    `${tenant}_${deliveryId}`;

  const registrationStore: RegistrationStore = {
    async read(tenant) {
      const found = registrations.get(tenant);
      return found && { registration: structuredClone(found.value), etag: found.etag };
    },
    async insert(registration) {
      if (registrations.has(registration.tenant)) return undefined;
      const written = versioned(registration);
      registrations.set(registration.tenant, written);
      return { registration, etag: written.etag };
    },
    async replace(registration, etag) {
      if (registrations.get(registration.tenant)?.etag !== etag) return undefined;
      const written = versioned(registration);
      registrations.set(registration.tenant, written);
      return { registration, etag: written.etag };
    },
    async remove(tenant, etag) {
      return registrations.get(tenant)?.etag === etag && registrations.delete(tenant);
    },
  };
  const deliveryStore: DeliveryStore = {
    async read(key) {
      const found = deliveries.get(nameOf(key));
      return found && { delivery: structuredClone(found.value), etag: found.etag };
    },
    async insert(delivery) {
      if (deliveries.has(nameOf(delivery))) return false;
      deliveries.set(nameOf(delivery), versioned(delivery));
      return true;
    },
    async replace(delivery, etag) {
      if (deliveries.get(nameOf(delivery))?.etag !== etag) return false;
      deliveries.set(nameOf(delivery), versioned(delivery));
      return true;
    },
    remove: async (key) => void deliveries.delete(nameOf(key)),
    async page(tenant, { after = '', most }) {
      const all = [...deliveries.values()]
        .map(({ value }) => structuredClone(value))
        .filter((delivery) => delivery.tenant === tenant && delivery.deliveryId > after)
        .sort((a, b) => (a.deliveryId < b.deliveryId ? -1 : 1));
      const page = all.slice(0, most);
      return { deliveries: page, next: all.length > most ? page.at(-1)?.deliveryId : undefined };
    },
    ofCustomer: async (tenant, customer) =>
      [...deliveries.values()]
        .filter(({ value }) => value.tenant === tenant && value.customer === customer)
        .map(({ value }) => structuredClone(value)),
  };
  return { registrationStore, deliveryStore, deliveries };
}
