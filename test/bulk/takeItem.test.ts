/** Items that come one by one: which bulk order takes them, and which takes no more. */
import { expect, it } from 'vitest';
import { cancelBulkOrder, retryBulkOrder } from '../../shared/bulk/control.ts';
import { gatewayOf } from '../checkout/performing.ts';
import { newWorld, type World } from '../ports.ts';
import { LOOK, NOW, REFUSAL } from '../samples.ts';
import { arrive, BULK, deliver, orderIn, submitted, workIn } from './submitting.ts';

const IN_ANOTHER_LANE = 1;
const CLOSED = { kind: 'refused', reason: 'BulkOrderClosed' };
const retry = ({ ports }: World, ...states: ('failed' | 'cancelled')[]) =>
  retryBulkOrder(ports, BULK, states, LOOK);

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
