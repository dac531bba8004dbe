/** The state of an item over several retry generations, computed from its lane and its outcome. */
import { expect, it } from 'vitest';
import { cancelBulkOrder, retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import { readItems, viewItem } from '../../shared/bulk/readItems.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import type { GroupOutcome } from '../../shared/orders/gateway.ts';
import { gatewayOf, RETRY_LATER } from '../checkout/attemptFixture.ts';
import type { World } from '../support/ports.ts';
import { LIFECYCLE, MINUTE, REFUSAL } from '../support/samples.ts';
import {
  ATTEMPT_POLICY,
  BULK,
  deliver,
  itemOf,
  orderIn,
  outcomesIn,
  submitted,
  workIn,
} from './submitting.ts';

const REFUSED: GroupOutcome = { kind: 'refused', problem: REFUSAL };

const viewsIn = async (world: World) =>
  (await readItems(world.ports, await orderIn(world), { most: 10 })).views;
const statesIn = async (world: World) => (await viewsIn(world)).map(({ state }) => state);

/** Runs the checkout attempts that are due after three minutes, then processes the lane again. */
async function runRetries(world: World): Promise<void> {
  world.nowMs += 3 * MINUTE;
  for (const { message } of world.sent.splice(0)) await runAttempt(world.ports, message, ATTEMPT_POLICY);
  await workIn(world);
}

it('An item waits, runs and ends; a cancel ends waiting items, and a retry of cancelled items runs them', async () => {
  const world = await submitted({ items: 4, gateway: gatewayOf(RETRY_LATER, RETRY_LATER) });
  expect(await statesIn(world)).toEqual(['waiting', 'waiting', 'waiting', 'waiting']);

  await workIn(world);
  expect(await statesIn(world)).toEqual(['running', 'running', 'waiting', 'waiting']);

  await cancelBulkOrder(world.ports, BULK);
  await workIn(world);
  expect(await statesIn(world)).toEqual(['running', 'running', 'cancelled', 'cancelled']);

  await runRetries(world);
  expect(await statesIn(world)).toEqual(['succeeded', 'succeeded', 'cancelled', 'cancelled']);

  await retryBulkOrder(world.ports, BULK, ['cancelled'], LIFECYCLE);
  await deliver(world);
  expect(await statesIn(world)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
});

it('A failed item runs again after a retry, without the errors and times of the previous generation', async () => {
  const world = await submitted({ items: 2, gateway: gatewayOf(REFUSED, REFUSED, RETRY_LATER, RETRY_LATER) });
  await deliver(world);
  expect(await viewsIn(world)).toMatchObject(
    [0, 1].map(() => ({ state: 'failed', outcome: { errors: [{}] } })),
  );
  world.nowMs += MINUTE;
  const retriedMs = world.nowMs;

  await retryBulkOrder(world.ports, BULK, ['failed'], LIFECYCLE);
  await workIn(world);

  for (const view of await viewsIn(world)) {
    expect(view).toMatchObject({ state: 'running', startedMs: retriedMs });
    expect(view.outcome).toBeUndefined();
  }
  await runRetries(world);
  expect(await viewsIn(world)).toMatchObject(
    [0, 1].map(() => ({ state: 'succeeded', outcome: { errors: [], orders: [{}] } })),
  );
});

it('An item is found by the query for its state and by no other', async () => {
  const world = await submitted({ items: 3, gateway: gatewayOf(REFUSED, RETRY_LATER) });
  await workIn(world);
  const order = await orderIn(world);
  const states = ['waiting', 'running', 'succeeded', 'failed', 'cancelled'] as const;

  const found = await Promise.all(states.map((state) => readItems(world.ports, order, { state, most: 10 })));

  for (const [n, { views }] of found.entries()) {
    for (const { state } of views) expect(state).toBe(states[n]);
  }
  const indices = found.flatMap(({ views }) => views.map(({ item }) => item.index));
  expect(indices.sort()).toEqual([0, 1, 2]);
});

it('A missing item, lane or outcome is an error and never appears as another state', async () => {
  const world = await submitted({ items: 1 });
  await deliver(world);
  const order = await orderIn(world);
  const lanes = await world.ports.bulk.lanes(order);
  const [outcome] = await outcomesIn(world);

  expect(viewItem(order, lanes, { n: 0, item: itemOf(0), outcome })).toMatchObject({ state: 'succeeded' });
  expect(() => viewItem(order, lanes, { n: 0, item: itemOf(0) })).toThrow('no outcome for item 0');
  expect(() => viewItem(order, lanes, { n: 0, item: undefined, outcome })).toThrow('has no item 0');
  expect(() => viewItem(order, [], { n: 0, item: itemOf(0), outcome })).toThrow('no lane for item 0');
});
