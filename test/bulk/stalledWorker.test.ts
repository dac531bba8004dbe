/** A worker that stalls past the end of its lease changes nothing when another worker has processed the lane. */
import { expect, it } from 'vitest';
import { retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import type { GroupOutcome } from '../../shared/orders/gateway.ts';
import { gatewayOf } from '../checkout/attemptFixture.ts';
import type { World } from '../support/ports.ts';
import { LIFECYCLE, MINUTE, REFUSAL, SECOND } from '../support/samples.ts';
import { BULK, orderIn, submitted, workIn } from './submitting.ts';

const REFUSED: GroupOutcome = { kind: 'refused', problem: REFUSAL };

/** Stalls the worker for five minutes before the effect that follows `effects` (named in order), and runs `meanwhile`. */
function stallAfter(world: World, effects: string[], meanwhile: () => Promise<void>): void {
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

it('A stalled worker does not order an item that another worker has recorded as failed', async () => {
  const gateway = gatewayOf(REFUSED);
  const world = await submitted({ gateway, items: 1 });
  stallAfter(world, ['carts.insert'], () => workIn(world));

  await workIn(world);

  expect(gateway.calls).toHaveLength(1);
  expect(world.orders.size).toBe(0);
  expect(await orderIn(world)).toMatchObject({ state: 'completed' });
});

it('A stalled worker continues its item when no other worker leased the lane', async () => {
  const world = await submitted({ items: 1 });
  stallAfter(world, ['carts.insert'], async () => undefined);

  await workIn(world);
  world.nowMs += SECOND;
  await workIn(world);

  expect(world.orders.size).toBe(1);
  expect(await orderIn(world)).toMatchObject({ state: 'completed' });
});

it('A stalled worker does not stop a retried bulk order because of a failure in the previous generation', async () => {
  const gateway = gatewayOf(REFUSED, REFUSED);
  const world = await submitted({ gateway, items: 1, errorPolicy: 'stopOnFirstError' });
  stallAfter(world, ['carts.commit', 'carts.read'], async () => {
    await workIn(world);
    await retryBulkOrder(world.ports, BULK, ['failed'], LIFECYCLE);
  });

  await workIn(world);

  expect(await orderIn(world)).toMatchObject({ state: 'running', generation: 2 });
});
