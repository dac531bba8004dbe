/** The end of a bulk order while others change, purge or reopen it. */
import { describe, expect, it } from 'vitest';
import { retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import { RESTART_MS, SUBMIT_MS } from '../../shared/bulk/dueActions.ts';
import { dispatchLanes, finishBulkOrder, reopenBulkOrder } from '../../shared/bulk/lifecycle.ts';
import { runLane } from '../../shared/bulk/processLane.ts';
import { submitBulkOrder } from '../../shared/bulk/submitBulkOrder.ts';
import { uuidV8 } from '../../shared/ids.ts';
import { gatewayOf } from '../checkout/attemptFixture.ts';
import { type Effect, newWorld, type World } from '../support/ports.ts';
import { CREATE, LIFECYCLE, NOW, REFUSAL } from '../support/samples.ts';
import { BULK, itemOf, orderIn, POLICY, submitted, workIn } from './submitting.ts';

const ended = ({ events }: World) => events.filter(({ type }) => type === 'bulkorder.completed.v1');
const CONTEXT = {
  watchdogMs: LIFECYCLE.watchdogMs,
  inFlight: 2,
  modifiedBy: CREATE.modifiedBy,
  uuidV8,
};

/** Runs `act` once, immediately before the next effect with this name. */
function justBefore(world: World, name: string, act: () => unknown): void {
  world.around = async (effect: Effect, run) => {
    if (effect.name !== name) return run();
    world.around = (_, next) => next();
    await act();
    return run();
  };
}

/** A bulk order whose items have all ended, and whose end is not recorded yet. */
async function drained(): Promise<World> {
  const world = await submitted();
  await workIn(world);
  const stored = await world.ports.bulk.read(BULK);
  if (!stored) throw new Error('There is no bulk order.');
  await world.ports.bulk.replace({ ...stored.order, state: 'running', endedMs: undefined }, stored.etag);
  world.events = [];
  return world;
}

describe('the end of a bulk order', () => {
  it('The end of a bulk order is recorded although another worker changed the bulk order at the same time', async () => {
    const world = await drained();
    justBefore(world, 'bulk.replace', async () => {
      const stored = await world.ports.bulk.read(BULK);
      if (stored) await world.ports.bulk.replace({ ...stored.order, pausedUntilMs: NOW }, stored.etag);
    });

    expect(await finishBulkOrder(world.ports, BULK)).toBe(true);

    expect(await orderIn(world)).toMatchObject({ state: 'completed', pausedUntilMs: undefined });
    expect(ended(world)).toHaveLength(1);
  });

  it('The end of a purged bulk order publishes no event', async () => {
    const world = newWorld(NOW);

    expect(await finishBulkOrder(world.ports, BULK)).toBe(true);

    expect(world.events).toEqual([]);
  });
});

describe('messages of a purged bulk order', () => {
  it('A message to all lanes of a purged bulk order sends nothing', async () => {
    const world = newWorld(NOW);

    await dispatchLanes(world.ports, BULK);

    expect(world.bulkSent).toEqual([]);
  });

  it('A message to one lane of a purged bulk order changes nothing', async () => {
    const world = newWorld(NOW);

    await runLane(world.ports, { ...BULK, lane: 0 }, POLICY);

    expect(world.effects.filter(({ name }) => /write|send|replace/i.test(name))).toEqual([]);
  });
});

describe('reopening by an appended item', () => {
  it.each([
    { state: 'is already running', world: submitted },
    { state: 'was purged', world: async () => newWorld(NOW) },
  ])('An appended item does not write a bulk order that $state', async ({ world: open }) => {
    const world = await open();
    world.effects = [];

    await reopenBulkOrder(world.ports, BULK, LIFECYCLE);

    expect(world.effects.map(({ name }) => name)).toEqual(['due.put', 'bulk.read']);
  });
});

describe('submissions', () => {
  const draft = { errorPolicy: 'continue', repeats: 'order', items: [itemOf(0)], rejected: [] } as const;

  it('A submission returns the bulk order that the same request stored at the same time', async () => {
    const world = newWorld(NOW);
    justBefore(world, 'bulk.reserve', () => submitBulkOrder(world.ports, BULK, draft, CONTEXT));

    const result = await submitBulkOrder(world.ports, BULK, draft, CONTEXT);

    expect(result).toEqual(await world.ports.bulk.read(BULK));
  });

  it('A submission is rejected when storing its list took too long', async () => {
    const world = newWorld(NOW);
    justBefore(world, 'bulk.putList', () => {
      world.nowMs += SUBMIT_MS + 1;
    });

    const result = await submitBulkOrder(world.ports, BULK, draft, CONTEXT);

    expect(result).toMatchObject({ error: { name: 'serviceUnavailable' } });
    expect(await world.ports.bulk.read(BULK)).toBeUndefined();
  });
});

it('A retry is rejected when it took longer than its due entry allows', async () => {
  const world = await submitted({ gateway: gatewayOf({ kind: 'refused', problem: REFUSAL }) });
  await workIn(world);
  justBefore(world, 'due.put', () => {
    world.nowMs += RESTART_MS + 1;
  });

  const retry = await retryBulkOrder(world.ports, BULK, ['failed'], LIFECYCLE);

  expect(retry).toHaveProperty('error');
  expect((await orderIn(world)).state).toBe('completed');
});
