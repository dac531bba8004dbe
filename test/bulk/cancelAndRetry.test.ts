/** Cancel and retry of a bulk order: each is one conditional write, is repeated after a conflict, and changes nothing when there is nothing to do. */
import { describe, expect, it } from 'vitest';
import { cancelBulkOrder, retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import { countItems, throughputOf } from '../../shared/bulk/progress.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import { gatewayOf } from '../checkout/attemptFixture.ts';
import type { World } from '../support/ports.ts';
import { LIFECYCLE, NOW, REFUSAL, SECOND } from '../support/samples.ts';
import { BULK, deliver, orderIn, submitted, workIn } from './submitting.ts';

const refused = { kind: 'refused', problem: REFUSAL } as const;

/** The ports of a world in which the first `conflicts` writes of the bulk order find a newer version. */
function conflicting({ ports }: World, conflicts: number): World['ports'] {
  let left = conflicts;
  const replace: typeof ports.bulk.replace = async (order, etag) =>
    left-- > 0 ? undefined : ports.bulk.replace(order, etag);
  return { ...ports, bulk: { ...ports.bulk, replace } };
}

/** A bulk order that has ended: its three items are all ordered, or have all failed. */
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

describe('cancelBulkOrder', () => {
  it('A cancel is repeated after a few conflicting writes, and fails with bulkOrderBusy when they never end', async () => {
    const world = await submitted();

    const busy = await cancelBulkOrder(conflicting(world, 100), BULK);
    expect(busy).toMatchObject({ error: { name: 'bulkOrderBusy', retryAfterMs: expect.any(Number) } });
    expect((await orderIn(world)).state).toBe('running');

    await cancelBulkOrder(conflicting(world, 2), BULK);
    expect((await orderIn(world)).state).toBe('cancelling');
  });

  it('A cancel before any item has started cancels every item', async () => {
    const world = await submitted();

    await cancelBulkOrder(world.ports, BULK);
    await deliver(world);

    expect((await orderIn(world)).state).toBe('cancelled');
    expect(world.orders.size).toBe(0);
  });

  it('A worker that is running items starts none later than a second after a cancel', async () => {
    const startedMs: number[] = [];
    const world: World = await submitted({
      items: 6,
      inFlight: 1,
      gateway: {
        async place(placement) {
          startedMs.push(world.nowMs);
          if (startedMs.length === 1) await cancelBulkOrder(world.ports, BULK);
          world.nowMs += SECOND / 2;
          return ledgerGateway.place(placement);
        },
      },
    });

    await workIn(world);

    expect(startedMs).toEqual([NOW, NOW + SECOND / 2]);
    expect(await orderIn(world)).toMatchObject({ state: 'cancelled' });
  });

  it('A cancel of an ended bulk order changes nothing', async () => {
    const world = await ended('ordered');
    const before = await world.ports.bulk.read(BULK);

    expect(await cancelBulkOrder(world.ports, BULK)).toEqual(before);
    expect(await world.ports.bulk.read(BULK)).toEqual(before);
  });

  it('A cancel of an unknown bulk order fails with bulkOrderNotFound', async () => {
    const world = await submitted();
    const other = { ...BULK, bulkOrderId: BULK.tenant };

    expect(await cancelBulkOrder(world.ports, other)).toMatchObject({
      error: { name: 'bulkOrderNotFound' },
    });
  });
});

describe('retryBulkOrder', () => {
  it('A retry of a running bulk order is rejected', async () => {
    expect(await retry((await submitted()).ports)).toMatchObject({ error: { name: 'bulkOrderRunning' } });
  });

  it('A retry changes nothing when no item is in the requested states', async () => {
    const world = await ended('ordered');
    const before = await world.ports.bulk.read(BULK);

    expect(await retry(world.ports, ['failed', 'cancelled'])).toEqual(before);
    expect(await world.ports.bulk.read(BULK)).toEqual(before);
  });

  it('The items of a retry wait immediately, and there is no throughput before one of them has ended', async () => {
    const world = await ended('failed');

    await retry(world.ports);

    const order = await orderIn(world);
    const counts = countItems(order, await world.ports.bulk.lanes(order));
    expect(counts).toMatchObject({ total: 3, waiting: 3, failed: 0 });
    expect(throughputOf(order, counts, world.nowMs + 1)).toEqual({});
  });

  it('A retry reads the numbers of the failed items, and the outcomes of only the items that it runs', async () => {
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

  it('A retry with the idempotency key of an earlier one starts no generation, during that retry and after its end', async () => {
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

  it('Two concurrent retries start one generation', async () => {
    const world = await ended('failed');

    const responses = await Promise.all([retry(world.ports), retry(world.ports)]);
    await deliver(world);

    expect(responses.filter((response) => 'order' in response)).not.toEqual([]);
    expect(await orderIn(world)).toMatchObject({ generation: 2, retryStates: ['failed'] });
  });
});
