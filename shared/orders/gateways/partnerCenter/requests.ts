/** The requests that Partner Center gets: the POST of an order, and the GET of a customer's order list. */
import { randomUUID } from 'node:crypto';
import type { Placement } from '../../gateway.ts';
import type { UpstreamRequest } from './httpClient.ts';

/** The longest responses that are read. A list may have ten thousand orders. */
const MAX_BYTES = { order: 4 * 2 ** 20, list: 64 * 2 ** 20 };

/** The POST of an order. Its request id is also its `externalReference`, by which it can be looked up. */
export function placeOrderRequest({ requestId, order }: Placement): UpstreamRequest {
  const { isLegacy: _, ...body } = order;
  return {
    method: 'POST',
    path: ordersPath(order.referenceCustomerId),
    headers: { 'MS-RequestId': requestId, 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...body, externalReference: requestId }),
    maxBytes: MAX_BYTES.order,
  };
}

/** The link to the next page of a list. */
export interface NextPage {
  uri: string;
  headers: { key: string; value: string }[];
}

/** The GET of a customer's order list, or of its next page. Each has a new request id, so that no cached response is returned. */
export function listOrdersRequest({ order }: Placement, next?: NextPage): UpstreamRequest {
  return {
    method: 'GET',
    path: next ? `/v1${next.uri.replace(/^\/v1(?=\/)/i, '')}` : ordersPath(order.referenceCustomerId),
    headers: {
      ...Object.fromEntries(next?.headers.map(({ key, value }) => [key, value]) ?? []),
      'MS-RequestId': randomUUID(),
    },
    maxBytes: MAX_BYTES.list,
  };
}

const ordersPath = (customer: string): string => `/v1/customers/${customer}/orders`;
