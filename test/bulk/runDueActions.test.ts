/** The sweep looks after a bulk order from before it is there until nothing is left of it. */

import { describe, expect, it } from 'vitest';
import type { Lane } from '../../shared/bulk/lane.ts';
import { submitBulkOrder } from '../../shared/bulk/submitBulkOrder.ts';
import { uuidV8 } from '../../shared/ids.ts';
import { fail, heal, is } from '../checkout/attemptFixture.ts';
import { newWorld, type World } from '../support/ports.ts';
import { LIFECYCLE, MINUTE, NOW } from '../support/samples.ts';
import { BULK, deliver, itemOf, listedIn, orderIn, submitted, sweepAll, workIn } from './submitting.ts';

const FIRST_LOOK_MS = 10 * MINUTE;

const hintsIn = ({ hints }: World) => [...hints.values()].filter((hint) => 'bulkOrderId' in hint);

/** Changes a lane as a worker would that has died, or is slow. */
async function leave(world: World, more: Partial<Lane>): Promise<void> {
  const { bulk } = world.ports;
  const stored = await bulk.readLane(await orderIn(world), 0);
  if (!stored) throw new Error('There is no such lane.');
  await bulk.writeLane(BULK, { ...stored.lane, ...more }, stored.etag, []);
}
/** The lanes that the sweep has sent messages to. */
const wokenIn = ({ bulkSent }: World) => bulkSent.map(({ message }) => message.lane).sort();

describe('a list that was never stored to its end', () => {
  it('is cleared by the first look, and its hint with it', async () => {
    const world = newWorld(NOW);
    fail(world, is('bulk.insert'), 'before');
    await expect(submittedIn(world)).rejects.toThrow('Crash.');
    heal(world);
    expect(await world.ports.bulk.block(BULK, 0)).toHaveLength(1);

    await sweepAll(world, FIRST_LOOK_MS);

    expect(await world.ports.bulk.block(BULK, 0)).toEqual([]);
    expect(hintsIn(world)).toEqual([]);
  });

  it('is whole when it is stored after all, while the sweep is about to clear it', async () => {
    const world = newWorld(NOW);
    fail(world, is('bulk.insert'), 'before');
    await expect(submittedIn(world)).rejects.toThrow('Crash.');
    world.around = async ({ name }, run) => {
      if (name === 'bulk.purge') {
        world.around = (_, next) => next();
        await submittedIn(world);
      }
      return run();
    };

    await sweepAll(world, FIRST_LOOK_MS);
    await deliver(world);

    expect(world.orders.size).toBe(1);
    expect(await orderIn(world)).toMatchObject({ state: 'completed' });
    expect(hintsIn(world)).not.toEqual([]);
  });

  it('is no bulk order when the sweep has cleared it, while it was being stored again', async () => {
    const world = newWorld(NOW);
    fail(world, is('bulk.insert'), 'before');
    await expect(submittedIn(world)).rejects.toThrow('Crash.');
    world.around = async ({ name }, run) => {
      if (name === 'bulk.insert') {
        world.around = (_, next) => next();
        await sweepAll(world, 0);
      }
      return run();
    };

    world.nowMs += FIRST_LOOK_MS;
    const answer = await submittedIn(world);

    expect(answer).toMatchObject({ error: { name: 'serviceUnavailable' } });
    expect(await world.ports.bulk.read(BULK)).toBeUndefined();
    expect(await submittedIn(world)).toHaveProperty('order');
    await deliver(world);
    expect(world.orders.size).toBe(1);
  });

  it('is not cleared while it may still be being stored', async () => {
    const world = newWorld(NOW);
    world.around = async ({ name }, run) => {
      if (name === 'bulk.insert') {
        world.around = (_, next) => next();
        await sweepAll(world, 2 * MINUTE);
      }
      return run();
    };

    await submittedIn(world);
    await deliver(world);

    expect(await orderIn(world)).toMatchObject({ state: 'completed' });
    expect(world.orders.size).toBe(1);
  });

  function submittedIn(world: World): ReturnType<typeof submitBulkOrder> {
    const draft = { errorPolicy: 'continue', repeats: 'order', items: [itemOf(0)], rejected: [] } as const;
    return submitBulkOrder(world.ports, BULK, draft, {
      watchdogMs: LIFECYCLE.watchdogMs,
      inFlight: 2,
      modifiedBy: '',
      uuidV8,
    });
  }
});

describe('of a bulk order that runs', () => {
  /** Five items in two lanes, whose messages are all lost. */
  async function left(): Promise<World> {
    const world = await submitted({ items: 5, inFlight: 8 });
    world.bulkSent = [];
    return world;
  }

  it('the lanes that nobody has are woken, and it ends', async () => {
    const world = await left();

    await sweepAll(world, FIRST_LOOK_MS);
    expect(wokenIn(world)).toEqual([0, 1]);

    await deliver(world);
    expect(await orderIn(world)).toMatchObject({ state: 'completed' });
  });

  it('a lane is not woken that somebody has, that is to be looked at later, or that is done', async () => {
    const world = await left();
    await workIn(world, 1);
    await leave(world, { leaseUntilMs: NOW + FIRST_LOOK_MS + MINUTE });
    await sweepAll(world, FIRST_LOOK_MS);
    expect(wokenIn(world)).toEqual([]);

    await leave(world, { leaseUntilMs: undefined, nextMs: world.nowMs + 3 * MINUTE });
    await sweepAll(world, 2 * MINUTE);
    expect(wokenIn(world)).toEqual([]);

    await sweepAll(world, 4 * MINUTE);
    expect(wokenIn(world)).toEqual([0]);
  });

  it('there is a hint at any time, one at a time, however often it is looked at', async () => {
    const world = await left();
    for (let n = 0; n < 10; n++) {
      await sweepAll(world, FIRST_LOOK_MS);
      const [hint, ...more] = hintsIn(world);
      expect(more).toEqual([]);
      expect(hint?.atMs).toBeGreaterThan(world.nowMs);
    }
  });
});

describe('a bulk order that has ended', () => {
  it('is left alone until its retention ends, and then nothing is left of it', async () => {
    const world = await submitted({ rejected: 1 });
    await deliver(world);
    const order = await orderIn(world);

    await sweepAll(world, LIFECYCLE.retentionMs - MINUTE);
    expect(await orderIn(world)).toMatchObject({ state: 'completed' });
    expect(await listedIn(world)).toEqual([BULK]);

    await sweepAll(world, FIRST_LOOK_MS);
    expect(await orderIn(world)).toBeUndefined();
    expect(await listedIn(world)).toEqual([]);
    expect(hintsIn(world)).toEqual([]);
    expect(await world.ports.bulk.rejected(order)).toEqual([]);
    expect(await world.ports.bulk.block(order, 0)).toEqual([]);
  });
});
