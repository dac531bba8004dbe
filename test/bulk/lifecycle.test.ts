/** The end of a bulk order: its event is published exactly once per end in the absence of failures, and at least once after them. */
import { describe, expect, it } from 'vitest';
import { cancelBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import type { GroupOutcome } from '../../shared/orders/gateway.ts';
import { fail, gatewayOf, heal, is } from '../checkout/attemptFixture.ts';
import type { World } from '../support/ports.ts';
import { LIFECYCLE, MINUTE, REFUSAL } from '../support/samples.ts';
import { BULK, deliver, orderIn, submitted, sweepAll, workIn } from './submitting.ts';

/** Longer than the time until the first check of a bulk order. */
const FIRST_CHECK_MS = 10 * MINUTE;

const publishedIn = ({ events }: World) => events.filter(({ type }) => type === 'bulkorder.completed.v1');

/** A bulk order whose end is recorded, but whose event could not be published. */
async function endedUnpublished(): Promise<World> {
  const world = await submitted();
  fail(world, ({ name, args }) => name === 'events.publish' && isBulk(args), 'before');
  await workIn(world);
  expect((await orderIn(world)).state).toBe('completed');
  expect(publishedIn(world)).toEqual([]);
  return world;
}
const isBulk = ([event]: unknown[]) => (event as { type: string }).type === 'bulkorder.completed.v1';

describe('an end that was recorded and not published', () => {
  it('The first check publishes the event of an end, however soon the bulk order ended', async () => {
    const world = await endedUnpublished();
    heal(world);

    await sweepAll(world, FIRST_CHECK_MS);

    expect(publishedIn(world)).toHaveLength(1);
  });

  it('A bulk order keeps its due entry until the event of its end is published', async () => {
    const world = await endedUnpublished();

    expect(await sweepAll(world, FIRST_CHECK_MS)).toMatchObject({ failed: 1 });
    heal(world);
    await sweepAll(world, MINUTE);

    expect(publishedIn(world)).toHaveLength(1);
  });

  it('The event of an end is published before the purge when no earlier check ran', async () => {
    const world = await endedUnpublished();
    heal(world);

    await sweepAll(world, LIFECYCLE.retentionMs + FIRST_CHECK_MS);

    expect(publishedIn(world)).toHaveLength(1);
    expect(await orderIn(world)).toBeUndefined();
  });

  it('The event of an end is not published again when the retention ends', async () => {
    const world = await endedUnpublished();
    heal(world);
    await sweepAll(world, FIRST_CHECK_MS);

    fail(world, is('events.publish'), 'before');
    await sweepAll(world, LIFECYCLE.retentionMs);

    expect(await orderIn(world)).toBeUndefined();
  });
});

it('A cancelled bulk order ends without a message to the lane that has no item left to start', async () => {
  const world = await submitted({ items: 5, inFlight: 8 });
  await workIn(world, 0);
  await cancelBulkOrder(world.ports, BULK);
  world.bulkSent = []; // the message to all lanes is lost

  await workIn(world, 1);

  expect((await orderIn(world)).state).toBe('cancelled');
  expect(publishedIn(world)).toMatchObject([{ data: { counts: { total: 5, succeeded: 3, cancelled: 2 } } }]);
});

it('A bulk order whose items were all rejected ends immediately', async () => {
  const world = await submitted({ items: 0 });

  await deliver(world);

  expect((await orderIn(world)).state).toBe('completed');
  expect(publishedIn(world)).toHaveLength(1);
});

it('With stopOnFirstError, a failed item stops every lane and not only its own', async () => {
  const refusal: GroupOutcome = { kind: 'refused', problem: REFUSAL };
  const gateway = gatewayOf(refusal);
  const world = await submitted({ gateway, items: 40, inFlight: 8, errorPolicy: 'stopOnFirstError' });
  world.bulkSent = [];

  await workIn(world, 0);
  await deliver(world);

  expect((await orderIn(world)).state).toBe('stopped');
  expect(publishedIn(world)).toHaveLength(1);
});
