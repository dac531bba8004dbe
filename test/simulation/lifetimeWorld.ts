/**
 * What the history of several bulk orders works on: storage in memory that rejects some order rows for good, a gateway that
 * rejects some orders and recognizes request ids, and what each of them has seen. Knows nothing of the invariants.
 */
import type { BulkKey, ItemOutcome } from '../../shared/bulk/bulkOrder.ts';
import type { Cart } from '../../shared/cart/cart.ts';
import { WriteRejectedError } from '../../shared/errors.ts';
import { digestHex } from '../../shared/ids.ts';
import type { OrderingGateway } from '../../shared/orders/gateway.ts';
import type { Order } from '../../shared/orders/order.ts';
import { type Around, intercept } from '../support/intercept.ts';
import { newWorld, type World } from '../support/ports.ts';
import type { Random } from '../support/random.ts';
import { KEY, NOW, placedOrder, REFUSAL, SECOND } from '../support/samples.ts';

/** An order that the gateway has made. */
export interface MadeOrder {
  orderId: string;
  requestId: string;
  cartId: string;
  group: string;
  quantity: number;
  atMs: number;
  /** The bulk order whose checkout asked for it. */
  bulkOrderId: string | undefined;
}

export interface LifetimeWorld extends World {
  made: MadeOrder[];
  /** The latest state of each order group that a cart recorded, by request id. */
  states: Map<string, string>;
  /** Request ids whose order was ambiguous at some time: any bulk order of the item may have found it. */
  doubtful: Set<string>;
  /** The ids of the orders that each item has ever reported, by bulk order and number. */
  reported: Map<string, Set<string>>;
  /** What was wrong at some moment. */
  problems: Set<string>;
  /** Watches effects as they are done; goes around them, inside of what makes them fail. */
  watched: World['ports'];
}

const REFUSED_CHANCE = 0.3;
const REJECTED_ROWS = 8;

/** Whether storage rejects the row of an order, however often it is written. */
export const isRowRejected = (orderId: string): boolean => Number.parseInt(orderId, 16) % REJECTED_ROWS === 0;

export const itemKey = ({ bulkOrderId }: Pick<BulkKey, 'bulkOrderId'>, n: number) => `${bulkOrderId} ${n}`;

/** A world with nothing in it. */
export function lifetimeWorld(random: Random, count: (what: string) => void): LifetimeWorld {
  const owners = new Map<string, { cartId: string; group: string }>();
  const requesters = new Map<string, string | undefined>();
  const refused = new Map<string, boolean>();
  const made: MadeOrder[] = [];
  const states = new Map<string, string>();
  const doubtful = new Set<string>();
  const reported = new Map<string, Set<string>>();
  const problems = new Set<string>();

  const gateway: OrderingGateway = {
    maxPlacementMs: 5 * SECOND,
    async place({ requestId, order, nowMs }) {
      const isRefused = refused.get(requestId) ?? random.chance(REFUSED_CHANCE);
      refused.set(requestId, isRefused);
      if (isRefused) {
        count('refused');
        return { kind: 'refused', problem: REFUSAL };
      }
      const orderId = digestHex(12, 'order', requestId);
      const owner = owners.get(requestId);
      if (!owner) problems.add(`order ${orderId} was requested for no cart`);
      if (owner && !made.some((one) => one.requestId === requestId)) {
        const { checkout } = world.cart({ ...KEY, cartId: owner.cartId })?.cart ?? {};
        const quantity = order.lineItems.reduce((sum, line) => sum + line.quantity, 0);
        made.push({
          ...owner,
          requestId,
          orderId,
          quantity,
          atMs: world.nowMs,
          bulkOrderId: checkout?.bulkOrderId,
        });
      }
      return { kind: 'placed', order: placedOrder({ orderId, alternateId: orderId, placedMs: nowMs }) };
    },
  };
  const world = newWorld(NOW, gateway);

  const watch: Around = async ({ name, args }, run) => {
    if (name === 'carts.replace') noteOwners(args[0] as Cart);
    if (name === 'carts.commit' && (args[2] as Order[]).some(({ orderId }) => isRowRejected(orderId))) {
      count('rowRejected');
      throw new WriteRejectedError('The row is not accepted.');
    }
    if (name === 'carts.purge') await checkPurge(args[0] as Cart, String(args[1]));
    const answer = await run();
    if ((name === 'carts.replace' || name === 'carts.commit') && answer) noteStates(args[0] as Cart);
    if (name === 'bulk.writeLane' && answer) noteOutcomes(args[0] as BulkKey, args[3] as ItemOutcome[]);
    return answer;
  };

  function noteOwners({ cartId, checkout }: Cart): void {
    if (checkout) requesters.set(checkout.id, checkout.bulkOrderId);
    for (const { requestId, key: group } of checkout?.groups ?? []) owners.set(requestId, { cartId, group });
  }

  function noteStates({ checkout }: Cart): void {
    for (const { requestId, state } of checkout?.groups ?? []) {
      states.set(requestId, state);
      if (state === 'ambiguous') doubtful.add(requestId);
    }
  }

  function noteOutcomes(key: BulkKey, outcomes: readonly ItemOutcome[]): void {
    for (const { n, orders } of outcomes) {
      const before = reported.get(itemKey(key, n)) ?? new Set();
      const ids = new Set(orders.map(({ id }) => id));
      for (const id of before.difference(ids))
        problems.add(`item ${itemKey(key, n)} no longer reports order ${id}`);
      reported.set(itemKey(key, n), before.union(ids));
    }
  }

  /** A cart is not purged while the bulk order that requested its checkout can return to it. */
  async function checkPurge(key: Cart, etag: string): Promise<void> {
    const stored = world.cart(key);
    const checkoutId = stored?.cart.checkout?.id;
    if (stored?.etag !== etag || checkoutId === undefined) return;
    count('purged');
    const { keys } = await world.ports.bulkList.page(KEY.tenant, { most: 99 });
    for (const bulk of keys.filter(({ bulkOrderId }) => bulkOrderId === requesters.get(checkoutId))) {
      const outcomes = await world.ports.bulk.outcomes(bulk, { from: 0, to: 99 });
      const open = outcomes.find((one) => one.checkoutId === checkoutId);
      if (open) problems.add(`the cart of item ${itemKey(bulk, open.n)} was purged before its bulk order`);
    }
  }

  return Object.assign(world, {
    made,
    states,
    doubtful,
    reported,
    problems,
    watched: intercept(world.ports, watch),
  });
}
