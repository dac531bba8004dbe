/** Submission of a bulk order: stored once and completely, with a due entry before anything else. */
import { expect, it } from 'vitest';
import { jsonBytes, MAX_ITEM_BYTES } from '../../shared/bulk/partition.ts';
import { submitBulkOrder } from '../../shared/bulk/submitBulkOrder.ts';
import { uuidV8 } from '../../shared/ids.ts';
import { fail, heal, is } from '../checkout/attemptFixture.ts';
import { newWorld, type World } from '../support/ports.ts';
import { CREATE, KEY, LIFECYCLE, line, MINUTE, NOW } from '../support/samples.ts';
import { BULK, deliver, itemOf, listedIn, orderIn, submitted, sweepAll } from './submitting.ts';

const DRAFT = { errorPolicy: 'continue', repeats: 'order', items: [itemOf(0)], rejected: [] } as const;
const CONTEXT = { watchdogMs: LIFECYCLE.watchdogMs, inFlight: 2, modifiedBy: CREATE.modifiedBy, uuidV8 };

const submitIn = ({ ports }: World, draft: Parameters<typeof submitBulkOrder>[2] = DRAFT) =>
  submitBulkOrder(ports, BULK, draft, CONTEXT);

it('A bulk order is written after its due entry and its list, and before its entry in the partner’s list', async () => {
  const world = newWorld(NOW);

  await submitIn(world);

  expect(world.effects.map(({ name }) => name)).toEqual([
    'bulk.read',
    'due.put',
    'bulk.reserve',
    'bulk.putList',
    'bulk.insert',
    'bulkList.put',
    'bulkQueue.send',
  ]);
});

it('A repeated submission stores nothing and returns the existing bulk order', async () => {
  const world = await submitted({ items: 1 });
  await deliver(world);
  world.effects.length = 0;

  const repeated = await submitIn(world, { ...DRAFT, reference: 'of the repeat' });

  expect(repeated).toMatchObject({ order: { state: 'completed', reference: undefined } });
  expect(world.effects.map(({ name }) => name)).toEqual(['bulk.read', 'bulkList.put', 'bulkQueue.send']);
  await deliver(world);
  expect(world.orders.size).toBe(1);
});

it('Two concurrent submissions create one bulk order', async () => {
  const world = newWorld(NOW);
  world.around = (_, run) => {
    world.nowMs++;
    return run();
  };

  const [first, second] = await Promise.all([submitIn(world), submitIn(world)]);

  expect(second).toEqual(first);
  expect(await listedIn(world)).toEqual([BULK]);
  await deliver(world);
  expect(world.orders.size).toBe(1);
});

it('The sweeper repairs the entry in the partner’s list when its first write failed', async () => {
  const world = newWorld(NOW);
  fail(world, is('bulkList.put'), 'before');
  await expect(submitIn(world)).rejects.toThrow('Crash.');
  heal(world);

  await sweepAll(world, 10 * MINUTE);

  expect(await listedIn(world)).toEqual([BULK]);
});

it('A bulk order whose message could not be sent is started by the sweeper', async () => {
  const world = newWorld(NOW);
  fail(world, is('bulkQueue.send'), 'before');
  expect(await submitIn(world)).toHaveProperty('order');
  heal(world);

  await sweepAll(world, 10 * MINUTE);
  await deliver(world);

  expect(await orderIn(world)).toMatchObject({ state: 'completed' });
});

it('A submission fails when storing the list took so long that the sweeper may have deleted it', async () => {
  const world = newWorld(NOW);
  world.around = ({ name }, run) => {
    if (name === 'bulk.putList') world.nowMs += 3 * MINUTE;
    return run();
  };

  expect(await submitIn(world)).toMatchObject({ error: { name: 'serviceUnavailable' } });
  expect(await orderIn(world)).toBeUndefined();
});

it('Blocks fit into a row, also with characters of three bytes', async () => {
  const friendlyName = '注'.repeat(1_000);
  const list = Array.from({ length: 250 }, (_, index) => ({
    ...itemOf(index),
    customer: KEY.customer,
    draft: { lineItems: [line({ friendlyName }), line({ friendlyName })] },
  }));
  const world = await submitted({ list });

  const order = await orderIn(world);
  const blocks = await Promise.all(
    Array.from({ length: Math.ceil(list.length / order.blockSize) }, (_, n) =>
      world.ports.bulk.block(BULK, n * order.blockSize),
    ),
  );

  expect(blocks.flat()).toEqual(list);
  for (const block of blocks) expect(jsonBytes(block)).toBeLessThanOrEqual(MAX_ITEM_BYTES + block.length + 2);
});
