/** Submit, list, read and cancel bulk orders, and retry their failed items. */
import * as z from 'zod';
import { isEnded, type RejectedItem } from '../../shared/bulk/bulkOrder.ts';
import type { StoredBulkOrder } from '../../shared/bulk/bulkPorts.ts';
import { cancelBulkOrder, retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import { getBulkOrder } from '../../shared/bulk/lifecycle.ts';
import { countItems } from '../../shared/bulk/progress.ts';
import { submitBulkOrder } from '../../shared/bulk/submitBulkOrder.ts';
import { bulkQuery } from '../../shared/http/bulkHead.ts';
import { bulkBodyReader } from '../../shared/http/bulkRequest.ts';
import { bulkOrderBody, bulkUri, pageBody } from '../../shared/http/bulkResponse.ts';
import { cursor, HEADERS } from '../../shared/http/parameters.ts';
import { bulkOrderPath } from '../../shared/http/resourceParameters.ts';
import type { ApiResponse } from '../../shared/http/response.ts';
import { retryBodyReader } from '../../shared/http/retryRequest.ts';
import { defineRoute, type Route } from '../../shared/http/route.ts';
import { retryKey } from '../../shared/idempotency.ts';
import { uuidV8 } from '../../shared/ids.ts';
import type { Ports } from '../../shared/ports.ts';
import { currentTraceparent } from '../../shared/telemetry/traceContext.ts';

const PAGE_SIZE = 20;
const LIST_CURSOR = /^\d{14}_[0-9a-f-]{36}$/;

const listQuery = z.object({
  after: cursor(
    (text) => LIST_CURSOR.test(text),
    '06863999999999_1c2f4a66-0d9e-8b1a-b7a3-5e2d90c4f811',
  ).optional(),
});

type ReadPorts = Pick<Ports, 'bulk' | 'now'>;

async function accepted(
  stored: StoredBulkOrder,
  ports: ReadPorts,
  rejected?: readonly RejectedItem[],
): Promise<ApiResponse> {
  const body = await bodyOf(stored, ports, rejected);
  const wait = isEnded(stored.order) ? {} : { 'Retry-After': '1' };
  return { status: 202, body, headers: { Location: `/v1${bulkUri(stored.order)}`, ...wait } };
}

async function bodyOf({ order }: StoredBulkOrder, ports: ReadPorts, rejected?: readonly RejectedItem[]) {
  const counts = countItems(order, await ports.bulk.lanes(order));
  return bulkOrderBody(order, counts, { nowMs: ports.now(), rejected });
}

const BULK = 'bulkorders';
const ONE = `${BULK}/{bulkOrderId}`;

export const bulkOrderRoutes: Route[] = [
  defineRoute({
    name: 'submitBulkOrder',
    method: 'POST',
    path: BULK,
    access: 'write',
    query: bulkQuery,
    headers: z.object({ traceparent: HEADERS.traceparent }),
    body: bulkBodyReader,
    async endpoint({ headers, body, caller, policies }, ports) {
      const stored = await submitBulkOrder(ports, body.key, body.draft, {
        inFlight: policies.bulkInFlight,
        watchdogMs: policies.lifecycle.watchdogMs,
        modifiedBy: caller.principal,
        traceparent: currentTraceparent() ?? headers.traceparent,
        currencyCode: policies.rules.currencyCode,
        uuidV8,
      });
      return 'error' in stored ? stored : accepted(stored, ports, body.draft.rejected);
    },
    docs: {
      tag: 'Bulk orders',
      summary: 'Submit a bulk order',
      description:
        'Up to 10,000 items and 16 MiB, as one JSON object, or as NDJSON with one item per line; with NDJSON, the other members are query parameters. If an item is malformed, nothing is accepted, and the error names each malformed item by index and path. With `acceptValid`, the other items are accepted. Each item is the checkout of a cart: an existing one, or a new one made of the line items given.',
      answers: {
        202: {
          when: 'Stored. Processing continues in the background.',
          schema: 'BulkOrder',
          headers: ['Location', 'Retry-After'],
        },
      },
      errors: ['invalidInput'],
    },
  }),
  defineRoute({
    name: 'listBulkOrders',
    method: 'GET',
    path: BULK,
    access: 'read',
    query: listQuery,
    async endpoint({ query, caller, policies }, ports) {
      const page = await ports.bulkList.page(caller.tenant, { after: query.after, most: PAGE_SIZE });
      const found = await Promise.all(page.keys.map((key) => getBulkOrder(ports, key, policies.lifecycle)));
      const items = await Promise.all(found.flatMap((one) => ('error' in one ? [] : [bodyOf(one, ports)])));
      const next = page.next === undefined ? undefined : new URLSearchParams({ after: page.next });
      return { status: 200, body: pageBody(items, '/bulkorders', next) };
    },
    docs: {
      tag: 'Bulk orders',
      summary: 'List bulk orders',
      description: 'Newest first.',
      answers: { 200: { when: 'A page of bulk orders.', schema: 'BulkOrders' } },
      errors: ['invalidInput'],
    },
  }),
  defineRoute({
    name: 'getBulkOrder',
    method: 'GET',
    path: ONE,
    access: 'read',
    params: bulkOrderPath,
    async endpoint({ params, caller, policies }, ports) {
      const key = { tenant: caller.tenant, bulkOrderId: params.bulkOrderId };
      const found = await getBulkOrder(ports, key, policies.lifecycle);
      return 'error' in found ? found : { status: 200, body: await bodyOf(found, ports) };
    },
    docs: {
      tag: 'Bulk orders',
      summary: 'Read a bulk order',
      description:
        'State, counters and estimated end. The cost does not depend on the number of items, so you can poll.',
      answers: { 200: { when: 'The bulk order.', schema: 'BulkOrder' } },
      errors: ['bulkOrderNotFound'],
    },
  }),
  defineRoute({
    name: 'cancelBulkOrder',
    method: 'POST',
    path: `${ONE}/cancel`,
    access: 'write',
    params: bulkOrderPath,
    async endpoint({ params, caller, policies }, ports) {
      const key = { tenant: caller.tenant, bulkOrderId: params.bulkOrderId };
      const found = await getBulkOrder(ports, key, policies.lifecycle);
      if ('error' in found) return found;
      const cancelled = await cancelBulkOrder(ports, found.order);
      return 'error' in cancelled ? cancelled : accepted(cancelled, ports);
    },
    docs: {
      tag: 'Bulk orders',
      summary: 'Cancel a bulk order',
      description:
        'Cancels items that have not started; running items end. A bulk order that has ended does not change.',
      answers: {
        202: {
          when: 'Cancellation accepted.',
          schema: 'BulkOrder',
          headers: ['Location', 'Retry-After'],
        },
      },
      errors: ['bulkOrderNotFound', 'bulkOrderBusy'],
    },
  }),
  defineRoute({
    name: 'retryBulkOrder',
    method: 'POST',
    path: `${ONE}/retry`,
    access: 'write',
    params: bulkOrderPath,
    body: retryBodyReader,
    /** A repeat of the call starts nothing (docs/contract.md 3.9). */
    async endpoint({ params, body, caller, identity, policies }, ports) {
      const key = { tenant: caller.tenant, bulkOrderId: params.bulkOrderId };
      const found = await getBulkOrder(ports, key, policies.lifecycle);
      if ('error' in found) return found;
      const retried = await retryBulkOrder(ports, found.order, body.states, {
        watchdogMs: policies.lifecycle.watchdogMs,
        idempotencyKey: retryKey(identity, key.bulkOrderId, body.digest),
      });
      return 'error' in retried ? retried : accepted(retried, ports);
    },
    docs: {
      tag: 'Bulk orders',
      summary: 'Retry failed items',
      description:
        'Runs the failed items again, or the items in the given `states`. It never repeats an order: of an item with several order groups, only the groups without an order are ordered. A repeat with the same `MS-RequestId` and body starts nothing and returns the bulk order.',
      answers: {
        202: { when: 'Retry accepted.', schema: 'BulkOrder', headers: ['Location', 'Retry-After'] },
      },
      errors: ['invalidInput', 'bulkOrderNotFound', 'bulkOrderRunning', 'bulkOrderBusy'],
    },
  }),
];
