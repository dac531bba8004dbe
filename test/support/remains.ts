/**
 * Reads the tables and the topic after a history: every cart, order and due entry, row by row, so that unexpected rows
 * are found as well.
 */
import { ServiceBusClient } from '@azure/service-bus';
import type { Cart } from '../../shared/cart/cart.ts';
import type { CloudEvent } from '../../shared/events/cloudEvent.ts';
import { TOPICS } from '../../shared/messaging/queueNames.ts';
import type { Order } from '../../shared/orders/order.ts';
import type { BulkDueEntry, DueEntry } from '../../shared/ports.ts';
import { fromCartRow, fromOrderRow } from '../../shared/storage/cartRow.ts';
import { dueEntryOf, TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';

export interface Remains {
  carts: Cart[];
  orders: Order[];
  dueEntries: DueEntry[];
  bulkDueEntries: BulkDueEntry[];
}

interface Row extends Record<string, unknown> {
  partitionKey: string;
  rowKey: string;
}

/** Everything in the tables of the service. */
export async function readTables(connectionString: string): Promise<Remains> {
  const rowsIn = (name: string) => rowsOf(new Table({ connectionString }, name));
  const [state, due] = await Promise.all([rowsIn(TABLES.carts), rowsIn(TABLES.due)]);
  const isCart = ({ rowKey }: Row) => rowKey.startsWith('cart_');
  const dueEntries = due.map(({ rowKey }) => dueEntryOf(rowKey));
  return {
    carts: state.filter(isCart).map(cartOf),
    orders: state.filter((row) => !isCart(row)).map(fromOrderRow),
    dueEntries: dueEntries.filter((dueEntry) => 'cartId' in dueEntry),
    bulkDueEntries: dueEntries.filter((dueEntry) => 'bulkOrderId' in dueEntry),
  };
}

function rowsOf(table: Table): Promise<Row[]> {
  return table.run((client, abortSignal) => Array.fromAsync(client.listEntities<Row>({ abortSignal })));
}

function cartOf(row: Row): Cart {
  const [tenant = '', customer = ''] = row.partitionKey.split('_');
  return fromCartRow({ tenant, customer, cartId: row.rowKey.replace('cart_', '') }, row);
}

/** Receives the events of the topic's subscription until there are none. */
export async function takeEvents(connectionString: string): Promise<CloudEvent[]> {
  const client = new ServiceBusClient(connectionString);
  const receiver = client.createReceiver(TOPICS.cartEvents, 'all', { receiveMode: 'receiveAndDelete' });
  const events: CloudEvent[] = [];
  for (;;) {
    const messages = await receiver.receiveMessages(1_000, { maxWaitTimeInMs: 1_000 });
    if (messages.length === 0) break;
    events.push(...messages.map(({ body }) => body as CloudEvent));
  }
  await client.close();
  return events;
}
