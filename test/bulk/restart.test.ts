/** Retried and reopened bulk orders have a due entry and a message, also when a sweep or a cancel happens at the same moment. */
import { expect, it } from 'vitest';
import { cancelBulkOrder, retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import { countItems } from '../../shared/bulk/progress.ts';
import { gatewayOf, is } from '../checkout/attemptFixture.ts';
import { type Effect, newWorld, type World } from '../support/ports.ts';
import { LIFECYCLE, MINUTE, NOW, REFUSAL, SECOND } from '../support/samples.ts';
import { BULK, deliver, ingestItemAt, orderIn, submitted, sweepAll, workIn } from './submitting.ts';

/** Runs `act` immediately before the first effect that matches. */
function actBefore(world: World, matches: (effect: Effect) => boolean, act: () => Promise<unknown>): void {
  world.around = async (effect, run) => {
    if (!matches(effect)) return run();
    world.around = (_, next) => next();
    await act();
    return run();
  };
}

/** The next time at which bulk orders are checked, in epoch milliseconds. */
const nextCheckMs = (nowMs: number) => Math.ceil(nowMs / LIFECYCLE.watchdogMs) * LIFECYCLE.watchdogMs;

it('A sweep during a retry does not remove the due entry of the bulk order', async () => {
  const gateway = gatewayOf({ kind: 'refused', problem: REFUSAL });
  const world = await submitted({ gateway });
  await workIn(world);
  await sweepAll(world, 10 * MINUTE);
  world.nowMs = nextCheckMs(world.nowMs) - SECOND;
  actBefore(world, is('bulk.replace'), () => sweepAll(world, 2 * SECOND));

  await retryBulkOrder(world.ports, BULK, ['failed'], LIFECYCLE);

  expect((await orderIn(world)).state).toBe('running');
  world.bulkSent = []; // the message that starts its lanes is lost
  await sweepAll(world, 5 * MINUTE);
  await deliver(world);
  expect((await orderIn(world)).state).toBe('completed');
  expect(world.orders.size).toBe(3);
});

it('An item that is appended after the end sends a message, although a crashed worker leases its lane', async () => {
  const world = newWorld(NOW);
  await ingestItemAt(world, 0);
  await deliver(world);
  const ended = await orderIn(world);
  for (let number = 0; number < ended.lanes; number++) {
    const stored = await world.ports.bulk.readLane(ended, number);
    if (!stored) throw new Error(`Lane ${number} is missing.`);
    const leased = { ...stored.lane, leaseUntilMs: world.nowMs + MINUTE };
    await world.ports.bulk.writeLane(BULK, leased, stored.etag, []);
  }
  await sweepAll(world, 0);
  world.bulkSent = [];

  await ingestItemAt(world, 1);

  expect(world.bulkSent).toHaveLength(1);
});

const IN_ANOTHER_LANE = 1;

it('An item that is appended during a cancel is cancelled', async () => {
  const world = newWorld(NOW);
  await ingestItemAt(world, 0);
  actBefore(world, is('bulk.append'), async () => {
    await cancelBulkOrder(world.ports, BULK);
    await deliver(world);
  });

  await ingestItemAt(world, IN_ANOTHER_LANE);
  await deliver(world);

  const order = await orderIn(world);
  expect(order.state).toBe('cancelled');
  const counts = countItems(order, await world.ports.bulk.lanes(order));
  expect(counts).toMatchObject({ total: 2, waiting: 0, cancelled: 2 });
});
