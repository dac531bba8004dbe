/** Which bulk orders a caller finds: its own that are there, until their retention ends. */
import { expect, it } from 'vitest';
import { getBulkOrder } from '../../shared/bulk/lifecycle.ts';
import type { World } from '../support/ports.ts';
import { DAY, KEY, LIFECYCLE } from '../support/samples.ts';
import { BULK, deliver, submitted } from './submitting.ts';

const GONE = { error: { name: 'bulkOrderNotFound' } };
const findIn = ({ ports }: World, key = BULK) => getBulkOrder(ports, key, LIFECYCLE);

it('one that has ended is there until its retention ends, also when nobody has swept', async () => {
  const world = await submitted();
  await deliver(world);

  world.nowMs += LIFECYCLE.retentionMs - 1;
  expect(await findIn(world)).toMatchObject({ order: { state: 'completed' } });
  world.nowMs += 1;
  expect(await findIn(world)).toMatchObject(GONE);
});

it('one that has not ended is there, however old', async () => {
  const world = await submitted();

  world.nowMs += LIFECYCLE.retentionMs + DAY;

  expect(await findIn(world)).toMatchObject({ order: { state: 'running' } });
});

it('one of another partner tenant, or of another id, is not there', async () => {
  const world = await submitted();

  expect(await findIn(world, { ...BULK, tenant: KEY.customer })).toMatchObject(GONE);
  expect(await findIn(world, { ...BULK, bulkOrderId: KEY.customer })).toMatchObject(GONE);
});
