/** What the service writes about its work, on a running stack with a collector: one trace for a checkout, metrics, log lines; and never what callers sent. */
import { randomBytes, randomUUID } from 'node:crypto';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  type MetricExport,
  pointsOf,
  type Span,
  spansOf,
  type TraceExport,
} from '../../local/traces/otlp.ts';
import { traceTree } from '../../local/traces/tree.ts';
import { METRICS } from '../../shared/telemetry/names.ts';
import type { Written } from '../support/sharedStacksMain.ts';
import { bulkClient, newItem } from './bulkClient.ts';
import { direct } from './deskClient.ts';
import { createCart, RESERVATION } from './orders.ts';
import { haveEnded, plantInErasure, plantInPassThrough, plantInWebhooks } from './plantSecrets.ts';
import { eventually, type Service, sharedService } from './running.ts';

let service: Service;
let bus: ServiceBusClient;
beforeAll(async () => {
  service = await sharedService('bulk');
  bus = new ServiceBusClient(service.serviceBusConnection);
});
afterAll(() => bus?.close());
beforeEach(() => direct(service, []));

const fetched: Written = { logs: [], exports: [] };

/** Everything that has been written, of which only what is new is fetched. */
async function written(): Promise<Written> {
  const { logs, exports } = fetched;
  const response = await fetch(`${inject('sharedStacks')}/written/${logs.length}/${exports.length}`);
  const recent = (await response.json()) as Written;
  logs.push(...recent.logs);
  exports.push(...recent.exports);
  return fetched;
}

const spansIn = ({ exports }: Written): Span[] =>
  exports.flatMap(({ path, body }) => (path === '/v1/traces' ? spansOf(body as TraceExport) : []));

const metricsIn = ({ exports }: Written) =>
  exports.flatMap(({ path, body }) => (path === '/v1/metrics' ? pointsOf(body as MetricExport) : []));

/** The spans of a trace, once spans with all these names have ended. */
const traceWith = (traceId: string, names: readonly string[]) =>
  eventually(async () => {
    const spans = spansIn(await written()).filter((span) => span.traceId === traceId);
    return names.every((name) => spans.some((span) => span.name === name)) && spans;
  });

describe('A checkout whose first attempt fails', () => {
  it('A checkout with a retry is one trace, from the request through the queue and both attempts to the event', async () => {
    const { path, customer, cartId } = await createCart(service.call);
    await direct(service, [{ match: { customer }, times: 1, answer: { status: 503 } }]);
    const traceId = randomBytes(16).toString('hex');
    const correlationId = randomUUID();
    const headers = { traceparent: `00-${traceId}-${'1'.repeat(16)}-01`, 'MS-CorrelationId': correlationId };

    const { status } = await service.call('POST', `${path}/checkout`, { headers });

    expect(status).toBe(201);
    const request = 'POST /v1/customers/{customerId}/carts/{cartId}/checkout';
    const spans = await traceWith(traceId, [request, 'send cart-events']);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const chain = (span: Span | undefined): string[] =>
      span ? [...chain(byId.get(span.parentSpanId ?? '')), span.name] : [];
    for (const span of spans) expect(chain(span)[0]).toBe(request);
    const attempts = spans
      .filter(({ name }) => name === 'POST')
      .map((post) => byId.get(post.parentSpanId ?? ''));
    expect(attempts.map((span) => span?.name)).toEqual(['place order', 'place order']);
    const numbers = attempts.map((span) => byId.get(span?.parentSpanId ?? '')?.attributes);
    expect(numbers.map((about) => about?.['cartwright.checkout.attempt'])).toEqual([1, 2]);
    const [published] = spans.filter(({ name }) => name === 'send cart-events');
    expect(chain(published).slice(0, 3)).toEqual([request, 'send checkout', 'process checkout']);
    expect(chain(published).slice(-3)).toEqual(['send checkout', 'process checkout', 'send cart-events']);
    expect(spans.find(({ name }) => name === request)).toMatchObject({
      kind: 'server',
      parentSpanId: '1'.repeat(16),
      attributes: { 'cartwright.cart.id': cartId, 'cartwright.correlation_id': correlationId },
    });
    expect(traceTree(spans)).toContain('└─ send cart-events');

    const lines = (await written()).logs.filter((line) => line.includes(cartId));
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ message: 'checkout will be retried', correlationId, cartId, traceId }),
    );
  });

  it('A checkout is measured: outcome, attempts, duration, gateway, queue', async () => {
    const wanted = [
      METRICS.checkouts,
      METRICS.checkoutAttempts,
      METRICS.checkoutDuration,
      METRICS.gatewayDuration,
      METRICS.queueLag,
      METRICS.processDuration,
      METRICS.clientRequestDuration,
    ];
    const { path } = await createCart(service.call);
    await service.call('POST', `${path}/checkout`);

    const points = await eventually(async () => {
      const all = metricsIn(await written());
      return wanted.every(({ name }) => all.some((point) => point.name === name)) && all;
    });

    const known = new Map(Object.values(METRICS).map((metric) => [metric.name as string, metric]));
    for (const { name, unit, attributes } of points) {
      expect(known.get(name)?.unit, name).toBe(unit);
      expect(known.get(name)?.dimensions, name).toEqual(expect.arrayContaining(Object.keys(attributes)));
    }
  });
});

