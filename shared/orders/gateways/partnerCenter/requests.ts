/** What Partner Center is sent for an order: the order itself, and the question what orders its customer has. */
import { randomUUID } from 'node:crypto';
import type { Placement } from '../../gateway.ts';
import type { UpstreamRequest } from './httpClient.ts';

/** An answer that is longer than so many bytes is none; a list may have ten thousand orders. */
const MOST_BYTES = { order: 4 * 2 ** 20, list: 64 * 2 ** 20 };

/** The order, with its request id also as reference, by which it is found again. */
export function placeOrderRequest({ requestId, order }: Placement): UpstreamRequest {
  const { isLegacy: _, ...body } = order;
  return {
    method: 'POST',
    path: ordersOf(order.referenceCustomerId),
    headers: { 'MS-RequestId': requestId, 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...body, externalReference: requestId }),
    mostBytes: MOST_BYTES.order,
  };
}

/** The link to a further page, as the page before it has it. */
export interface NextPage {
  uri: string;
  headers: { key: string; value: string }[];
}

/** The question for the orders of the customer, or for a further page of the answer: a new one each time, which nobody may answer as a repeat. */
export function listOrdersRequest({ order }: Placement, next?: NextPage): UpstreamRequest {
  return {
    method: 'GET',
    path: next ? `/v1${next.uri.replace(/^\/v1(?=\/)/i, '')}` : ordersOf(order.referenceCustomerId),
    headers: {
      ...Object.fromEntries(next?.headers.map(({ key, value }) => [key, value]) ?? []),
      'MS-RequestId': randomUUID(),
    },
    mostBytes: MOST_BYTES.list,
  };
}

const ordersOf = (customer: string): string => `/v1/customers/${customer}/orders`;
