/** Bulk orders and their items as the wire has them: ours, with Partner Center's conventions. */
import { type BulkKey, type BulkOrder, isEnded, type RejectedItem } from '../bulk/bulkOrder.ts';
import { type Counts, throughputOf } from '../bulk/progress.ts';
import type { ItemView } from '../bulk/readItems.ts';
import { timestamp } from '../time.ts';
import { link } from './orderResponse.ts';

export const bulkUri = ({ bulkOrderId }: Pick<BulkKey, 'bulkOrderId'>): string =>
  `/bulkorders/${bulkOrderId}`;

/** The body of a bulk order; `rejected` only in the answer to its submission. */
export function bulkOrderBody(
  order: BulkOrder,
  counts: Counts,
  { nowMs, rejected }: { nowMs: number; rejected?: readonly RejectedItem[] | undefined },
) {
  const uri = bulkUri(order);
  const { perMinute, estimatedEndMs } = throughputOf(order, counts, nowMs);
  const { pausedUntilMs = 0, endedMs } = order;
  return {
    id: order.bulkOrderId,
    reference: order.reference,
    state: order.state,
    errorPolicy: order.errorPolicy,
    repeats: order.repeats,
    label: order.label,
    createdTimestamp: timestamp(order.createdMs),
    startedTimestamp: timestamp(order.startedMs),
    endedTimestamp: endedMs === undefined ? undefined : timestamp(endedMs),
    pausedUntilTimestamp: !isEnded(order) && pausedUntilMs > nowMs ? timestamp(pausedUntilMs) : undefined,
    counts,
    ratePerMinute: perMinute === undefined ? undefined : Math.round(perMinute * 10) / 10,
    estimatedEndTimestamp: estimatedEndMs === undefined ? undefined : timestamp(Math.ceil(estimatedEndMs)),
    rejected: rejected?.length ? rejected : undefined,
    links: {
      self: link(uri),
      items: link(`${uri}/items`),
      csv: link(`${uri}/items.csv`),
      cancel: link(`${uri}/cancel`, 'POST'),
      retry: link(`${uri}/retry`, 'POST'),
    },
    attributes: { objectType: 'BulkOrder' },
  };
}

/** The body of an item. */
export function itemBody({ item, state, startedMs, checkoutId, outcome }: ItemView) {
  const { index, reference, customer, cartId } = item;
  return {
    index,
    reference,
    customerId: customer,
    cartId,
    state,
    orders: outcome?.orders ?? [],
    errors: outcome?.errors ?? [],
    alreadyOrdered: outcome?.firstOrderedMs === undefined ? undefined : true,
    firstOrderedTimestamp:
      outcome?.firstOrderedMs === undefined ? undefined : timestamp(outcome.firstOrderedMs),
    startedTimestamp: startedMs === undefined ? undefined : timestamp(startedMs),
    endedTimestamp: outcome && timestamp(outcome.endedMs),
    links: checkoutId === undefined ? {} : { cart: link(`/customers/${customer}/carts/${cartId}`) },
    attributes: { objectType: 'BulkOrderItem' },
  };
}

/** The body of an item that was rejected when the list was read. */
export function rejectedBody({ index, reference, problems }: RejectedItem) {
  return {
    index,
    reference,
    state: 'rejected',
    orders: [],
    errors: problems.map(({ path, message }) => ({ code: '800002', description: message, path })),
    links: {},
    attributes: { objectType: 'BulkOrderItem' },
  };
}

/** The body of a page of a collection; `next` is the query of the next one. */
export function pageBody(items: readonly unknown[], uri: string, next: URLSearchParams | undefined) {
  return {
    items,
    links: { self: link(uri), ...(next ? { next: link(`${uri}?${next}`) } : {}) },
    attributes: { objectType: 'Collection' },
  };
}

/** The names in the first line of the items' CSV. */
export const ITEM_COLUMNS = [
  'index',
  'reference',
  'customerId',
  'cartId',
  'state',
  'orders',
  'errorCode',
  'error',
] as const;

type ItemBody = ReturnType<typeof itemBody> | ReturnType<typeof rejectedBody>;

/** Items as CSV, with or without the line of names. */
export function itemsCsv(bodies: readonly ItemBody[], { header }: { header: boolean }): string {
  const rows = bodies.map((body) => {
    const [error] = body.errors;
    return [
      String(body.index),
      body.reference ?? '',
      'customerId' in body ? body.customerId : '',
      'cartId' in body ? body.cartId : '',
      body.state,
      body.orders.map(({ id }: { id: string }) => id).join(' '),
      error?.code ?? '',
      body.errors
        .map(({ description, ...where }) =>
          ['path' in where && where.path ? `${where.path}: ` : '', description].join(''),
        )
        .join('; '),
    ];
  });
  return csvOf(header ? [[...ITEM_COLUMNS], ...rows] : rows);
}

/** The rows, each ended by CRLF. */
export const csvOf = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');

function cell(value: string): string {
  const text = /^[=+\-@＝＋－＠\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
