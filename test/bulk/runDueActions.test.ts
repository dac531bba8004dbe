/** The sweeper and a bulk order: incomplete submissions, lanes without a worker, and the purge after the retention. */
import { describe, expect, it } from 'vitest';
import type { Lane } from '../../shared/bulk/lane.ts';
import { submitBulkOrder } from '../../shared/bulk/submitBulkOrder.ts';
import { uuidV8 } from '../../shared/ids.ts';
import { fail, heal, is } from '../checkout/attemptFixture.ts';
import { newWorld, type World } from '../support/ports.ts';
import { LIFECYCLE, MINUTE, NOW } from '../support/samples.ts';
import { BULK, deliver, itemOf, listedIn, orderIn, submitted, sweepAll, workIn } from './submitting.ts';

/** Longer than the time until the first check of a bulk order. */
const FIRST_CHECK_MS = 10 * MINUTE;

const entriesIn = ({ dueEntries }: World) =>
  [...dueEntries.values()].filter((entry) => 'bulkOrderId' in entry);

/** Changes lane 0 to a state in which a crashed or slow worker leaves it. */
async function changeLane(world: World, more: Partial<Lane>): Promise<void> {
  const { bulk } = world.ports;
  const stored = await bulk.readLane(await orderIn(world), 0);
  if (!stored) throw new Error('Lane 0 is missing.');
  await bulk.writeLane(BULK, { ...stored.lane, ...more }, stored.etag, []);
}
/** The lanes that have a message in the queue. */
const messagedIn = ({ bulkSent }: World) => bulkSent.map(({ message }) => message.lane).sort();

describe('an incomplete submission', () => {
  it('The first check deletes the rows of an incomplete submission and its due entry', async () => {
    const world = newWorld(NOW);
    fail(world, is('bulk.insert'), 'before');
    await expect(submitIn(world)).rejects.toThrow('Crash.');
    heal(world);
    expect(await world.ports.bulk.block(BULK, 0)).toHaveLength(1);

    await sweepAll(world, FIRST_CHECK_MS);

    expect(await world.ports.bulk.block(BULK, 0)).toEqual([]);
    expect(entriesIn(world)).toEqual([]);
  });

  it('A submission that completes just before its purge is kept with all its items', async () => {
    const world = newWorld(NOW);
    fail(world, is('bulk.insert'), 'before');
    await expect(submitIn(world)).rejects.toThrow('Crash.');
    world.around = async ({ name }, run) => {
      if (name === 'bulk.purge') {
        world.around = (_, next) => next();
        await submitIn(world);
      }
      return run();
    };

    await sweepAll(world, FIRST_CHECK_MS);
    await deliver(world);

    expect(world.orders.size).toBe(1);
    expect(await orderIn(world)).toMatchObject({ state: 'completed' });
    expect(entriesIn(world)).not.toEqual([]);
  });

  it('A repeated submission whose rows are purged before its last write fails, and the next repeat succeeds', async () => {
    const world = newWorld(NOW);
    fail(world, is('bulk.insert'), 'before');
    await expect(submitIn(world)).rejects.toThrow('Crash.');
    world.around = async ({ name }, run) => {
      if (name === 'bulk.insert') {
        world.around = (_, next) => next();
        await sweepAll(world, 0);
      }
      return run();
    };

    world.nowMs += FIRST_CHECK_MS;
    const response = await submitIn(world);

    expect(response).toMatchObject({ error: { name: 'serviceUnavailable' } });
    expect(await world.ports.bulk.read(BULK)).toBeUndefined();
    expect(await submitIn(world)).toHaveProperty('order');
    await deliver(world);
    expect(world.orders.size).toBe(1);
  });

  it('A sweep during a submission does not delete its rows', async () => {
    const world = newWorld(NOW);
    world.around = async ({ name }, run) => {
      if (name === 'bulk.insert') {
        world.around = (_, next) => next();
        await sweepAll(world, 2 * MINUTE);
      }
      return run();
    };

    await submitIn(world);
    await deliver(world);

    expect(await orderIn(world)).toMatchObject({ state: 'completed' });
    expect(world.orders.size).toBe(1);
  });

  function submitIn(world: World): ReturnType<typeof submitBulkOrder> {
    const draft = { errorPolicy: 'continue', repeats: 'order', items: [itemOf(0)], rejected: [] } as const;
    return submitBulkOrder(world.ports, BULK, draft, {
      watchdogMs: LIFECYCLE.watchdogMs,
      inFlight: 2,
      modifiedBy: '',
      uuidV8,
    });
  }
});

describe('a running bulk order', () => {
  /** A bulk order of five items in two lanes, whose messages are lost. */
  async function withoutMessages(): Promise<World> {
    const world = await submitted({ items: 5, inFlight: 8 });
    world.bulkSent = [];
    return world;
  }

  it('The sweeper sends the messages of lanes without a worker again, and the bulk order ends', async () => {
    const world = await withoutMessages();

    await sweepAll(world, FIRST_CHECK_MS);
    expect(messagedIn(world)).toEqual([0, 1]);

    await deliver(world);
    expect(await orderIn(world)).toMatchObject({ state: 'completed' });
  });

  it('The sweeper sends no message to a lane that is leased, not yet due or drained', async () => {
    const world = await withoutMessages();
    await workIn(world, 1);
    await changeLane(world, { leaseUntilMs: NOW + FIRST_CHECK_MS + MINUTE });
    await sweepAll(world, FIRST_CHECK_MS);
    expect(messagedIn(world)).toEqual([]);

    await changeLane(world, { leaseUntilMs: undefined, nextMs: world.nowMs + 3 * MINUTE });
    await sweepAll(world, 2 * MINUTE);
    expect(messagedIn(world)).toEqual([]);

    await sweepAll(world, 4 * MINUTE);
    expect(messagedIn(world)).toEqual([0]);
  });

  it('A running bulk order has exactly one due entry after every check', async () => {
    const world = await withoutMessages();
    for (let n = 0; n < 10; n++) {
      await sweepAll(world, FIRST_CHECK_MS);
      const [entry, ...more] = entriesIn(world);
      expect(more).toEqual([]);
      expect(entry?.atMs).toBeGreaterThan(world.nowMs);
    }
  });
});

describe('an ended bulk order', () => {
  it('An ended bulk order is kept until its retention ends and is then deleted completely', async () => {
    const world = await submitted({ rejected: 1 });
    await deliver(world);
    const order = await orderIn(world);

    await sweepAll(world, LIFECYCLE.retentionMs - MINUTE);
    expect(await orderIn(world)).toMatchObject({ state: 'completed' });
    expect(await listedIn(world)).toEqual([BULK]);

    await sweepAll(world, FIRST_CHECK_MS);
    expect(await orderIn(world)).toBeUndefined();
    expect(await listedIn(world)).toEqual([]);
    expect(entriesIn(world)).toEqual([]);
    expect(await world.ports.bulk.rejected(order)).toEqual([]);
    expect(await world.ports.bulk.block(order, 0)).toEqual([]);
  });
});
