/** `getBulkOrder` returns the bulk orders of the partner tenant until their retention ends. */
import { expect, it } from 'vitest';
import { getBulkOrder } from '../../shared/bulk/lifecycle.ts';
import type { World } from '../support/ports.ts';
import { DAY, KEY, LIFECYCLE } from '../support/samples.ts';
import { BULK, deliver, submitted } from './submitting.ts';

const GONE = { error: { name: 'bulkOrderNotFound' } };
const findIn = ({ ports }: World, key = BULK) => getBulkOrder(ports, key, LIFECYCLE);

it('An ended bulk order is returned until its retention ends, also before the sweeper purges it', async () => {
  const world = await submitted();
  await deliver(world);

  world.nowMs += LIFECYCLE.retentionMs - 1;
  expect(await findIn(world)).toMatchObject({ order: { state: 'completed' } });
  world.nowMs += 1;
  expect(await findIn(world)).toMatchObject(GONE);
});

it('A bulk order that has not ended is returned at any age', async () => {
  const world = await submitted();

  world.nowMs += LIFECYCLE.retentionMs + DAY;

  expect(await findIn(world)).toMatchObject({ order: { state: 'running' } });
});

it('A bulk order of another partner tenant or with another id is not found', async () => {
  const world = await submitted();

  expect(await findIn(world, { ...BULK, tenant: KEY.customer })).toMatchObject(GONE);
  expect(await findIn(world, { ...BULK, bulkOrderId: KEY.customer })).toMatchObject(GONE);
});
