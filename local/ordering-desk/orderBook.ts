/**
 * The orders the desk has made, by customer and by request id, with the ledger behind them.
 * It promises that an order exists for callers only once its ledger line is written, and that two requests with
 * one id at the same moment make one order while idempotency is on. It knows nothing of HTTP.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { type LedgerLine, openLedger } from './ledger.ts';
import { makeOrder, type Order, type OrderRequest } from './order.ts';

export interface Placing {
  readonly customer: string;
  readonly requestId: string;
  readonly request: OrderRequest;
  readonly idempotency: boolean;
}

export interface OrderBook {
  /** Makes the order, or returns the one that this request id has made before. */
  place(placing: Placing): Promise<{ order: Order; repeated: boolean }>;
  /** The orders of a customer with when they were made, with those that are being written at this moment. */
  of(customer: string): Promise<readonly Pick<LedgerLine, 'at' | 'order'>[]>;
  close(): Promise<void>;
}

/** Opens the book on a ledger file, with the orders that stand there; the clock is in Unix milliseconds. */
export async function openOrderBook(ledgerFile: string, nowMs = Date.now): Promise<OrderBook> {
  const ledger = await openLedger(ledgerFile);
  const byCustomer = new Map<string, LedgerLine[]>();
  const byRequest = new Map<string, Promise<Order>>();
  // The ledger writes one line after the other: behind the latest, all are written.
  let latest: Promise<unknown> = Promise.resolve();
  for (const line of ledger.lines) {
    byRequest.set(requestKey(line), Promise.resolve(line.order));
    keep(line);
  }

  function keep(line: LedgerLine): Order {
    const lines = byCustomer.get(line.customer);
    if (lines === undefined) byCustomer.set(line.customer, [line]);
    else lines.push(line);
    return line.order;
  }

  async function make(placing: Placing): Promise<Order> {
    const line = ledgerLine(placing, nowMs());
    await ledger.append(line);
    return keep(line);
  }

  return {
    async place(placing) {
      const key = requestKey(placing);
      const before = placing.idempotency ? byRequest.get(key) : undefined;
      if (before !== undefined) return { order: await before, repeated: true };
      const made = make(placing);
      byRequest.set(key, made);
      latest = made.catch(() => undefined);
      // An order that could not be written is none: the repeat tries again.
      made.catch(() => byRequest.delete(key));
      return { order: await made, repeated: false };
    },
    async of(customer) {
      await latest;
      return byCustomer.get(customer) ?? [];
    },
    close: ledger.close,
  };
}

function requestKey({ customer, requestId }: { customer: string; requestId: string }): string {
  return `${customer} ${requestId}`;
}

function ledgerLine({ customer, requestId, request }: Placing, at: number): LedgerLine {
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
