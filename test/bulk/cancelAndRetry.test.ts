/** Cancel and retry: one write with its ETag, repeated when another was faster, and of no effect where there is nothing to do. */
import { describe, expect, it } from 'vitest';
import { cancelBulkOrder, retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import { countItems, throughputOf } from '../../shared/bulk/progress.ts';
import { gatewayOf } from '../checkout/attemptFixture.ts';
import type { World } from '../support/ports.ts';
import { LIFECYCLE, REFUSAL } from '../support/samples.ts';
import { BULK, deliver, orderIn, submitted } from './submitting.ts';

const refused = { kind: 'refused', problem: REFUSAL } as const;

/** The ports of a world in which so many writes of the bulk order come too late. */
function losing({ ports }: World, races: number): World['ports'] {
  let left = races;
  const replace: typeof ports.bulk.replace = async (order, etag) =>
    left-- > 0 ? undefined : ports.bulk.replace(order, etag);
  return { ...ports, bulk: { ...ports.bulk, replace } };
}

/** One that has ended: all of its three items are ordered, or have failed. */
async function ended(how: 'ordered' | 'failed'): Promise<World> {
  const world = await submitted(how === 'failed' ? { gateway: gatewayOf(refused, refused, refused) } : {});
  await deliver(world);
  expect((await orderIn(world)).state).toBe('completed');
  return world;
}

const retry = (
  ports: World['ports'],
  states: ('failed' | 'cancelled')[] = ['failed'],
  idempotencyKey: string | undefined = undefined,
) => retryBulkOrder(ports, BULK, states, { ...LIFECYCLE, idempotencyKey });

describe('a cancel', () => {
  it('is written when others were faster a few times, and given up when they always are', async () => {
    const world = await submitted();

    const busy = await cancelBulkOrder(losing(world, 100), BULK);
    expect(busy).toMatchObject({ error: { name: 'bulkOrderBusy', retryAfterMs: expect.any(Number) } });
    expect((await orderIn(world)).state).toBe('running');

    await cancelBulkOrder(losing(world, 2), BULK);
    expect((await orderIn(world)).state).toBe('cancelling');
  });

  it('cancels every item when none has begun', async () => {
    const world = await submitted();

    await cancelBulkOrder(world.ports, BULK);
    await deliver(world);

    expect((await orderIn(world)).state).toBe('cancelled');
    expect(world.orders.size).toBe(0);
  });

  it('of one that has ended changes nothing', async () => {
    const world = await ended('ordered');
    const before = await world.ports.bulk.read(BULK);

    expect(await cancelBulkOrder(world.ports, BULK)).toEqual(before);
    expect(await world.ports.bulk.read(BULK)).toEqual(before);
  });

  it('of one that is not there says so', async () => {
    const world = await submitted();
    const other = { ...BULK, bulkOrderId: BULK.tenant };

    expect(await cancelBulkOrder(world.ports, other)).toMatchObject({
      error: { name: 'bulkOrderNotFound' },
    });
  });
});

describe('a retry', () => {
  it('of one that runs is refused', async () => {
    expect(await retry((await submitted()).ports)).toMatchObject({ error: { name: 'bulkOrderRunning' } });
  });

  it('changes nothing where no item is in the states', async () => {
    const world = await ended('ordered');
    const before = await world.ports.bulk.read(BULK);

    expect(await retry(world.ports, ['failed', 'cancelled'])).toEqual(before);
    expect(await world.ports.bulk.read(BULK)).toEqual(before);
  });

  it('has the items waiting at once, and no pace before one of them has ended', async () => {
    const world = await ended('failed');

    await retry(world.ports);

    const order = await orderIn(world);
    const counts = countItems(order, await world.ports.bulk.lanes(order));
    expect(counts).toMatchObject({ total: 3, waiting: 3, failed: 0 });
    expect(throughputOf(order, counts, world.nowMs + 1)).toEqual({});
  });

  it('A retry reads which items of a lane failed, and how of each item that it runs, not of all', async () => {
    const world = await ended('failed');
    await retry(world.ports);
    world.effects.length = 0;

    await deliver(world);

    const names = world.effects.map(({ name }) => name);
    expect(names).toContain('bulk.failed');
    const ranges = world.effects.flatMap(({ name, args: [, range] }) =>
      name === 'bulk.outcomes' ? [range] : [],
    );
    expect(ranges).toEqual((ranges as { from: number }[]).map(({ from }) => ({ from, to: from })));
  });

  it('is one round however often its call is repeated, while it runs and after its end', async () => {
    const world = await ended('failed');
    world.gateway = gatewayOf(refused, refused, refused, refused, refused, refused);
    await retry(world.ports, ['failed'], 'first');

    expect(await retry(world.ports, ['failed'], 'first')).toMatchObject({
      order: { generation: 2, state: 'running' },
    });
    await deliver(world);
    expect(await retry(world.ports, ['failed'], 'first')).toMatchObject({
      order: { generation: 2, state: 'completed' },
    });
    await retry(world.ports, ['failed'], 'second');
    await deliver(world);

    expect(await retry(world.ports, ['failed'], 'first')).toMatchObject({ order: { generation: 3 } });
    expect(await retry(world.ports)).toMatchObject({ order: { generation: 4 } });
  });

  it('is one round, also when it is asked for twice at once', async () => {
    const world = await ended('failed');

    const answers = await Promise.all([retry(world.ports), retry(world.ports)]);
    await deliver(world);

    expect(answers.filter((answer) => 'order' in answer)).not.toEqual([]);
    expect(await orderIn(world)).toMatchObject({ generation: 2, retryStates: ['failed'] });
  });
});
