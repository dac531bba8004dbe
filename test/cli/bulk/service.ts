/**
 * A bulk order service in memory that follows the API's contract: what is submitted ends at once, each item as it is
 * scripted, and with `repeats: skip` an item that was ordered before has its earlier orders.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

interface Submitted {
  reference?: string;
  repeats?: string;
  label?: string;
  items: { reference: string; customerId: string }[];
}

export interface FakeService {
  url: string;
  /** The bodies that were accepted, each once. */
  submitted: Submitted[];
  /** References whose items fail. */
  failing: Set<string>;
  /** References whose items the service rejects. */
  rejecting: Set<string>;
  /** Orders the failed items of every bulk order, as a retry does. */
  retryAll: () => void;
  /** How often a bulk order is running before it has ended. */
  runningFor: number;
  /** Replaces the response to a request, such as `GET /v1/bulkorders/…`; undefined leaves it as it is, status 0 drops it. */
  intercept?: ((request: string) => { status: number; body: string } | undefined) | undefined;
}

export const ORDERED = '2026-11-28T14:02:00.0000000Z';

export async function startFakeService(): Promise<FakeService> {
  const orders = new Map<string, { id: string; items: object[]; polls: number }>();
  const ordered = new Map<string, string>();
  const service: FakeService = {
    url: '',
    submitted: [],
    failing: new Set(),
    rejecting: new Set(),
    retryAll() {
      const items = [...orders.values()].flatMap((order) => order.items) as { state: string }[];
      for (const item of items.filter(({ state }) => state === 'failed')) {
        Object.assign(item, {
          state: 'succeeded',
          orders: [{ id: 'retried', orderGroupId: '0' }],
          errors: [],
        });
      }
    },
    runningFor: 0,
  };

  function itemOf({ label = '', repeats }: Submitted, one: Submitted['items'][number], index: number) {
    const key = JSON.stringify([one, label]);
    const before = repeats === 'skip' ? ordered.get(key) : undefined;
    if (service.rejecting.has(one.reference)) {
      const errors = [{ code: '800002', description: 'is not for sale', path: 'cart' }];
      return { index, reference: one.reference, state: 'rejected', orders: [], errors };
    }
    const isFailed = service.failing.has(one.reference);
    const order = before ?? `o${ordered.size + 1}`;
    if (!isFailed) ordered.set(key, order);
    return {
      index,
      reference: one.reference,
      customerId: one.customerId,
      cartId: 'x',
      state: isFailed ? 'failed' : 'succeeded',
      orders: isFailed ? [] : [{ id: order, orderGroupId: '0' }],
      errors: isFailed ? [{ code: '800023', description: 'No credit.' }] : [],
      endedTimestamp: ORDERED,
      ...(before === undefined ? {} : { alreadyOrdered: true, firstOrderedTimestamp: ORDERED }),
    };
  }

  function bodyOf({ id, items, polls }: { id: string; items: object[]; polls: number }) {
    const isRunning = polls < service.runningFor;
    const count = (test: (item: { state?: string; alreadyOrdered?: boolean }) => boolean) =>
      isRunning ? 0 : items.filter(test).length;
    return {
      id,
      state: isRunning ? 'running' : 'completed',
      errorPolicy: 'continue',
      createdTimestamp: ORDERED,
      endedTimestamp: isRunning ? undefined : ORDERED,
      counts: {
        total: items.length,
        waiting: isRunning ? items.length : 0,
        running: 0,
        succeeded: count(({ state, alreadyOrdered }) => state === 'succeeded' && !alreadyOrdered),
        alreadyOrdered: count(({ alreadyOrdered }) => alreadyOrdered === true),
        failed: count(({ state }) => state === 'failed'),
        cancelled: 0,
        rejected: count(({ state }) => state === 'rejected'),
      },
    };
  }

  function answer(request: string, requestId: string, body: string) {
    const [, id = '', what] = /^\w+ \/v1\/bulkorders\/?([^/?]*)\/?(\w*)/.exec(request) ?? [];
    if (id === '') {
      const before = orders.get(requestId);
      if (before) return bodyOf(before);
      const submitted = JSON.parse(body) as Submitted;
      service.submitted.push(submitted);
      const items = submitted.items.map((one, index) => itemOf(submitted, one, index));
      orders.set(requestId, { id: requestId, items, polls: 0 });
    }
    const order = orders.get(id === '' ? requestId : id);
    if (!order) return undefined;
    if (what === 'items') return { items: order.items, links: {} };
    const now = bodyOf(order);
    order.polls++;
    return now;
  }

  const server = createServer(async (incoming: IncomingMessage, response: ServerResponse) => {
    const body = (await incoming.toArray()).join('');
    const request = `${incoming.method} ${incoming.url}`;
    const other = service.intercept?.(request);
    if (other?.status === 0) return response.destroy();
    if (other) return response.writeHead(other.status).end(other.body);
    const found = answer(request, String(incoming.headers['ms-requestid']), body);
    return response
      .writeHead(found ? 200 : 404)
      .end(JSON.stringify(found ?? { code: '810001', description: 'None.' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return service;
}
