/**
 * Pages of a customer's orders. A page is bounded by a number of orders, by the size of the response, and by how many
 * rows are read for it, so that neither memory nor time depends on how many orders the customer has. The pages have
 * the order of the row keys, which never changes: a reader of all pages sees each order once.
 */
import type { BillingCycle } from '../catalog/billingCycles.ts';
import type { Order } from '../orders/order.ts';
import type { Ports } from '../ports.ts';

/** Largest sum of the items' JSON in a response, in bytes. */
export const MAX_LIST_BYTES = 8 * 1_024 * 1_024;
/** Rows read for one page at most. With a filter that few orders match, a page may be short and have a next one. */
const MAX_ROWS = 5_000;
/** Rows read at a time. */
const BATCH = 1_000;

/** Whether a text can be a cursor: it becomes part of a query. */
export const isOrderCursor = (text: string): boolean => /^[a-z0-9._~-]{1,500}$/.test(text);

export interface OrderQuery<Body> {
  billingCycle?: BillingCycle | undefined;
  /** Cursor of the last order that the previous page considered. */
  after?: string | undefined;
  most: number;
  bodyOf: (order: Order) => Body;
}

/** A page, and the cursor of the next one if there may be more orders. */
export async function readOrders<Body>(
  { orders }: Pick<Ports, 'orders'>,
  tenant: string,
  customer: string,
  { billingCycle, after, most, bodyOf }: OrderQuery<Body>,
): Promise<{ items: Body[]; next?: string | undefined }> {
  const items: Body[] = [];
  let bytes = 0;
  let read = 0;
  let last = after;
  for (;;) {
    const isFiltered = billingCycle !== undefined;
    const page = await orders.page(tenant, customer, {
      after: last,
      most: isFiltered ? BATCH : Math.min(BATCH, most - items.length),
    });
    for (const [n, { order, cursor }] of page.entries.entries()) {
      if (isFiltered && order.billingCycle !== billingCycle) {
        last = cursor;
        continue;
      }
      const body = bodyOf(order);
      bytes += Buffer.byteLength(JSON.stringify(body));
      if (bytes > MAX_LIST_BYTES && items.length > 0) return { items, next: last };
      items.push(body);
      last = cursor;
      const isLast = n === page.entries.length - 1 && !page.hasMore;
      if (items.length === most) return { items, next: isLast ? undefined : last };
    }
    read += page.entries.length;
    if (!page.hasMore) return { items };
    if (read >= MAX_ROWS) return { items, next: last };
  }
}
