/** Two bulk orders with `repeats: skip`: the second orders only what the first has not ordered. */
import { expect, it } from 'vitest';
import { canonicalContent } from '../../shared/bulk/itemIdentity.ts';
import { runLane } from '../../shared/bulk/processLane.ts';
import { submitBulkOrder } from '../../shared/bulk/submitBulkOrder.ts';
import type { CartDraft } from '../../shared/cart/cart.ts';
import { readCartRequest } from '../../shared/http/cartRequest.ts';
import { uuidV8 } from '../../shared/ids.ts';
import type { GroupOutcome } from '../../shared/orders/gateway.ts';
import { gatewayOf } from '../checkout/attemptFixture.ts';
import type { World } from '../support/ports.ts';
import {
  CREATE,
  DAY,
  HOUR,
  LIFECYCLE,
  line,
  MINUTE,
  placedOrder,
  REFUSAL,
  TWO_GROUPS,
} from '../support/samples.ts';
import { BULK, itemOf, outcomesIn, POLICY, submitted, workIn } from './submitting.ts';

const REFUSED: GroupOutcome = { kind: 'refused', problem: REFUSAL };
const placed = (orderId: string): GroupOutcome => ({ kind: 'placed', order: placedOrder({ orderId }) });
const SECOND = { ...BULK, bulkOrderId: uuidV8('second bulk order') };

/** Submits these items in another bulk order, processes it and returns how its items ended. */
async function resubmit(
  world: World,
  { items = [itemOf(0)], label, repeats = 'skip' as 'order' | 'skip', key = SECOND } = {} as {
    items?: ReturnType<typeof itemOf>[];
    label?: string;
    repeats?: 'order' | 'skip';
    key?: typeof SECOND;
  },
) {
  const draft = { errorPolicy: 'continue', items, rejected: [], repeats, label } as const;
  const context = { watchdogMs: LIFECYCLE.watchdogMs, inFlight: 4, modifiedBy: CREATE.modifiedBy, uuidV8 };
  const stored = await submitBulkOrder(world.ports, key, draft, context);
  if ('error' in stored) throw new Error(stored.error.description);
  await runLane(world.ports, { ...key, lane: 0 }, POLICY);
  const order = (await world.ports.bulk.read(key))?.order ?? stored.order;
  const [lane] = await world.ports.bulk.lanes(order);
  const outcomes = await world.ports.bulk.outcomes(key, { from: 0, to: 99 });
  return { outcomes, lane: lane?.lane };
}

async function firstOrdered(items = [itemOf(0)], ...outcomes: GroupOutcome[]) {
  const gateway = gatewayOf(...outcomes);
  const world = await submitted({ gateway, list: items, repeats: 'skip' });
  await workIn(world);
  const orderedMs = world.nowMs;
  world.nowMs += HOUR;
  return { world, gateway, orderedMs };
}

it('An item that an earlier bulk order ordered returns its orders and orders nothing', async () => {
  const { world, gateway, orderedMs } = await firstOrdered([itemOf(0)], placed('A'));

  const { outcomes, lane } = await resubmit(world);

  expect(gateway.calls).toHaveLength(1);
  expect(outcomes).toMatchObject([{ state: 'succeeded', firstOrderedMs: orderedMs, orders: [{ id: 'A' }] }]);
  expect(lane).toMatchObject({ succeeded: 0, alreadyOrdered: 1, failed: 0 });
});

it('Only the new items of an edited list are ordered, whatever their order', async () => {
  const { world, gateway } = await firstOrdered(
    [itemOf(0), itemOf(1)],
    placed('A'),
    placed('B'),
    placed('C'),
  );

  const { outcomes } = await resubmit(world, { items: [itemOf(2), itemOf(1), itemOf(0)] });

  expect(gateway.calls).toHaveLength(3);
  expect(
    outcomes.map(({ reference, firstOrderedMs }) => ({ reference, isRepeat: firstOrderedMs !== undefined })),
  ).toEqual([
    { reference: 'item 2', isRepeat: false },
    { reference: 'item 1', isRepeat: true },
    { reference: 'item 0', isRepeat: true },
  ]);
});

it.each([
  ['another quantity', { draft: { lineItems: [line({ quantity: 7 })] } }],
  ['another reference', { reference: 'another' }],
  ['another customer', { customer: '11111111-2222-4333-8444-555555555555' }],
])('An item with %s is a different item and is ordered', async (_, more) => {
  const { world, gateway } = await firstOrdered([itemOf(0)], placed('A'), placed('B'));

  await resubmit(world, { items: [{ ...itemOf(0), ...more }] });

  expect(gateway.calls).toHaveLength(2);
});

