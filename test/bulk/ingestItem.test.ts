/** Items that come one by one: which bulk order takes them, and which takes no more. */
import { describe, expect, it } from 'vitest';
import { MAX_ITEMS } from '../../shared/bulk/bulkOrder.ts';
import type { AppendResult, StoredBulkOrder } from '../../shared/bulk/bulkPorts.ts';
import { cancelBulkOrder, retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import { ingestItem } from '../../shared/bulk/ingestItem.ts';
import { digestHex } from '../../shared/ids.ts';
import { fail, gatewayOf, heal, is } from '../checkout/attemptFixture.ts';
import { newWorld, type World } from '../support/ports.ts';
import { LIFECYCLE, MINUTE, NOW, REFUSAL } from '../support/samples.ts';
import {
  arrive,
  BULK,
  deliver,
  itemOf,
  listedIn,
  orderIn,
  submitted,
  sweepAll,
  workIn,
} from './submitting.ts';

const IN_ANOTHER_LANE = 1;
const CLOSED = { kind: 'refused', reason: 'BulkOrderClosed' };
const retry = ({ ports }: World, ...states: ('failed' | 'cancelled')[]) =>
  retryBulkOrder(ports, BULK, states, LIFECYCLE);

it('a bulk order of a list takes none', async () => {
  expect(await arrive(await submitted(), 3)).toMatchObject(CLOSED);
});

it('one that was cancelled takes none, until its cancelled items are done again', async () => {
  const world = newWorld(NOW, gatewayOf({ kind: 'refused', problem: REFUSAL }));
  await arrive(world, 0);
  await arrive(world, IN_ANOTHER_LANE);
  await workIn(world); // one of them fails
  await cancelBulkOrder(world.ports, BULK);
  expect(await arrive(world, 2)).toMatchObject(CLOSED);
  await deliver(world);
  expect((await orderIn(world)).state).toBe('cancelled');

  await retry(world, 'failed');
  expect(await arrive(world, 2)).toMatchObject(CLOSED);
  await deliver(world);
  expect((await orderIn(world)).state).toBe('completed');
  expect(await arrive(world, 2)).toMatchObject(CLOSED);

  await retry(world, 'cancelled');
  expect(await arrive(world, 2)).toEqual({ kind: 'taken' });
  await deliver(world);
  expect(world.orders.size).toBe(3);
});

it('one that has ended by itself goes on', async () => {
  const world = newWorld(NOW);
  await arrive(world, 0);
  await deliver(world);

  expect(await arrive(world, 1)).toEqual({ kind: 'taken' });

  await deliver(world);
  expect(world.orders.size).toBe(2);
  expect((await orderIn(world)).state).toBe('completed');
});

describe('the first item', () => {
  it('begins the bulk order: its hint, it and its lanes, its entry in the partner’s list, then the item', async () => {
    const world = newWorld(NOW);

    await arrive(world, 0);

    expect(world.effects.slice(0, 5).map(({ name }) => name)).toEqual([
      'bulk.read',
      'due.put',
      'bulk.insert',
      'bulkList.put',
      'bulk.append',
    ]);
    expect(world.bulkSent).toHaveLength(1);
    expect(await orderIn(world)).toMatchObject({
      source: 'queue',
      state: 'running',
      errorPolicy: 'continue',
    });
  });

  it('comes again when storage was so slow that the sweep may have cleared what is there', async () => {
    const world = newWorld(NOW);
    world.around = ({ name }, run) => {
      if (name === 'due.put') world.nowMs += 3 * MINUTE;
      return run();
    };

    expect(await arrive(world, 0)).toEqual({ kind: 'later' });
    expect(await orderIn(world)).toBeUndefined();
  });

  it('and those that come beside it make one entry in the partner’s list, which goes with the bulk order', async () => {
    const world = newWorld(NOW);
    world.around = (_, run) => {
      world.nowMs++;
      return run();
    };

    await Promise.all([0, 1, 2, 3].map((index) => arrive(world, index)));
    expect(await listedIn(world)).toEqual([BULK]);

    await deliver(world);
    await sweepAll(world, LIFECYCLE.retentionMs + 10 * MINUTE);
    expect(await listedIn(world)).toEqual([]);
  });

  it('is listed by the sweep when it could not be listed at once', async () => {
    const world = newWorld(NOW);
    fail(world, is('bulkList.put'), 'before');
    await expect(arrive(world, 0)).rejects.toThrow('Crash.');
    heal(world);
    await arrive(world, 0);
    await deliver(world);

    await sweepAll(world, 10 * MINUTE);

    expect(await listedIn(world)).toEqual([BULK]);
  });

  it('twice at once is one item of one bulk order', async () => {
    const world = newWorld(NOW);

    const taken = await Promise.all([arrive(world, 0), arrive(world, 0)]);
    await deliver(world);

    expect(taken).toEqual([{ kind: 'taken' }, { kind: 'taken' }]);
    expect(world.orders.size).toBe(1);
  });
});

describe('an item', () => {
  const answers = (arrival: AppendResult): World => {
    const world = newWorld(NOW);
    world.around = async ({ name }, run) => (name === 'bulk.append' ? arrival : run());
    return world;
  };

  it.each<[AppendResult['kind'], object]>([
    ['busy', { kind: 'later' }],
    ['full', { kind: 'refused', reason: 'BulkOrderFull' }],
    ['different', { kind: 'refused', reason: 'DuplicateReference' }],
  ])('whose lane says %s is refused or put off, and wakes nobody', async (kind, taken) => {
    const world = answers({ kind } as AppendResult);

    expect(await arrive(world, 0)).toMatchObject(taken);
    expect(world.bulkSent).toEqual([]);
  });

  it('of the same reference is another when its customer, its cart or its line items are', async () => {
    const world = newWorld(NOW);
    await arrive(world, 0);
    const { index: _, ...item } = itemOf(0);
    const context = { watchdogMs: LIFECYCLE.watchdogMs, inFlight: 8, digestHex };
    const again = (more: object) =>
      ingestItem(world.ports, { key: BULK, item: { ...item, ...more } }, context);

    expect(await again({})).toEqual({ kind: 'taken' });
    for (const more of [{ customer: BULK.tenant }, { cartId: BULK.tenant }, { draft: undefined }]) {
      expect(await again(more)).toMatchObject({ kind: 'refused', reason: 'DuplicateReference' });
    }
  });

  it('is refused when it is one more than may be, whatever lanes those before it went to', async () => {
    const { ports } = newWorld(NOW);
    const append = (n: number) => {
      const { index: _, ...item } = itemOf(n);
      const lane = Number.parseInt(digestHex(8, 'lane', item.reference), 16) % order.lanes;
      return ports.bulk.append(order, { item, lane, referenceHash: `${n}`, contentHash: '' });
    };
    await arrive({ ports }, 0);
    const { order } = (await ports.bulk.read(BULK)) as StoredBulkOrder;

    for (let n = 1; n < MAX_ITEMS; n++) expect(await append(n)).toMatchObject({ kind: 'appended' });

    expect(await append(MAX_ITEMS)).toEqual({ kind: 'full' });
  });

  it('that nobody could be told of is found by the sweep', async () => {
    const world = newWorld(NOW);
    fail(world, is('bulkQueue.send'), 'before');
    await expect(arrive(world, 0)).rejects.toThrow('Crash.'); // the broker delivers it again, or parks it
    heal(world);

    await sweepAll(world, 10 * MINUTE);
    await deliver(world);

    expect(world.orders.size).toBe(1);
  });

  it('wakes nobody while somebody is at work on its lane, who looks for it before leaving', async () => {
    const world = newWorld(NOW);
    await arrive(world, 0);
    let hasCome = false;
    world.around = async ({ name }, run) => {
      if (name === 'carts.insert' && !hasCome) {
        hasCome = true;
        const sent = world.bulkSent.length;
        for (let index = 2; index < 12; index++) await arrive(world, index);
        expect(world.bulkSent.length - sent).toBeLessThan(10);
      }
      return run();
    };

    await deliver(world);

    expect(hasCome).toBe(true);
    expect(world.orders.size).toBe(11);
    expect((await orderIn(world)).state).toBe('completed');
  });
});
