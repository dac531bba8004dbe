/** Shared by the tests of bulk orders: a submitted bulk order, a worker for one lane, queued items, and the sweep. */
import {
  type BulkItem,
  type BulkKey,
  type BulkOrder,
  type ErrorPolicy,
  MAX_ITEMS,
} from '../../shared/bulk/bulkOrder.ts';
import { isLaneMessage } from '../../shared/bulk/bulkPorts.ts';
import { type Ingested, ingestItem } from '../../shared/bulk/ingestItem.ts';
import type { Repeats } from '../../shared/bulk/itemIdentity.ts';
import { dispatchLanes } from '../../shared/bulk/lifecycle.ts';
import { runLane } from '../../shared/bulk/processLane.ts';
import { submitBulkOrder } from '../../shared/bulk/submitBulkOrder.ts';
import { digestHex, uuidV8 } from '../../shared/ids.ts';
import type { OrderingGateway } from '../../shared/orders/gateway.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import type { SweepReport } from '../../shared/sweeper/processEntries.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { newWorld, type World } from '../support/ports.ts';
import { CREATE, KEY, LIFECYCLE, line, MINUTE, NOW, RETRY } from '../support/samples.ts';

export const BULK: BulkKey = { tenant: KEY.tenant, bulkOrderId: uuidV8('bulk order') };
export const ATTEMPT_POLICY = { retry: RETRY, watchdogMs: 2 * MINUTE };
export const POLICY = { create: CREATE, attemptPolicy: ATTEMPT_POLICY, uuidV8, leaseMs: MINUTE };

/** The item at a position of the list, whose cart has one line item. */
export const itemOf = (index: number): BulkItem => ({
  index,
  reference: `item ${index}`,
  customer: KEY.customer,
  cartId: uuidV8('cart of item', String(index)),
  draft: { lineItems: [line()] },
});

export interface Submitted {
  gateway?: OrderingGateway;
  /** The number of items, and how many may run concurrently. */
  items?: number;
  inFlight?: number;
  /** The items, in place of `items` generated ones. */
  list?: BulkItem[];
  /** The number of additional rejected items. */
  rejected?: number;
  errorPolicy?: ErrorPolicy;
  repeats?: Repeats;
  label?: string;
}

/** A world with a bulk order of which no lane has been processed; by default three items in one lane with two slots. */
export async function submitted({
  gateway = ledgerGateway,
  items = 3,
  inFlight = 2,
  list = Array.from({ length: items }, (_, index) => itemOf(index)),
  rejected = 0,
  errorPolicy = 'continue',
  repeats = 'order',
  label,
}: Submitted = {}): Promise<World> {
  const world = newWorld(NOW, gateway);
  const draft = {
    errorPolicy,
    repeats,
    label,
    items: list,
    rejected: Array.from({ length: rejected }, (_, n) => ({
      index: list.length + n,
      problems: [{ path: 'customerId', message: 'should be a GUID' }],
    })),
  };
  const context = { watchdogMs: LIFECYCLE.watchdogMs, inFlight, modifiedBy: CREATE.modifiedBy, uuidV8 };
  await submitBulkOrder(world.ports, BULK, draft, context);
  return world;
}

/** Ingests the queued item `itemOf(index)`; eight items may run concurrently. */
export function ingestItemAt({ ports }: Pick<World, 'ports'>, index: number): Promise<Ingested> {
  const { index: _, ...item } = itemOf(index);
  return ingestItem(ports, { key: BULK, item }, { watchdogMs: LIFECYCLE.watchdogMs, inFlight: 8, digestHex });
}

/** The entries in the partner's list. */
export const listedIn = async ({ ports }: World) =>
  (await ports.bulkList.page(BULK.tenant, { most: 9 })).keys;

/** The stored bulk order. */
export const orderIn = async ({ ports }: World) => (await ports.bulk.read(BULK))?.order as BulkOrder;

/** The outcomes of its items. */
export const outcomesIn = async (world: World) =>
  world.ports.bulk.outcomes(await orderIn(world), { from: 0, to: MAX_ITEMS });

/** Processes one message of a lane. */
export const workIn = ({ ports }: World, lane = 0): Promise<void> =>
  runLane(ports, { ...BULK, lane }, POLICY);

/** Advances the clock by `passMs` and sweeps. */
export function sweepAll(world: World, passMs: number): Promise<SweepReport> {
  world.nowMs += passMs;
  return sweep(world.ports, LIFECYCLE);
}

/** Delivers the bulk order messages that are due, until none is. */
export async function deliver(world: World): Promise<void> {
  const { bulkSent, ports, nowMs } = world;
  for (let messages = 0; messages < 1_000; messages++) {
    const next = bulkSent.findIndex(({ atMs }) => (atMs ?? 0) <= nowMs);
    const [sent] = next < 0 ? [] : bulkSent.splice(next, 1);
    if (!sent) return;
    const { message } = sent;
    await (isLaneMessage(message) ? runLane(ports, message, POLICY) : dispatchLanes(ports, message));
  }
  throw new Error('Each message leads to another one without end.');
}
