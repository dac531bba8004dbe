/** A write of a lane whose response was lost: the storage client repeats it and gets 412 for a write that is in place. */
import { expect, it } from 'vitest';
import { retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import { gatewayOf } from '../checkout/attemptFixture.ts';
import type { World } from '../support/ports.ts';
import { LIFECYCLE, REFUSAL } from '../support/samples.ts';
import { BULK, orderIn, outcomesIn, submitted, workIn } from './submitting.ts';

/** Runs every write of a lane twice and returns the response to the second one, as the storage client does. */
function loseResponsesTo(world: World, effect: string): void {
  world.around = async ({ name }, run) => {
    const first = await run();
    return name === effect ? run() : first;
  };
}

it('A worker recognizes its own write of a lane and processes the lane without a delay', async () => {
  const world = await submitted({ items: 6 });
  loseResponsesTo(world, 'bulk.writeLane');

  await workIn(world);

  expect(await orderIn(world)).toMatchObject({ state: 'completed' });
  expect((await outcomesIn(world)).map(({ state }) => state)).toEqual(Array(6).fill('succeeded'));
  expect(world.orders.size).toBe(6);
});

it('A retry without a request id recognizes its own write', async () => {
  const gateway = gatewayOf({ kind: 'refused', problem: REFUSAL });
  const world = await submitted({ items: 1, gateway });
  await workIn(world);
  loseResponsesTo(world, 'bulk.replace');

  const retried = await retryBulkOrder(world.ports, BULK, ['failed'], LIFECYCLE);

  expect(retried).toMatchObject({ order: { state: 'running', generation: 2 } });
});

it('A worker does not take the write of another worker for its own', async () => {
  const world = await submitted({ items: 2 });
  let isFirst = true;
  world.around = async ({ name }, run) => {
    if (name !== 'bulk.writeLane' || !isFirst) return run();
    isFirst = false;
    await workIn(world); // another worker processes the whole lane first
    return run();
  };

  await workIn(world);

  expect(world.orders.size).toBe(2);
  expect(await orderIn(world)).toMatchObject({ state: 'completed' });
});