it('A new label orders the same items again, and its repeat orders nothing', async () => {
  const { world, gateway } = await firstOrdered([itemOf(0)], placed('A'), placed('B'));

  await resubmit(world, { label: 'May' });
  await resubmit(world, { label: 'May', key: { ...BULK, bulkOrderId: uuidV8('third bulk order') } });

  expect(gateway.calls).toHaveLength(2);
});

it('A bulk order that does not skip repeats orders its items again', async () => {
  const { world, gateway } = await firstOrdered([itemOf(0)], placed('A'), placed('B'));

  await resubmit(world, { repeats: 'order', items: [{ ...itemOf(0), cartId: uuidV8('a separate cart') }] });

  expect(gateway.calls).toHaveLength(2);
});

it('An item that was rejected by the gateway is ordered by the second submission', async () => {
  const { world, gateway } = await firstOrdered([itemOf(0)], REFUSED, placed('A'));

  const { outcomes, lane } = await resubmit(world);

  expect(gateway.calls).toHaveLength(2);
  expect(outcomes).toMatchObject([{ state: 'succeeded', orders: [{ id: 'A' }] }]);
  expect(lane).toMatchObject({ succeeded: 1, alreadyOrdered: 0 });
});

it('The second submission orders only the missing order group of a partly ordered item', async () => {
  const item = { ...itemOf(0), draft: { lineItems: TWO_GROUPS } };
  const { world, gateway } = await firstOrdered([item], placed('A'), REFUSED, placed('B'));

  const { outcomes } = await resubmit(world, { items: [item] });

  expect(gateway.calls).toHaveLength(3);
  expect(outcomes).toMatchObject([{ state: 'succeeded', orders: [{ id: 'A' }, { id: 'B' }] }]);
});

it('An item whose cart expired before it was ordered is ordered by the second submission', async () => {
  const { world, gateway } = await firstOrdered([itemOf(0)], REFUSED, placed('A'));
  world.nowMs += CREATE.lifetimeMs + DAY;

  const { outcomes } = await resubmit(world);

  expect(gateway.calls).toHaveLength(2);
  expect(outcomes).toMatchObject([{ state: 'succeeded', orders: [{ id: 'A' }] }]);
});

it('A worker that crashes after the order does not report that order as one of an earlier bulk order', async () => {
  const gateway = gatewayOf(placed('A'));
  const world = await submitted({ gateway, items: 1, repeats: 'skip' });
  let writes = 0;
  const { promise: crash, resolve: reportCrash } = Promise.withResolvers<void>();
  world.around = async ({ name }, run) => {
    if (name !== 'bulk.writeLane' || ++writes < 2) return run();
    reportCrash();
    return new Promise<never>(() => undefined);
  };
  await Promise.race([workIn(world), crash]);
  world.around = (_, run) => run();
  world.nowMs += 2 * MINUTE;

  await workIn(world);

  expect(gateway.calls).toHaveLength(1);
  expect(await outcomesIn(world)).toMatchObject([{ state: 'succeeded', orders: [{ id: 'A' }] }]);
  expect((await outcomesIn(world))[0]?.firstOrderedMs).toBeUndefined();
});

it('Content has one canonical form in every spelling', () => {
  const read = (json: unknown): CartDraft => {
    const result = readCartRequest(json);
    if ('error' in result) throw new Error(result.error.description);
    return result.draft;
  };
  const subscriptionId = '0d2c1b4e-5f66-4a53-9c7e-1f2a3b4c5d6e';
  const first = read({
    lineItems: [
      {
        ...{ id: 0, catalogItemId: 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB', quantity: 2, billingCycle: 'one_time' },
        provisioningContext: { subscriptionId, scope: 'shared' },
        customTermEndDate: '2027-02-19',
      },
    ],
  });
  const second = read({
    LineItems: [
      {
        ...{ BillingCycle: 'OneTime', Quantity: 2, CatalogItemId: 'dg7gmgf0dwtl:0001:dg7gmgf0dsjb', id: 5 },
        CustomTermEndDate: '2027-02-19T00:00:00Z',
        ProvisioningContext: { Scope: 'shared', SubscriptionId: `{${subscriptionId.toUpperCase()}}` },
        participants: [],
      },
    ],
  });

  expect(canonicalContent(second)).toBe(canonicalContent(first));
});

it('Content does not depend on the order of line items and participants, as in a file whose rows were sorted', () => {
  const participants = [
    { key: 'transaction_reseller', value: '1' },
    { key: 'additional_transaction_reseller', value: '2' },
  ] as const;
  const [one, other] = [line({ quantity: 1, participants: [...participants] }), line({ quantity: 2 })];
  const reversed = { ...one, participants: participants.toReversed() };

  expect(canonicalContent({ lineItems: [other, reversed] })).toBe(
    canonicalContent({ lineItems: [one, other] }),
  );
  expect(canonicalContent({ lineItems: [one, one] })).not.toBe(canonicalContent({ lineItems: [one] }));
});
