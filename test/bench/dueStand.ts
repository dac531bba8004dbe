/** The ports of a sweep on given storage, and carts in bulk for it. */
import { randomUUID } from 'node:crypto';
import type { TransactionAction } from '@azure/data-tables';
import type { Cart } from '../../shared/cart/cart.ts';
import type { Bus, OpenBus } from '../../shared/messaging/bus.ts';
import { pageQueue } from '../../shared/messaging/pageQueue.ts';
import { bulkQueue, checkoutQueue, parkedQueue } from '../../shared/messaging/publishers.ts';
import type { EventTopic } from '../../shared/ports.ts';
import { bulkList } from '../../shared/storage/bulkList.ts';
import { bulkStore } from '../../shared/storage/bulkStore.ts';
import { toCartRow } from '../../shared/storage/cartRow.ts';
import { cartStore, orderStore } from '../../shared/storage/cartStore.ts';
import { dueIndex } from '../../shared/storage/dueIndex.ts';
import { dueKeys, TABLES } from '../../shared/storage/keys.ts';
import { Table, type TableConnection } from '../../shared/storage/tables.ts';
import { inTransactions } from '../../shared/storage/transactions.ts';
import type { SweepPorts } from '../../shared/sweeper/sweep.ts';
import { erasurePorts } from '../support/erasurePorts.ts';
import { cartOf, DAY, HOUR, MINUTE } from '../support/samples.ts';
import { webhookPorts } from '../support/webhookPorts.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The ports of a sweep by the clock of this machine. */
export function sweepPorts(storage: TableConnection, events: EventTopic, bus: OpenBus): SweepPorts {
  const tableOf = (name: keyof typeof TABLES) => new Table(storage, TABLES[name]);
  const [carts, bulk] = [tableOf('carts'), tableOf('bulk')];
  const queues: Bus = bus;
  return {
    carts: cartStore(carts),
    orders: orderStore(carts),
    due: dueIndex(tableOf('due')),
    bulk: bulkStore(bulk),
    bulkList: bulkList(bulk),
    bulkQueue: bulkQueue(queues),
    checkouts: checkoutQueue(queues),
    pageQueue: pageQueue(bus),
    parked: parkedQueue(queues),
    events,
    ...webhookPorts(tableOf('webhooks'), queues, Date.now),
    ...erasurePorts({ carts, bulk, erasures: tableOf('erasures') }, bus),
    now: Date.now,
    log: silent,
  };
}

export interface Filled {
  /** The carts whose threshold of one hour has been reached. */
  due: Cart[];
}

/**
 * Writes carts and their due entries: `dueCount` whose last threshold was reached half an hour ago, `spreadMs` apart in all,
 * the others days away.
 */
export async function fill(
  storage: TableConnection,
  { count, dueCount, spreadMs = 0 }: { count: number; dueCount: number; spreadMs?: number },
): Promise<Filled> {
  const nowMs = Date.now();
  const [tenant, customers] = [randomUUID(), Array.from({ length: 100 }, () => randomUUID())];
  const carts = Array.from({ length: count }, (_, n): Cart => {
    const dueMs = nowMs + 30 * MINUTE + Math.floor((n * spreadMs) / count);
    const expiresMs = n < dueCount ? dueMs : nowMs + (2 + (n % 5)) * DAY;
    const customer = customers[n % customers.length] ?? '';
    return {
      ...cartOf(),
      ...{ tenant, customer, cartId: randomUUID(), createdMs: expiresMs - 7 * DAY, expiresMs },
    };
  });
  const entries = carts.map((cart, n) =>
    dueKeys({ ...cart, atMs: n < dueCount ? cart.expiresMs - HOUR : cart.expiresMs - DAY }),
  );
  await write(new Table(storage, TABLES.carts), carts.map(toCartRow));
  await write(new Table(storage, TABLES.due), entries);
  return { due: carts.slice(0, dueCount) };
}

/** Writes rows partition by partition, a hundred at a time. */
async function write(table: Table, rows: readonly { partitionKey: string; rowKey: string }[]): Promise<void> {
  const byPartition = Map.groupBy(rows, ({ partitionKey }) => partitionKey);
  for (const some of byPartition.values()) {
    await inTransactions(
      table,
      some.map((row): TransactionAction => ['create', row]),
    );
  }
}
