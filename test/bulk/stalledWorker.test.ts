/** A worker that was asleep past the end of its claim, while another has had its lane, changes nothing any more. */
import { expect, it } from 'vitest';
import { retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import type { GroupOutcome } from '../../shared/orders/gateway.ts';
import { gatewayOf } from '../checkout/attemptFixture.ts';
import type { World } from '../support/ports.ts';
import { LIFECYCLE, MINUTE, REFUSAL, SECOND } from '../support/samples.ts';
import { BULK, orderIn, submitted, workIn } from './submitting.ts';

const REFUSED: GroupOutcome = { kind: 'refused', problem: REFUSAL };

/** The worker falls asleep before the first effect behind these, named in order; others go on meanwhile. */
function sleepAfter(world: World, effects: string[], meanwhile: () => Promise<void>): void {
  const left = [...effects];
  world.around = async ({ name }, run) => {
    if (left.length === 0) {
      world.around = (_, next) => next();
      world.nowMs += 5 * MINUTE;
      await meanwhile();
    }
    if (name === left[0]) left.shift();
    return run();
  };
}

it('does not order an item that has failed meanwhile', async () => {
  const gateway = gatewayOf(REFUSED);
  const world = await submitted({ gateway, items: 1 });
  sleepAfter(world, ['carts.insert'], () => workIn(world));

  await workIn(world);

  expect(gateway.asked).toHaveLength(1);
  expect(world.orders.size).toBe(0);
  expect(await orderIn(world)).toMatchObject({ state: 'completed' });
});

it('goes on with its item when nobody has taken the lane meanwhile', async () => {
  const world = await submitted({ items: 1 });
  sleepAfter(world, ['carts.insert'], async () => undefined);

  await workIn(world);
  world.nowMs += SECOND;
  await workIn(world);

  expect(world.orders.size).toBe(1);
  expect(await orderIn(world)).toMatchObject({ state: 'completed' });
});

it('does not stop a bulk order that has begun anew, because of an error that was met before', async () => {
  const gateway = gatewayOf(REFUSED, REFUSED);
  const world = await submitted({ gateway, items: 1, errorPolicy: 'stopOnFirstError' });
  sleepAfter(world, ['carts.commit', 'carts.read'], async () => {
    await workIn(world);
    await retryBulkOrder(world.ports, BULK, ['failed'], LIFECYCLE);
  });

  await workIn(world);

  expect(await orderIn(world)).toMatchObject({ state: 'running', generation: 2 });
});
