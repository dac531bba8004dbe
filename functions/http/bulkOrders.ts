/** Submit, list, follow and cancel bulk orders, and do what failed again. */
import { randomUUID } from 'node:crypto';
import { type BulkKey, isEnded, type RejectedItem } from '../../shared/bulk/bulkOrder.ts';
import type { StoredBulkOrder } from '../../shared/bulk/bulkPorts.ts';
import { cancelBulkOrder, retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import { getBulkOrder } from '../../shared/bulk/lifecycle.ts';
import { countItems } from '../../shared/bulk/progress.ts';
import { submitBulkOrder } from '../../shared/bulk/submitBulkOrder.ts';
import { type ApiError, apiError } from '../../shared/errors.ts';
import {
  MAX_BULK_BYTES,
  readBulkLines,
  readBulkRequest,
  readRetryRequest,
} from '../../shared/http/bulkRequest.ts';
import { bulkOrderBody, bulkUri, pageBody } from '../../shared/http/bulkResponse.ts';
import { readJson, readText } from '../../shared/http/json.ts';
import type { Endpoint, Route } from '../../shared/http/pipeline.ts';
import {
  bulkKeyOf,
  bytesOf,
  hashOf,
  type RequestContext,
  traceparentOf,
} from '../../shared/http/requestContext.ts';
import type { ApiResponse } from '../../shared/http/response.ts';
import { digestHex, uuidV8 } from '../../shared/ids.ts';
import type { Ports } from '../../shared/ports.ts';

const submit: Endpoint = async (call, ports) => {
  const { caller, policies, trace } = call;
  const bytes = await bytesOf(call);
  if ('error' in bytes) return bytes;
  const name = [caller.tenant, caller.app, trace.requestId, hashOf(bytes), call.request.query.toString()];
  const key: BulkKey = {
    tenant: caller.tenant,
    bulkOrderId: trace.hasClientRequestId ? uuidV8('bulk', ...name) : randomUUID(),
  };
  const read = readBody(call, bytes, key);
  if ('error' in read) return read;
  const stored = await submitBulkOrder(ports, key, read.draft, {
    inFlight: policies.bulkInFlight,
    watchdogMs: policies.lifecycle.watchdogMs,
    modifiedBy: caller.principal,
    traceparent: traceparentOf(call),
    uuidV8,
  });
  return 'error' in stored ? stored : accepted(stored, ports, read.draft.rejected);
};

function readBody({ request }: RequestContext, bytes: Uint8Array, { tenant, bulkOrderId }: BulkKey) {
  const cartIdOf = (reference: string) => uuidV8('bulkItem', tenant, bulkOrderId, reference);
  if (/ndjson|jsonl|json-seq/i.test(request.headers.get('Content-Type') ?? '')) {
    const read = readText(bytes, MAX_BULK_BYTES);
    return 'error' in read ? read : readBulkLines(read.text, request.query, { cartIdOf });
  }
  const read = readJson(bytes, MAX_BULK_BYTES);
  return 'error' in read ? read : readBulkRequest(read.json, { cartIdOf });
}

const get: Endpoint = async (call, ports) => {
  const found = await find(call, ports);
  return 'error' in found ? found : { status: 200, body: await bodyOf(found, ports) };
};

const PAGE = 20;
const LIST_CURSOR = /^\d{14}_[0-9a-f-]{36}$/;

const list: Endpoint = async (call, ports) => {
  const after = call.request.query.get('after') ?? undefined;
  if (after !== undefined && !LIST_CURSOR.test(after)) return { error: notACursor() };
  const { keys, next } = await ports.bulkList.page(call.caller.tenant, { after, most: PAGE });
  const found = await Promise.all(keys.map((key) => getBulkOrder(ports, key, call.policies.lifecycle)));
  const items = await Promise.all(found.flatMap((one) => ('error' in one ? [] : [bodyOf(one, ports)])));
  return {
    status: 200,
    body: pageBody(items, '/bulkorders', next ? new URLSearchParams({ after: next }) : undefined),
  };
};

const cancel: Endpoint = async (call, ports) => {
  const found = await find(call, ports);
  if ('error' in found) return found;
  const cancelled = await cancelBulkOrder(ports, found.order);
  return 'error' in cancelled ? cancelled : accepted(cancelled, ports);
};

/** A repeat with the same request id and body begins no other round. */
const retry: Endpoint = async (call, ports) => {
  const { caller, policies, trace } = call;
  const found = await find(call, ports);
  if ('error' in found) return found;
  const bytes = await bytesOf(call);
  if ('error' in bytes) return bytes;
  const read = readRetryRequest(bytes);
  if ('error' in read) return read;
  const name = [caller.app, found.order.bulkOrderId, trace.requestId, hashOf(bytes)];
  const retried = await retryBulkOrder(ports, found.order, read.states, {
    watchdogMs: policies.lifecycle.watchdogMs,
    idempotencyKey: trace.hasClientRequestId ? digestHex(16, 'retry', ...name) : undefined,
  });
  return 'error' in retried ? retried : accepted(retried, ports);
};

function find(
  call: RequestContext,
  ports: Ports,
): Promise<StoredBulkOrder | { error: ApiError }> | { error: ApiError } {
  const key = bulkKeyOf(call);
  return 'error' in key ? key : getBulkOrder(ports, key, call.policies.lifecycle);
}

async function accepted(
  stored: StoredBulkOrder,
  ports: Ports,
  rejected?: readonly RejectedItem[],
): Promise<ApiResponse> {
  const body = await bodyOf(stored, ports, rejected);
  const wait = isEnded(stored.order) ? {} : { 'Retry-After': '1' };
  return { status: 202, body, headers: { Location: `/v1${bulkUri(stored.order)}`, ...wait } };
}

async function bodyOf({ order }: StoredBulkOrder, ports: Ports, rejected?: readonly RejectedItem[]) {
  const counts = countItems(order, await ports.bulk.lanes(order));
  return bulkOrderBody(order, counts, { nowMs: ports.now(), rejected });
}

const notACursor = () =>
  apiError('invalidInput', 'after: should be what a page before said', {
    data: [{ path: 'after', message: 'should be what a page before said' }],
  });

const BULK = 'bulkorders';
const ONE = `${BULK}/{bulkOrderId}`;

export const bulkOrderRoutes: Route[] = [
  {
    name: 'submitBulkOrder',
    method: 'POST',
    path: BULK,
    access: 'write',
    endpoint: submit,
    docs: {
      tag: 'Bulk orders',
      summary: 'Submit a bulk order',
      description:
        'Up to 10,000 items and 16 MiB, as one JSON object, or as NDJSON with an item a line; then `reference`, `errorPolicy` and `acceptValid` stand in the query. Malformed items are all named, by index and path, and nothing is accepted; with `acceptValid` the others are. Each item is the checkout of a cart, one that is there or one that is made for it.',
      request: 'BulkRequest',
      lines: 'BulkItemRequest',
      query: ['reference', 'errorPolicy', 'acceptValid', 'repeats', 'label'],
      answers: {
        202: {
          when: 'Stored; it goes on by itself.',
          schema: 'BulkOrder',
          headers: ['Location', 'Retry-After'],
        },
      },
      errors: ['invalidInput'],
    },
  },
  {
    name: 'listBulkOrders',
    method: 'GET',
    path: BULK,
    access: 'read',
    endpoint: list,
    docs: {
      tag: 'Bulk orders',
      summary: 'List the partner’s bulk orders',
      description: 'The newest first.',
      query: ['after'],
      answers: { 200: { when: 'A page of them.', schema: 'BulkOrders' } },
      errors: ['invalidInput'],
    },
  },
  {
    name: 'getBulkOrder',
    method: 'GET',
    path: ONE,
    access: 'read',
    endpoint: get,
    docs: {
      tag: 'Bulk orders',
      summary: 'Follow a bulk order',
      description: 'What a look costs does not depend on the number of items.',
      answers: { 200: { when: 'How far it is.', schema: 'BulkOrder' } },
      errors: ['bulkOrderNotFound'],
    },
  },
  {
    name: 'cancelBulkOrder',
    method: 'POST',
    path: `${ONE}/cancel`,
    access: 'write',
    endpoint: cancel,
    docs: {
      tag: 'Bulk orders',
      summary: 'Cancel what has not begun',
      description: 'What runs goes on to its end. One that has ended stays as it is.',
      answers: {
        202: {
          when: 'Told to all that are at work.',
          schema: 'BulkOrder',
          headers: ['Location', 'Retry-After'],
        },
      },
      errors: ['bulkOrderNotFound', 'bulkOrderBusy'],
    },
  },
  {
    name: 'retryBulkOrder',
    method: 'POST',
    path: `${ONE}/retry`,
    access: 'write',
    endpoint: retry,
    docs: {
      tag: 'Bulk orders',
      summary: 'Do items again',
      description:
        'The failed items again, or what `states` names of `failed` and `cancelled`. An order that was made is never made again: of an item with several order groups only the missing ones are ordered. A repeat with the same `MS-RequestId` and body begins nothing, and answers with the bulk order as it stands.',
      request: 'BulkRetryRequest',
      answers: { 202: { when: 'It runs again.', schema: 'BulkOrder', headers: ['Location', 'Retry-After'] } },
      errors: ['invalidInput', 'bulkOrderNotFound', 'bulkOrderRunning', 'bulkOrderBusy'],
    },
  },
];
