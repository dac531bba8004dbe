/**
 * The desk's orders by customer and by request id, backed by the ledger. An order is visible to callers only when its
 * ledger line is written. While idempotency is on, concurrent requests with the same id create one order.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { type LedgerLine, openLedger } from './ledger.ts';
import { makeOrder, type Order, type OrderRequest } from './order.ts';

export interface Placement {
  readonly customer: string;
  readonly requestId: string;
  readonly request: OrderRequest;
  readonly idempotency: boolean;
}

export interface OrderBook {
  /** Creates the order, or returns the order of the same request id with `repeated`. */
  place(placement: Placement): Promise<{ order: Order; repeated: boolean }>;
  /** The orders of a customer with their creation times, including those that are being written. */
  ordersOf(customer: string): Promise<readonly Pick<LedgerLine, 'at' | 'order'>[]>;
  close(): Promise<void>;
}

/** Opens the order book with the orders of a ledger file. `nowMs` returns epoch milliseconds. */
export async function openOrderBook(ledgerFile: string, nowMs = Date.now): Promise<OrderBook> {
  const ledger = await openLedger(ledgerFile);
  const byCustomer = new Map<string, LedgerLine[]>();
  const byRequest = new Map<string, Promise<Order>>();
  // The ledger writes its lines in order: when the latest is written, all are.
  let latest: Promise<unknown> = Promise.resolve();
  for (const line of ledger.lines) {
    byRequest.set(requestKey(line), Promise.resolve(line.order));
    add(line);
  }

  function add(line: LedgerLine): Order {
    const lines = byCustomer.get(line.customer);
    if (lines === undefined) byCustomer.set(line.customer, [line]);
    else lines.push(line);
    return line.order;
  }

  async function create(placement: Placement): Promise<Order> {
    const line = ledgerLine(placement, nowMs());
    await ledger.append(line);
    return add(line);
  }

  return {
    async place(placement) {
      const key = requestKey(placement);
      const existing = placement.idempotency ? byRequest.get(key) : undefined;
      if (existing !== undefined) return { order: await existing, repeated: true };
      const created = create(placement);
      byRequest.set(key, created);
      latest = created.catch(() => undefined);
      // An order that could not be written does not exist: a retry creates it.
      created.catch(() => byRequest.delete(key));
      return { order: await created, repeated: false };
    },
    async ordersOf(customer) {
      await latest;
      return byCustomer.get(customer) ?? [];
    },
    close: ledger.close,
  };
}

function requestKey({ customer, requestId }: { customer: string; requestId: string }): string {
  return `${customer} ${requestId}`;
}

function ledgerLine({ customer, requestId, request }: Placement, at: number): LedgerLine {
  const orderId = randomBytes(6).toString('hex');
  return {
    at,
    requestId,
    customer,
    orderId,
    lines: request.lineItems.map(({ lineItemNumber, offerId, quantity }) => ({
      lineItemNumber,
      offerId,
      quantity,
    })),
    order: makeOrder(request, { customer, orderId, atMs: at, newSubscriptionId: randomUUID }),
  };
}
