/** A retry after a cart has expired or been purged repeats no order and keeps the orders of the outcome. */
import { expect, it } from 'vitest';
import { retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import { runLane } from '../../shared/bulk/processLane.ts';
import { submitBulkOrder } from '../../shared/bulk/submitBulkOrder.ts';
import { uuidV8 } from '../../shared/ids.ts';
import type { GroupOutcome } from '../../shared/orders/gateway.ts';
import { gatewayOf } from '../checkout/attemptFixture.ts';
import type { World } from '../support/ports.ts';
import { CREATE, DAY, KEY, LIFECYCLE, placedOrder, REFUSAL, TWO_GROUPS } from '../support/samples.ts';
import {
  BULK,
  deliver,
  itemOf,
  orderIn,
  outcomesIn,
  POLICY,
  submitted,
  sweepAll,
  workIn,
} from './submitting.ts';

const REFUSED: GroupOutcome = { kind: 'refused', problem: REFUSAL };
const { customer, cartId } = itemOf(0);
const cartKey = { tenant: KEY.tenant, customer, cartId };
const placed = (orderId: string): GroupOutcome => ({ kind: 'placed', order: placedOrder({ orderId }) });

/** A bulk order of one item with two order groups, of which the first is ordered and the second is rejected. */
async function partlyOrdered() {
  const gateway = gatewayOf(placed('A'), REFUSED, placed('B'), placed('C'), placed('D'));
  const item = { ...itemOf(0), draft: { lineItems: TWO_GROUPS } };
  const world = await submitted({ gateway, list: [item] });
  await workIn(world);
  return { world, gateway };
}

async function retry(world: World): Promise<void> {
  await retryBulkOrder(world.ports, BULK, ['failed'], LIFECYCLE);
  await deliver(world);
}

it('A cart is kept for as long as the bulk order that created it, and then purged', async () => {
  const { world } = await partlyOrdered();
  world.nowMs += LIFECYCLE.retentionMs - DAY;
  await retry(world); // the bulk order ends a second time, and its retention starts again

  await sweepAll(world, CREATE.lifetimeMs + 2 * DAY);
  await sweepAll(world, DAY);
  expect(await world.ports.carts.read(cartKey)).toBeDefined();

  await sweepAll(world, 2 * LIFECYCLE.retentionMs);
  await sweepAll(world, DAY);
  expect(await orderIn(world)).toBeUndefined();
  expect(await world.ports.carts.read(cartKey)).toBeUndefined();
});

it('A retry of a partly ordered item whose cart has been purged orders nothing again and keeps its orders', async () => {
  const { world, gateway } = await partlyOrdered();
  const stored = await world.ports.carts.read(cartKey);
  await world.ports.carts.purge(cartKey, stored?.etag ?? '');

  await retry(world);

  expect(gateway.calls).toHaveLength(2);
  expect(await outcomesIn(world)).toMatchObject([
    { state: 'failed', orders: [{ id: 'A' }], errors: [{ code: '800008' }] },
  ]);
});

it('A retry of a partly ordered item whose cart has expired keeps the orders of its outcome', async () => {
  const { world, gateway } = await partlyOrdered();
  world.nowMs += CREATE.lifetimeMs + DAY;

  await retry(world);

  expect(gateway.calls).toHaveLength(2);
  expect(await outcomesIn(world)).toMatchObject([{ state: 'failed', orders: [{ id: 'A' }] }]);
});

it('A retry of an item whose cart has expired without an order creates the cart again and orders it once', async () => {
  const gateway = gatewayOf(REFUSED, placed('A'));
  const world = await submitted({ gateway, items: 1 });
  await workIn(world);
  world.nowMs += CREATE.lifetimeMs + DAY;

  await retry(world);

  expect(gateway.calls).toHaveLength(2);
  expect(await outcomesIn(world)).toMatchObject([{ state: 'succeeded', orders: [{ id: 'A' }] }]);
});

it('A cart is kept for the bulk order that requested its checkout, also when another one created the cart', async () => {
  const gateway = gatewayOf(REFUSED, placed('A'), placed('B'));
  const world = await submitted({ gateway, items: 1, repeats: 'skip' });
  await workIn(world);
  world.nowMs += DAY;
  const second = { ...BULK, bulkOrderId: uuidV8('second bulk order') };
  const draft = { errorPolicy: 'continue', items: [itemOf(0)], rejected: [], repeats: 'skip' } as const;
  const context = { watchdogMs: LIFECYCLE.watchdogMs, inFlight: 4, modifiedBy: CREATE.modifiedBy, uuidV8 };
  await submitBulkOrder(world.ports, second, draft, context);
  const { promise: crash, resolve: reportCrash } = Promise.withResolvers<void>();
  world.around = async ({ name }, run) => {
    const result = await run();
    if (name !== 'carts.commit') return result;
    reportCrash();
    return new Promise<never>(() => undefined);
  };
  await Promise.race([runLane(world.ports, { ...second, lane: 0 }, POLICY), crash]);
  world.around = (_, run) => run();

  await sweepAll(world, LIFECYCLE.retentionMs + 2 * DAY);
  await sweepAll(world, DAY);
  expect(await world.ports.bulk.read(BULK)).toBeUndefined();
  await runLane(world.ports, { ...second, lane: 0 }, POLICY);

  expect(gateway.calls).toHaveLength(2);
  expect(await world.ports.bulk.outcomes(second, { from: 0, to: 0 })).toMatchObject([
    { state: 'succeeded', orders: [{ id: 'A' }] },
  ]);
});

it('An item whose worker died after an order reports that order, also when its cart has expired before the next worker came', async () => {
  const gateway = gatewayOf(placed('A'), REFUSED);
  const world = await submitted({ gateway, list: [{ ...itemOf(0), draft: { lineItems: TWO_GROUPS } }] });
  const { promise: death, resolve: die } = Promise.withResolvers<void>();
  world.around = async ({ name }, run) => {
    const result = await run();
    if (name !== 'carts.commit') return result;
    die();
    return new Promise<never>(() => undefined);
  };
  await Promise.race([workIn(world), death]);
  world.around = (_, run) => run();
  world.nowMs += CREATE.lifetimeMs + DAY;

  await workIn(world);

  expect(gateway.calls).toHaveLength(2);
  expect(await outcomesIn(world)).toMatchObject([
    { state: 'failed', orders: [{ id: 'A' }], errors: [{ code: '800008' }] },
  ]);
});
