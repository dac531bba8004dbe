/** Items from the queue: which bulk orders accept them, how they are appended, and which messages follow. */
import { describe, expect, it } from 'vitest';
import { MAX_ITEMS } from '../../shared/bulk/bulkOrder.ts';
import type { AppendResult, StoredBulkOrder } from '../../shared/bulk/bulkPorts.ts';
import { cancelBulkOrder, retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import { ingestItem, type QueuedItem } from '../../shared/bulk/ingestItem.ts';
import { readItems } from '../../shared/bulk/readItems.ts';
import { digestHex, uuidV8 } from '../../shared/ids.ts';
import { readBulkItemMessage } from '../../shared/messaging/bulkItemEnvelope.ts';
import { fail, gatewayOf, heal, is } from '../checkout/attemptFixture.ts';
import { newWorld, type World } from '../support/ports.ts';
import { LIFECYCLE, line, MINUTE, NOW, REFUSAL } from '../support/samples.ts';
import {
  BULK,
  deliver,
  ingestItemAt,
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

it('A bulk order that was submitted as a list refuses a queued item', async () => {
  expect(await ingestItemAt(await submitted(), 3)).toMatchObject(CLOSED);
});

it('A cancelled bulk order refuses queued items until its cancelled items are retried', async () => {
  const world = newWorld(NOW, gatewayOf({ kind: 'refused', problem: REFUSAL }));
  await ingestItemAt(world, 0);
  await ingestItemAt(world, IN_ANOTHER_LANE);
  await workIn(world); // one of them fails
  await cancelBulkOrder(world.ports, BULK);
  expect(await ingestItemAt(world, 2)).toMatchObject(CLOSED);
  await deliver(world);
  expect((await orderIn(world)).state).toBe('cancelled');

  await retry(world, 'failed');
  expect(await ingestItemAt(world, 2)).toMatchObject(CLOSED);
  await deliver(world);
  expect((await orderIn(world)).state).toBe('completed');
  expect(await ingestItemAt(world, 2)).toMatchObject(CLOSED);

  await retry(world, 'cancelled');
  expect(await ingestItemAt(world, 2)).toEqual({ kind: 'taken' });
  await deliver(world);
  expect(world.orders.size).toBe(3);
});

it('A completed bulk order runs again when another item arrives', async () => {
  const world = newWorld(NOW);
  await ingestItemAt(world, 0);
  await deliver(world);

  expect(await ingestItemAt(world, 1)).toEqual({ kind: 'taken' });

  await deliver(world);
  expect(world.orders.size).toBe(2);
  expect((await orderIn(world)).state).toBe('completed');
});

describe('the first item', () => {
  it('The first item creates the due entry, the bulk order with its lanes, the list entry, and then the item', async () => {
    const world = newWorld(NOW);

    await ingestItemAt(world, 0);

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

  it('The first item is deferred when storage was so slow that the sweeper may have removed the due entry', async () => {
    const world = newWorld(NOW);
    world.around = ({ name }, run) => {
      if (name === 'due.put') world.nowMs += 3 * MINUTE;
      return run();
    };

    expect(await ingestItemAt(world, 0)).toEqual({ kind: 'later' });
    expect(await orderIn(world)).toBeUndefined();
  });

  it('Concurrent first items create one entry in the partner’s list, which the purge of the bulk order removes', async () => {
    const world = newWorld(NOW);
    world.around = (_, run) => {
      world.nowMs++;
      return run();
    };

    await Promise.all([0, 1, 2, 3].map((index) => ingestItemAt(world, index)));
    expect(await listedIn(world)).toEqual([BULK]);

    await deliver(world);
    await sweepAll(world, LIFECYCLE.retentionMs + 10 * MINUTE);
    expect(await listedIn(world)).toEqual([]);
  });

  it('The sweeper repairs the entry in the partner’s list when its first write failed', async () => {
    const world = newWorld(NOW);
    fail(world, is('bulkList.put'), 'before');
    await expect(ingestItemAt(world, 0)).rejects.toThrow('Crash.');
    heal(world);
    await ingestItemAt(world, 0);
    await deliver(world);

    await sweepAll(world, 10 * MINUTE);

    expect(await listedIn(world)).toEqual([BULK]);
  });

  it('Two concurrent deliveries of the first item create one item of one bulk order', async () => {
    const world = newWorld(NOW);

    const taken = await Promise.all([ingestItemAt(world, 0), ingestItemAt(world, 0)]);
    await deliver(world);

    expect(taken).toEqual([{ kind: 'taken' }, { kind: 'taken' }]);
    expect(world.orders.size).toBe(1);
  });
});

describe('a queued item', () => {
  const appendReturns = (result: AppendResult): World => {
    const world = newWorld(NOW);
    world.around = async ({ name }, run) => (name === 'bulk.append' ? result : run());
    return world;
  };

  it.each<[AppendResult['kind'], object]>([
    ['busy', { kind: 'later' }],
    ['full', { kind: 'refused', reason: 'BulkOrderFull' }],
    ['different', { kind: 'refused', reason: 'DuplicateReference' }],
  ])(
    'An item whose append returns "%s" is refused or deferred and sends no message',
    async (kind, ingested) => {
      const world = appendReturns({ kind } as AppendResult);

      expect(await ingestItemAt(world, 0)).toMatchObject(ingested);
      expect(world.bulkSent).toEqual([]);
    },
  );

  it('An item with a used reference is refused when its customer, cart or line items differ', async () => {
    const world = newWorld(NOW);
    await ingestItemAt(world, 0);
    const { index: _, ...item } = itemOf(0);
    const context = { watchdogMs: LIFECYCLE.watchdogMs, inFlight: 8, digestHex };
    const ingestAgain = (more: object) =>
      ingestItem(world.ports, { key: BULK, item: { ...item, ...more } }, context);

    expect(await ingestAgain({})).toEqual({ kind: 'taken' });
    for (const more of [{ customer: BULK.tenant }, { cartId: BULK.tenant }, { draft: undefined }]) {
      expect(await ingestAgain(more)).toMatchObject({ kind: 'refused', reason: 'DuplicateReference' });
    }
  });

  it('Items whose references count as equal are one item, with one cart', async () => {
    const world = newWorld(NOW);
    const ingestMessage = (reference: string) => {
      const body = {
        type: 'bulkOrderItem',
        version: 1,
        data: {
          tenant: BULK.tenant,
          bulkOrderId: BULK.bulkOrderId,
          reference,
          customerId: itemOf(0).customer,
          cart: { lineItems: [line()] },
        },
      };
      const read = readBulkItemMessage(body, (_, name) => uuidV8('item', name)) as QueuedItem;
      return ingestItem(world.ports, read, { watchdogMs: LIFECYCLE.watchdogMs, inFlight: 8, digestHex });
    };

    for (const reference of ['Z\u00fcrich  1', 'Zu\u0308rich 1', 'Z\u00fcri\u200bch\u00a01']) {
      expect(await ingestMessage(reference)).toEqual({ kind: 'taken' });
    }
    await deliver(world);

    const { views } = await readItems(world.ports, await orderIn(world), { most: 9 });
    expect({ items: views.length, orders: world.orders.size }).toEqual({ items: 1, orders: 1 });
  });

  it('An item beyond the maximum number of items is refused, whatever the lanes of the earlier ones', async () => {
    const { ports } = newWorld(NOW);
    const append = (n: number) => {
      const { index: _, ...item } = itemOf(n);
      const lane = Number.parseInt(digestHex(8, 'lane', item.reference), 16) % order.lanes;
      return ports.bulk.append(order, { item, lane, referenceHash: `${n}`, contentHash: '' });
    };
    await ingestItemAt({ ports }, 0);
    const { order } = (await ports.bulk.read(BULK)) as StoredBulkOrder;

    const kinds = new Set<string>();
    for (let n = 1; n < MAX_ITEMS; n++) kinds.add((await append(n)).kind);

    expect([...kinds]).toEqual(['appended']);
    expect(await append(MAX_ITEMS)).toEqual({ kind: 'full' });
  });

  it('The sweeper starts the lane of an item whose message could not be sent', async () => {
    const world = newWorld(NOW);
    fail(world, is('bulkQueue.send'), 'before');
    await expect(ingestItemAt(world, 0)).rejects.toThrow('Crash.'); // the broker redelivers the message, or dead-letters it
    heal(world);

    await sweepAll(world, 10 * MINUTE);
    await deliver(world);

    expect(world.orders.size).toBe(1);
  });

  it('An item that is appended to a leased lane sends no message, and the worker runs it before it releases the lane', async () => {
    const world = newWorld(NOW);
    await ingestItemAt(world, 0);
    let areAppended = false;
    world.around = async ({ name }, run) => {
      if (name === 'carts.insert' && !areAppended) {
        areAppended = true;
        const sent = world.bulkSent.length;
        for (let index = 2; index < 12; index++) await ingestItemAt(world, index);
        expect(world.bulkSent.length - sent).toBeLessThan(10);
      }
      return run();
    };

    await deliver(world);

    expect(areAppended).toBe(true);
    expect(world.orders.size).toBe(11);
    expect((await orderIn(world)).state).toBe('completed');
  });
});
