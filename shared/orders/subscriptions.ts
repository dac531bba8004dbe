/**
 * Subscriptions of the ledger: what the lines of an order provision (docs/contract.md 25). They are not stored: the id of
 * a subscription has the id of its order and the number of its line, so that a subscription is found by one read. Pure.
 */
import { digestHex } from '../ids.ts';
import { termEndMs } from '../time.ts';
import type { Order, OrderLineItem } from './order.ts';

export interface Subscription {
  id: string;
  order: Order;
  line: OrderLineItem;
  status: 'active' | 'deleted';
  /** When the term ends, in epoch milliseconds; absent when the line has no term. */
  endsMs?: number | undefined;
}

/** The id of the subscription of an order line: a GUID of version 8 that begins with the order id (12 hex digits). */
export function subscriptionId(orderId: string, lineItemNumber: number, requestId: string): string {
  const line = lineItemNumber.toString(16).padStart(3, '0');
  const hash = digestHex(15, 'subscription', requestId, String(lineItemNumber));
  return `${orderId.slice(0, 8)}-${orderId.slice(8)}-8${line}-8${hash.slice(0, 3)}-${hash.slice(3)}`;
}

const ID = /^([0-9a-f]{8})-([0-9a-f]{4})-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The id of the order whose line has this subscription; `undefined` when the id is not one of the ledger's. */
export function orderIdOf(id: string): string | undefined {
  const [, first, second] = ID.exec(id) ?? [];
  return first === undefined ? undefined : `${first}${second}`;
}

/** The subscriptions of an order, in the order of its lines. */
export function subscriptionsOf(order: Order): Subscription[] {
  return order.lineItems.flatMap((line) => {
    if (line.subscriptionId === undefined) return [];
    const { termDuration } = line;
    return [
      {
        id: line.subscriptionId,
        order,
        line,
        status: order.status === 'cancelled' ? ('deleted' as const) : ('active' as const),
        endsMs: termDuration === undefined ? undefined : termEndMs(order.placedMs, termDuration),
      },
    ];
  });
}