it('An item of a bulk order is a separate trace, linked to the lane that ran it', async () => {
  const { submit, ended } = bulkClient(service);
  const { body } = await submit({ items: [newItem('one')] });
  await ended(body.id);

  const lane = await eventually(async () => {
    const spans = spansIn(await written()).filter(
      ({ attributes }) => attributes['cartwright.bulk_order.id'] === body.id,
    );
    const item = spans.find(({ name }) => name === 'bulk item');
    return spans.find(({ name, spanId }) => name === 'process bulk-lanes' && item?.links.includes(spanId));
  });

  expect(lane.attributes['cartwright.bulk_order.lane']).toBe(0);
});

describe('Data of callers', () => {
  const secret = `planted-${randomUUID()}`;
  const lineItem = {
    ...RESERVATION,
    friendlyName: secret,
    provisioningContext: { subscriptionId: secret, [secret]: secret },
  };
  const wrong = {
    ...lineItem,
    catalogItemId: secret,
    quantity: secret,
    participants: [{ key: secret, value: secret }],
  };

  const send = async (queue: string, ...bodies: unknown[]) => {
    const sender = bus.createSender(queue);
    await sender.sendMessages(bodies.map((body) => ({ body, applicationProperties: { secret } })));
    await sender.close();
  };

  /** Every way in, with content that is accepted, rejected and unreadable. */
  async function plant(token: string): Promise<void> {
    const customer = randomUUID();
    const carts = `/v1/customers/${customer}/carts`;
    const { call } = service;
    await call('GET', `/v1/customers/${secret}/carts/${secret}?${secret}=${secret}`);
    await call('GET', `/${secret}`, { token: `${token}x`, headers: { 'MS-RequestId': secret } });
    await call('POST', carts, { body: `{"lineItems":"${secret}` });
    await call('POST', carts, { body: { lineItems: [wrong] } });
    const { body: cart } = await call('POST', carts, { body: { lineItems: [lineItem] } });
    await call('PUT', `${carts}/${cart.id}`, { body: { ...cart, lineItems: [lineItem] } });
    await direct(service, [
      { match: { customer }, times: 1, answer: { status: 503, description: secret } },
      { match: { customer }, times: 1, answer: { status: 400, code: '3029', description: secret } },
    ]);
    await call('POST', `${carts}/${cart.id}/checkout`, { body: secret });
    await call('POST', `${carts}/${cart.id}/checkout`, { body: secret });
    const item = { reference: secret, customerId: customer, cart: { lineItems: [lineItem] } };
    const { status, body: bulk } = await call('POST', '/v1/bulkorders', {
      body: { reference: secret, items: [item] },
    });
    await call('POST', '/v1/bulkorders', { body: { items: [{ ...item, customerId: secret }] } });
    expect(status).toBe(202);
    await bulkClient(service).ended(bulk.id);
    await send('checkout', { type: secret, version: 1, data: { tenant: secret } }, secret);
    await send('bulk-lanes', { type: 'bulkLane', version: 1, data: { bulkOrderId: secret } });
    const queued = { tenant: randomUUID(), bulkOrderId: randomUUID(), ...item };
    await send('bulk-orders', { type: 'bulkOrderItem', version: 1, data: queued });
    await send(
      'bulk-orders',
      { type: 'bulkOrderItem', version: 1, data: { ...queued, catalogItemId: secret } },
      secret,
    );
    await sweep();
  }

  const sweep = () =>
    fetch(`${service.url}/admin/functions/sweepDue`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'x-functions-key': service.masterKey },
      body: '{"input":""}',
    });

  it('Data of callers is in no log line, span or metric', async () => {
    const token = await service.token({ user: randomUUID() });
    await plant(token);
    const caller: Service = {
      ...service,
      call: (method, path, options) => service.call(method, path, { token, ...options }),
    };
    const planted = [
      await plantInWebhooks(caller, secret, send),
      await plantInErasure(caller, secret, sweep),
      await plantInPassThrough(caller, secret),
    ];

    // All work has ended when its log lines and spans have arrived.
    const all = await eventually(async () => {
      const now = await written();
      const messages = [
        'unreadable message of checkout parked',
        'unreadable message of bulk-lanes parked',
        'bulk order item parked',
        'checkout will be retried',
      ];
      const names = spansIn(now).map(({ name }) => name);
      return (
        messages.every((message) => now.logs.some((line) => line.includes(message))) &&
        names.includes('sweepDue') &&
        haveEnded(planted, now) &&
        now
      );
    });

    const [, , signature = ''] = token.split('.');
    const forbidden = [secret, signature, ...planted.flatMap(({ secrets }) => secrets)];
    expect(forbidden.filter((text) => text.length < 20)).toEqual([]);
    for (const line of [...all.logs, ...all.exports.map((one) => JSON.stringify(one))]) {
      for (const text of forbidden) expect(line).not.toContain(text);
    }
  });
});
