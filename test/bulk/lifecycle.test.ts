/** A bulk order ends, and somebody is told, whatever fails on the way. */
import { describe, expect, it } from 'vitest';
import { cancelBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import type { GroupOutcome } from '../../shared/orders/gateway.ts';
import { fail, gatewayOf, heal, is } from '../checkout/attemptFixture.ts';
import type { World } from '../support/ports.ts';
import { LIFECYCLE, MINUTE, REFUSAL } from '../support/samples.ts';
import { BULK, deliver, orderIn, submitted, sweepAll, workIn } from './submitting.ts';

/** Longer than until the first look at a bulk order. */
const FIRST_LOOK_MS = 10 * MINUTE;

const toldIn = ({ events }: World) => events.filter(({ type }) => type === 'bulkorder.completed');

/** A bulk order whose end is recorded, and that nobody was told of. */
async function endedUntold(): Promise<World> {
  const world = await submitted();
  fail(world, ({ name, args }) => name === 'events.publish' && isBulk(args), 'before');
  await workIn(world);
  expect((await orderIn(world)).state).toBe('completed');
  expect(toldIn(world)).toEqual([]);
  return world;
}
const isBulk = ([event]: unknown[]) => (event as { type: string }).type === 'bulkorder.completed';

describe('an end that was recorded and not told', () => {
  it('is told by the first look, however soon the bulk order ended', async () => {
    const world = await endedUntold();
    heal(world);

    await sweepAll(world, FIRST_LOOK_MS);

    expect(toldIn(world)).toHaveLength(1);
  });

  it('keeps its hint until it is told', async () => {
    const world = await endedUntold();

    expect(await sweepAll(world, FIRST_LOOK_MS)).toMatchObject({ failed: 1 });
    heal(world);
    await sweepAll(world, MINUTE);

    expect(toldIn(world)).toHaveLength(1);
  });

  it('is told before nothing is left, when no look has come through until then', async () => {
    const world = await endedUntold();
    heal(world);

    await sweepAll(world, LIFECYCLE.retentionMs + FIRST_LOOK_MS);

    expect(toldIn(world)).toHaveLength(1);
    expect(await orderIn(world)).toBeUndefined();
  });

  it('is not told again when the retention of the bulk order ends', async () => {
    const world = await endedUntold();
    heal(world);
    await sweepAll(world, FIRST_LOOK_MS);

    fail(world, is('events.publish'), 'before');
    await sweepAll(world, LIFECYCLE.retentionMs);

    expect(await orderIn(world)).toBeUndefined();
  });
});

it('a lane of a list that has nothing left to begin need not hear of a cancel', async () => {
  const world = await submitted({ items: 5, inFlight: 8 });
  await workIn(world, 0);
  await cancelBulkOrder(world.ports, BULK);
  world.bulkSent = []; // the message to all lanes is lost

  await workIn(world, 1);

  expect((await orderIn(world)).state).toBe('cancelled');
  expect(toldIn(world)).toMatchObject([{ data: { counts: { total: 5, succeeded: 3, cancelled: 2 } } }]);
});

it('a bulk order of which every item was rejected ends at once', async () => {
  const world = await submitted({ items: 0 });

  await deliver(world);

  expect((await orderIn(world)).state).toBe('completed');
  expect(toldIn(world)).toHaveLength(1);
});

it('the first error stops every lane at once, not only the one that met it', async () => {
  const refusal: GroupOutcome = { kind: 'refused', problem: REFUSAL };
  const gateway = gatewayOf(refusal);
  const world = await submitted({ gateway, items: 40, inFlight: 8, errorPolicy: 'stopOnFirstError' });
  world.bulkSent = [];

  await workIn(world, 0);
  await deliver(world);

  expect((await orderIn(world)).state).toBe('stopped');
  expect(toldIn(world)).toHaveLength(1);
});
