/** Items of one customer do not exceed their limit, in a lane and in a bulk order, and do not delay those of others. */
import { describe, expect, it } from 'vitest';
import type { BulkItem } from '../../shared/bulk/bulkOrder.ts';
import { customerLimit, IN_FLIGHT_OF_CUSTOMER, shareOfLane } from '../../shared/bulk/customerLimit.ts';
import { lanesFor } from '../../shared/bulk/partition.ts';
import { runLane } from '../../shared/bulk/processLane.ts';
import { uuidV8 } from '../../shared/ids.ts';
import type { World } from '../support/ports.ts';
import { BULK, itemOf, outcomesIn, POLICY, submitted } from './submitting.ts';

const MAX_IN_FLIGHT_WITH_LEDGER = 64;

describe('the limit', () => {
  it.each([1, 4, 23, 24, 25, 32, 48, 64])(
    'All lanes together run at most 24 items of a customer when %d items may run',
    (inFlight) => {
      const { lanes } = lanesFor(10_000, inFlight);

      expect(inFlight).toBeLessThanOrEqual(MAX_IN_FLIGHT_WITH_LEDGER);
      expect(lanes * shareOfLane(IN_FLIGHT_OF_CUSTOMER, { lanes })).toBeLessThanOrEqual(
        IN_FLIGHT_OF_CUSTOMER,
      );
    },
  );

  it('Operations of a customer run in their order, and a failed one makes room for the next', async () => {
    const limit = customerLimit(1);
    const order: string[] = [];
    const operation = (name: string, error?: Error) => async () => {
      order.push(name);
      await Promise.resolve();
      if (error) throw error;
      return name;
    };

    const results = await Promise.allSettled([
      limit('a', operation('a1', new Error('It failed.'))),
      limit('a', operation('a2')),
      limit('b', operation('b1')),
      limit('a', operation('a3')),
    ]);

    expect(order).toEqual(['a1', 'b1', 'a2', 'a3']);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  });
});

/** Runs the one lane of a bulk order and returns how many items of each customer placed orders at the same time at most. */
async function mostAtATime(world: World, inFlightOfCustomer?: number): Promise<Record<string, number>> {
  const current = new Map<string, number>();
  const most: Record<string, number> = {};
  world.around = async (effect, run) => {
    if (effect.name !== 'carts.insert') return run();
    const { customer } = effect.args[0] as BulkItem;
    current.set(customer, (current.get(customer) ?? 0) + 1);
    most[customer] = Math.max(most[customer] ?? 0, current.get(customer) ?? 0);
    for (let turns = 0; turns < 20; turns++) await Promise.resolve();
    current.set(customer, (current.get(customer) ?? 0) - 1);
    return run();
  };
  await runLane(world.ports, { ...BULK, lane: 0 }, { ...POLICY, inFlightOfCustomer });
  return most;
}

const [A, B] = [uuidV8('customer A'), uuidV8('customer B')];
const listOf = (...customers: string[]) =>
  customers.map((customer, n): BulkItem => ({ ...itemOf(n), customer }));

describe('a lane', () => {
  it('A lane runs as many items of a customer as its share, and fills its other slots with other customers', async () => {
    const list = listOf(A, A, A, B, A, A, A, B);
    const world = await submitted({ list, inFlight: 4 });

    expect(await mostAtATime(world, 2)).toEqual({ [A]: 2, [B]: 1 });
    expect((await outcomesIn(world)).map(({ state }) => state)).toEqual(list.map(() => 'succeeded'));
  });

  it('A lane runs an item of a customer even when there are more lanes than the limit', async () => {
    const world = await submitted({ list: listOf(A, A, A), inFlight: 4 });

    expect(await mostAtATime(world, 0)).toEqual({ [A]: 1 });
    expect(await outcomesIn(world)).toHaveLength(3);
  });

  it('A lane without a limit fills its slots with one customer', async () => {
    const world = await submitted({ list: listOf(A, A, A, A), inFlight: 4 });

    expect(await mostAtATime(world)).toEqual({ [A]: 4 });
  });
});
