/** Items that come late, and bulk orders that begin anew: whatever else happens at that moment, somebody looks after them. */
import { expect, it } from 'vitest';
import { cancelBulkOrder, retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import { countItems } from '../../shared/bulk/progress.ts';
import { gatewayOf, is } from '../checkout/attemptFixture.ts';
import { type Effect, newWorld, type World } from '../support/ports.ts';
import { LIFECYCLE, MINUTE, NOW, REFUSAL, SECOND } from '../support/samples.ts';
import { arrive, BULK, deliver, orderIn, submitted, sweepAll, workIn } from './submitting.ts';

/** Lets others act right before the first such effect. */
function actBefore(world: World, matches: (effect: Effect) => boolean, act: () => Promise<unknown>): void {
  world.around = async (effect, run) => {
    if (!matches(effect)) return run();
    world.around = (_, next) => next();
    await act();
    return run();
  };
}

/** The next time at which bulk orders are looked at. */
const nextLookMs = (nowMs: number) => Math.ceil(nowMs / LIFECYCLE.watchdogMs) * LIFECYCLE.watchdogMs;

it('a look at the moment of a retry leaves the bulk order its hint', async () => {
  const gateway = gatewayOf({ kind: 'refused', problem: REFUSAL });
  const world = await submitted({ gateway });
  await workIn(world);
  await sweepAll(world, 10 * MINUTE);
  world.nowMs = nextLookMs(world.nowMs) - SECOND;
  actBefore(world, is('bulk.replace'), () => sweepAll(world, 2 * SECOND));

  await retryBulkOrder(world.ports, BULK, ['failed'], LIFECYCLE);

  expect((await orderIn(world)).state).toBe('running');
  world.bulkSent = []; // the message that sets it going is lost
  await sweepAll(world, 5 * MINUTE);
  await deliver(world);
  expect((await orderIn(world)).state).toBe('completed');
  expect(world.orders.size).toBe(3);
});

it('an item that comes after the end is looked at, though a worker has died over its lane', async () => {
  const world = newWorld(NOW);
  await arrive(world, 0);
  await deliver(world);
  const ended = await orderIn(world);
  for (let number = 0; number < ended.lanes; number++) {
    const stored = await world.ports.bulk.readLane(ended, number);
    if (!stored) throw new Error('The bulk order has lost a lane.');
    const taken = { ...stored.lane, leaseUntilMs: world.nowMs + MINUTE };
    await world.ports.bulk.writeLane(BULK, taken, stored.etag, []);
  }
  await sweepAll(world, 0);
  world.bulkSent = [];

  await arrive(world, 1);

  expect(world.bulkSent).toHaveLength(1);
});

const IN_ANOTHER_LANE = 1;

it('an item that comes while its bulk order is cancelled is cancelled, too', async () => {
  const world = newWorld(NOW);
  await arrive(world, 0);
  actBefore(world, is('bulk.append'), async () => {
    await cancelBulkOrder(world.ports, BULK);
    await deliver(world);
  });

  await arrive(world, IN_ANOTHER_LANE);
  await deliver(world);

  const order = await orderIn(world);
  expect(order.state).toBe('cancelled');
  const counts = countItems(order, await world.ports.bulk.lanes(order));
  expect(counts).toMatchObject({ total: 2, waiting: 0, cancelled: 2 });
});
