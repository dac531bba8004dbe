/** The span and the metrics of an invocation: which trace it belongs to, and what it says of the trigger. */
import { InvocationContext } from '@azure/functions';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tracedHandler } from '../../shared/telemetry/invocation.ts';
import { type Recording, startRecording } from './recording.ts';

const OWN = '0af7651916cd43dd8448eb211c80319c';
const OTHER = '4bf92f3577b34da6a3ce929d0e0e4736';
const of = (trace: string, span: string) => `00-${trace}-${span.repeat(16)}-01`;
const NOW = Date.parse('2026-11-30T12:00:00Z');
const CART = 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605';

let recording: Recording;
beforeEach(() => {
  recording = startRecording();
});
afterEach(() => recording.close());

const contextOf = (
  trigger: Record<string, unknown>,
  { host, metadata = {} }: { host?: string; metadata?: Record<string, unknown> } = {},
) =>
  new InvocationContext({
    functionName: 'aFunction',
    invocationId: 'i-1',
    options: { trigger: { name: 't', ...trigger } as never },
    triggerMetadata: metadata,
    ...(host ? { traceContext: { traceParent: host, traceState: '', attributes: {} } } : {}),
  });

const QUEUE = { type: 'serviceBusTrigger', queueName: 'checkout' };

async function process(
  data: object,
  given: Parameters<typeof contextOf>[1] = {},
  run: () => Promise<void> = async () => undefined,
) {
  const handler = tracedHandler(run, () => NOW);
  await Promise.resolve(handler({ type: 'checkout', version: 1, data }, contextOf(QUEUE, given))).catch(
    () => undefined,
  );
  const [span] = await recording.spans();
  return span;
}

describe('Received messages', () => {
  it('A received message continues the trace of its sender', async () => {
    const span = await process({}, { metadata: { applicationProperties: { traceparent: of(OWN, '1') } } });

    expect(span).toMatchObject({ name: 'process checkout', kind: SpanKind.CONSUMER });
    expect(span?.parentSpanContext).toMatchObject({ traceId: OWN, spanId: '1'.repeat(16) });
  });

  it('The span of a message is inside the span of a host that reports invocations', async () => {
    const sent = { applicationProperties: { traceparent: of(OWN, '1') } };
    const span = await process({ traceparent: of(OWN, '0a') }, { host: of(OWN, '2'), metadata: sent });

    expect(span?.kind).toBe(SpanKind.INTERNAL);
    expect(span?.parentSpanContext?.spanId).toBe('2'.repeat(16));
  });

  it('A message stays in the trace that its body names, and its span links the span of the host', async () => {
    const span = await process({ traceparent: of(OWN, '1') }, { host: of(OTHER, '2') });

    expect(span?.parentSpanContext).toMatchObject({ traceId: OWN, spanId: '1'.repeat(16) });
    expect(span?.links.map(({ context }) => context.traceId)).toEqual([OTHER]);
  });

  it('The span of a message has the ids in its body, and nothing else of the body', async () => {
    const span = await process(
      {
        tenant: CART,
        cartId: CART,
        checkoutId: 'a name',
        attempt: 2,
        lane: 'secret',
        friendlyName: 'secret',
      },
      { metadata: { messageId: 'm-1', deliveryCount: 3 } },
    );

    expect(span?.attributes).toEqual({
      'faas.name': 'aFunction',
      'faas.invocation_id': 'i-1',
      'faas.trigger': 'pubsub',
      'messaging.system': 'servicebus',
      'messaging.destination.name': 'checkout',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.message.id': 'm-1',
      'messaging.servicebus.message.delivery_count': 3,
      'cartwright.tenant': CART,
      'cartwright.cart.id': CART,
      'cartwright.checkout.attempt': 2,
    });
  });

  it('The wait of a message for its first delivery is measured', async () => {
    const enqueuedTime = new Date(NOW - 12_000).toISOString();
    await process({}, { metadata: { enqueuedTime, deliveryCount: 1 } });
    await process({}, { metadata: { enqueuedTime, deliveryCount: 2 } });

    expect(await recording.values('cartwright.queue.lag')).toEqual([
      { value: { count: 1, sum: 12 }, attributes: { 'messaging.destination.name': 'checkout' } },
    ]);
  });

  it('A failed message is measured with the type of the error', async () => {
    const span = await process({}, {}, async () => {
      throw new RangeError('secret');
    });

    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(await recording.values('messaging.process.duration')).toMatchObject([
      { attributes: { 'error.type': 'RangeError', 'messaging.destination.name': 'checkout' } },
    ]);
  });
});

describe('Requests', () => {
  const HTTP = { type: 'httpTrigger' };
  const serve = async (sent: string | undefined, host: string | undefined, status = 200) => {
    const request = { headers: new Headers(sent ? { traceparent: sent } : {}) };
    await tracedHandler(async () => ({ status }))(request, contextOf(HTTP, host ? { host } : {}));
    return (await recording.spans())[0];
  };

  it('A request without a trace context starts a trace', async () => {
    const span = await serve(undefined, undefined);

    expect(span).toMatchObject({ kind: SpanKind.SERVER, attributes: { 'http.response.status_code': 200 } });
    expect(span?.parentSpanContext).toBeUndefined();
  });

  it('A request has a server span when the host passes on the context of the caller', async () => {
    const span = await serve(of(OWN, '1'), of(OWN, '1'));

    expect(span).toMatchObject({ kind: SpanKind.SERVER, parentSpanContext: { traceId: OWN } });
  });

  it('The span of a request is inside the span of a host that reports requests', async () => {
    const span = await serve(of(OWN, '1'), of(OWN, '2'));

    expect(span).toMatchObject({ kind: SpanKind.INTERNAL, parentSpanContext: { spanId: '2'.repeat(16) } });
  });

  it.each([
    [404, SpanStatusCode.UNSET],
    [503, SpanStatusCode.ERROR],
  ])('A request with the status %i has the span status %i', async (status, code) => {
    expect((await serve(undefined, undefined, status))?.status.code).toBe(code);
  });
});

it('A timer run is a trace named after its function', async () => {
  await tracedHandler(async () => undefined)({}, contextOf({ type: 'timerTrigger' }));

  expect((await recording.spans())[0]).toMatchObject({
    name: 'aFunction',
    attributes: { 'faas.trigger': 'timer' },
  });
});
