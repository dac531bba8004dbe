/** Spans, trace context and metrics as the SDK gets them. */
import { SpanStatusCode } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { record } from '../../shared/telemetry/metrics.ts';
import { METRICS, type MetricName } from '../../shared/telemetry/names.ts';
import { inSendSpan } from '../../shared/telemetry/sending.ts';
import { describeSpan, inSpan } from '../../shared/telemetry/span.ts';
import { currentTraceparent, spanContextOf, traceparentOf } from '../../shared/telemetry/traceContext.ts';
import { withTraceState } from '../../shared/telemetry/traceState.ts';
import { type Recording, startRecording } from './recording.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE}-b7ad6b7169203331-01`;

let recording: Recording;
beforeEach(() => {
  recording = startRecording();
});
afterEach(() => recording.close());

describe('Trace context', () => {
  it('A trace context is read and written in the W3C format', () => {
    const parsed = spanContextOf(TRACEPARENT);

    expect(parsed).toEqual({ traceId: TRACE, spanId: 'b7ad6b7169203331', traceFlags: 1, isRemote: true });
    expect(parsed && traceparentOf(parsed)).toBe(TRACEPARENT);
  });

  it('The tracestate of another vendor is kept unchanged', () => {
    expect(withTraceState(spanContextOf(TRACEPARENT), 'vendor=1')?.traceState?.serialize()).toBe('vendor=1');
  });

  it.each([
    [undefined],
    [''],
    ['00-a-b-01'],
    [`00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    [`00-${TRACE}-${'0'.repeat(16)}-01`],
    [5],
  ])('There is no trace context when the traceparent is %j', (text) => {
    expect(spanContextOf(text)).toBeUndefined();
  });
});

describe('Spans', () => {
  it('A span is a child of the current span, and ends with its operation', async () => {
    await inSpan('outer', {}, () => inSpan('inner', { attributes: { a: 1 } }, async () => undefined));

    const [inner, outer] = await recording.spans();
    expect(inner).toMatchObject({ name: 'inner', attributes: { a: 1 } });
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
    expect(outer?.parentSpanContext).toBeUndefined();
  });

  it('A span records the type of an error, and nothing of its message', async () => {
    const failing = inSpan('failing', {}, async () => {
      throw Object.assign(new TypeError('secret'), { code: 'ServiceBusy' });
    });

    await expect(failing).rejects.toThrow('secret');
    const [span] = await recording.spans();
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span?.attributes).toEqual({ 'error.type': 'ServiceBusy' });
    expect(span?.events).toEqual([]);
  });

  it('A span with a parent of another trace belongs to that trace, and links the current span', async () => {
    await inSpan('current', {}, () =>
      inSpan('elsewhere', { parent: spanContextOf(TRACEPARENT) }, async () => undefined),
    );

    const [elsewhere, current] = await recording.spans();
    expect(elsewhere?.spanContext().traceId).toBe(TRACE);
    expect(elsewhere?.links.map(({ context }) => context.spanId)).toEqual([current?.spanContext().spanId]);
  });

  it('A span without a parent starts another trace, and links the current span', async () => {
    await inSpan('lane', {}, () => inSpan('item', { parent: 'none' }, async () => undefined));

    const [item, lane] = await recording.spans();
    expect(item?.spanContext().traceId).not.toBe(lane?.spanContext().traceId);
    expect(item?.links.map(({ context }) => context.traceId)).toEqual([lane?.spanContext().traceId]);
  });

  it('A span can be described and renamed by the operation inside it', async () => {
    await inSpan('before', {}, async () => describeSpan(() => ({ attributes: { b: 2 }, name: 'after' })));

    expect((await recording.spans())[0]).toMatchObject({ name: 'after', attributes: { b: 2 } });
  });
});

describe('Sent messages', () => {
  const send = async (message: { applicationProperties?: Record<string, string> }) => {
    const sent: unknown[] = [];
    await inSendSpan('checkout', [{ body: {}, messageId: 'm', ...message }], async (messages) => {
      sent.push(...messages.map(({ applicationProperties }) => applicationProperties));
    });
    return sent[0] as Record<string, string>;
  };

  it('A sent message carries its span under the names that receivers and the Functions host read', async () => {
    const properties = await send({});

    const [span] = await recording.spans();
    const traceparent = span && traceparentOf(span.spanContext());
    expect(properties).toEqual({ traceparent, 'Diagnostic-Id': traceparent });
    expect(span).toMatchObject({
      name: 'send checkout',
      attributes: { 'messaging.system': 'servicebus', 'messaging.destination.name': 'checkout' },
    });
  });

  it('A sent message stays in the trace that it belongs to, and links the sender', async () => {
    const properties = await inSpan('sweepDue', {}, () =>
      send({ applicationProperties: { traceparent: TRACEPARENT } }),
    );

    const [sending, sweep] = await recording.spans();
    expect(spanContextOf(properties.traceparent)?.traceId).toBe(TRACE);
    expect(sending?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(sending?.links.map(({ context }) => context.spanId)).toEqual([sweep?.spanContext().spanId]);
  });

  it('The span of a sent message is a child of the current span of its trace', async () => {
    await inSpan('request', { parent: spanContextOf(TRACEPARENT) }, () =>
      send({ applicationProperties: { traceparent: TRACEPARENT } }),
    );

    const [sending, request] = await recording.spans();
    expect(sending?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
  });
});

describe('Metrics', () => {
  it.each(Object.keys(METRICS) as MetricName[])(
    'The metric %s is recorded under its name and unit',
    async (metric) => {
      record(metric, 2);

      const { name, kind } = METRICS[metric];
      const value = kind === 'histogram' ? { count: 1, sum: 2 } : 2;
      expect(await recording.values(name)).toEqual([{ value, attributes: {} }]);
    },
  );

  it('Every metric has a unique name', () => {
    const names = Object.values(METRICS).map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
  });

  it('A metric is recorded by the SDK that was opened last', async () => {
    record('checkouts', 1, { 'cartwright.outcome': 'ordered' });
    await recording.close();
    recording = startRecording();

    record('checkouts', 3, { 'cartwright.outcome': 'failed' });

    expect(await recording.values('cartwright.checkouts')).toEqual([
      { value: 3, attributes: { 'cartwright.outcome': 'failed' } },
    ]);
  });
});

it('Operations run without an SDK, and messages keep their trace context', async () => {
  await recording.close();
  const sent: unknown[] = [];

  const message = { body: {}, applicationProperties: { traceparent: TRACEPARENT } };
  await inSpan('request', {}, () =>
    inSendSpan('checkout', [message, { body: {} }], async (all) => void sent.push(...all)),
  );
  record('checkouts', 1);

  expect(currentTraceparent()).toBeUndefined();
  expect(sent).toEqual([
    { body: {}, applicationProperties: { traceparent: TRACEPARENT, 'Diagnostic-Id': TRACEPARENT } },
    { body: {} },
  ]);
});

it('Without an SDK, the description of a span is not even made', async () => {
  await recording.close();
  const describe = vi.fn(() => ({ attributes: {} }));

  await inSpan('request', {}, async () => describeSpan(describe));

  expect(describe).not.toHaveBeenCalled();
});
