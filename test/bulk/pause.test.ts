/** A pause that the ordering gateway asks for over one item is kept to by the whole bulk order. */
import { expect, it } from 'vitest';
import type { BulkItem, BulkKey, BulkOrder } from '../../shared/bulk/bulkOrder.ts';
import { runItem } from '../../shared/bulk/runItem.ts';
import { runLane } from '../../shared/bulk/runLane.ts';
import { submitBulkOrder } from '../../shared/bulk/submit.ts';
import type { GroupOutcome } from '../../shared/checkout/conclude.ts';
import { performCheckout } from '../../shared/checkout/perform.ts';
import { guidOf } from '../../shared/ids.ts';
import type { OrderingGateway } from '../../shared/orders/gateway.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import { gatewayOf, RETRY_LATER } from '../checkout/performing.ts';
import { newWorld, type World } from '../ports.ts';
import { CREATE, KEY, line, MINUTE, NOW, RETRY, SECOND, TROUBLE } from '../samples.ts';

const BULK: BulkKey = { tenant: KEY.tenant, bulkOrderId: guidOf('bulk order') };
const PERFORM = { retry: RETRY, watchdogMs: 2 * MINUTE };
const POLICY = { create: CREATE, perform: PERFORM, guidOf };
const PAUSE_MS = 57 * SECOND;

const held = (by: 'pause' | 'limit'): GroupOutcome => {
  return { kind: 'held', problem: TROUBLE, ambiguous: false, waitMs: PAUSE_MS, by };
};
const itemOf = (index: number): BulkItem => ({
  index,
  reference: `item ${index}`,
  customer: KEY.customer,
  cartId: guidOf('cart of item', String(index)),
  draft: { lineItems: [line()] },
});

/** Three items in one lane, which runs two of them at a time. */
async function submitted(gateway: OrderingGateway): Promise<World> {
  const world = newWorld(NOW, gateway);
  const items = [0, 1, 2].map(itemOf);
  const draft = { errorPolicy: 'continue' as const, items, rejected: [] };
  const context = { watchdogMs: 2 * MINUTE, inFlight: 2, modifiedBy: CREATE.modifiedBy };
  await submitBulkOrder(world.ports, BULK, draft, context);
  return world;
}
const orderIn = async ({ ports }: World) => (await ports.bulk.read(BULK))?.order as BulkOrder;
const workIn = ({ ports }: World) => runLane(ports, { ...BULK, lane: 0 }, POLICY);

it.each([
  ['a pause', held('pause'), NOW + PAUSE_MS],
  ['a failure that names a time', RETRY_LATER, NOW + PAUSE_MS],
  ['our own limit', held('limit'), undefined],
])('an item that meets %s tells of it', async (_, answer, pauseUntilMs) => {
  const world = await submitted(gatewayOf(answer));
  const item = { running: { n: 0, sinceMs: NOW, atMs: NOW, mishaps: 0 }, read: async () => itemOf(0) };

  const result = await runItem(world.ports, await orderIn(world), item, POLICY);

  expect(result).toMatchObject({ kind: 'later', n: 0, atMs: NOW + PAUSE_MS + SECOND });
  expect(result).toHaveProperty('pauseUntilMs', pauseUntilMs);
});

it('no other item begins until the pause is over, though there is room for it', async () => {
  let calls = 0;
  const world = await submitted({
    async place(placement) {
      if (++calls === 1) return held('pause');
      await new Promise((resolve) => setImmediate(resolve)); // the pause is known by then
      return ledgerGateway.place(placement);
    },
  });

  await workIn(world);
  expect(await orderIn(world)).toMatchObject({ state: 'running', pausedUntilMs: NOW + PAUSE_MS });
  world.nowMs = NOW + PAUSE_MS - SECOND;
  await workIn(world);
  expect(calls).toBe(2);

  world.nowMs = NOW + MINUTE;
  for (const { message } of world.sent) await performCheckout(world.ports, message, PERFORM);
  await workIn(world);
  expect(calls).toBe(4);
  expect((await orderIn(world)).state).toBe('completed');
});
