/** Webhook registrations and deliveries in Table Storage: one partition per partner tenant. Every write states its precondition. */

import type { Delivery } from '../webhooks/delivery.ts';
import type { Registration } from '../webhooks/registration.ts';
import type { DeliveryStore, RegistrationStore } from '../webhooks/webhookPorts.ts';
import { where } from './filter.ts';
import { fromJsonColumn, toJsonColumn } from './jsonColumn.ts';
import { deliveryKeys, deliveryRange, registrationKeys } from './keys.ts';
import { readRow, removeRow, rowsOf } from './rows.ts';
import { type Table, undefinedOnStatus } from './tables.ts';

const EXISTS = [409];
const CHANGED = [412, 404];
const ROW_VERSION = 1;

type Row = Record<string, unknown>;

/** The registrations on a table. */
export const registrationStore = (table: Table): RegistrationStore => ({
  async read(tenant) {
    const row = await readRow(table, registrationKeys(tenant));
    return row && { registration: fromRow<Registration>('registration', row), etag: row.etag };
  },
  async insert(registration) {
    const written = await table.run((client, abortSignal) =>
      undefinedOnStatus(EXISTS, client.createEntity(toRegistrationRow(registration), { abortSignal })),
    );
    return written && { registration, etag: written.etag ?? '' };
  },
  async replace(registration, etag) {
    const row = toRegistrationRow(registration);
    const written = await table.run((client, abortSignal) =>
      undefinedOnStatus(CHANGED, client.updateEntity(row, 'Replace', { etag, abortSignal })),
    );
    return written && { registration, etag: written.etag ?? '' };
  },
  async remove(tenant, etag) {
    const { partitionKey, rowKey } = registrationKeys(tenant);
    const removed = await table.run((client, abortSignal) =>
      undefinedOnStatus(CHANGED, client.deleteEntity(partitionKey, rowKey, { etag, abortSignal })),
    );
    return removed !== undefined;
  },
});

/** The deliveries on the same table. */
export const deliveryStore = (table: Table): DeliveryStore => ({
  async read(key) {
    const row = await readRow(table, deliveryKeys(key));
    return row && { delivery: fromRow<Delivery>('delivery', row), etag: row.etag };
  },
  async insert(delivery) {
    const written = await table.run((client, abortSignal) =>
      undefinedOnStatus(EXISTS, client.createEntity(toDeliveryRow(delivery), { abortSignal })),
    );
    return written !== undefined;
  },
  async replace(delivery, etag) {
    const row = toDeliveryRow(delivery);
    const written = await table.run((client, abortSignal) =>
      undefinedOnStatus(CHANGED, client.updateEntity(row, 'Replace', { etag, abortSignal })),
    );
    return written !== undefined;
  },
  remove: (key) => removeRow(table, deliveryKeys(key)),
  async page(tenant, { after, most }) {
    const range = deliveryRange(tenant, after);
    const filter = where`PartitionKey eq ${tenant} and RowKey gt ${range.after} and RowKey lt ${range.before}`;
    const deliveries: Delivery[] = [];
    // One more than asked for shows whether there are more.
    for await (const row of rowsOf(table, { filter }, most + 1)) {
      if (deliveries.length === most) return { deliveries, next: deliveries.at(-1)?.deliveryId };
      deliveries.push(fromRow<Delivery>('delivery', row));
    }
    return { deliveries, next: undefined };
  },
  async ofCustomer(tenant, customer) {
    const filter = where`PartitionKey eq ${tenant} and customer eq ${customer}`;
    const found: Delivery[] = [];
    for await (const row of rowsOf(table, { filter })) found.push(fromRow<Delivery>('delivery', row));
    return found;
  },
});

const toRegistrationRow = (registration: Registration) => ({
  ...registrationKeys(registration.tenant),
  rowVersion: ROW_VERSION,
  state: registration.disabled ? 'disabled' : 'enabled',
  ...toJsonColumn('registration', registration),
});

const toDeliveryRow = (delivery: Delivery) => ({
  ...deliveryKeys(delivery),
  rowVersion: ROW_VERSION,
  state: delivery.state,
  type: delivery.event.type,
  ...(delivery.customer === undefined ? {} : { customer: delivery.customer }),
  ...toJsonColumn('delivery', delivery),
});

/** The value of a row; throws when the row has another version. */
function fromRow<Value>(column: string, row: Row): Value {
  if (row.rowVersion !== ROW_VERSION) throw new Error(`The row has version ${String(row.rowVersion)}.`);
  return fromJsonColumn(column, row) as Value;
}
