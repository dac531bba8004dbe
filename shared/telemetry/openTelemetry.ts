/** Records with the OpenTelemetry API. Loaded with the SDK. */
import {
  type Attributes,
  context,
  isSpanContextValid,
  type Link,
  type Meter,
  metrics,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { METRICS, type Metric, type MetricName, SCOPE } from './names.ts';
import type { Recorder } from './recorder.ts';
import { errorType, type SpanStart } from './span.ts';

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

/** Records with the providers that are registered now. */
export function openTelemetryRecorder(): Recorder {
  const tracer = trace.getTracer(SCOPE);
  const meter = metrics.getMeter(SCOPE);
  const recorders = new Map<MetricName, (value: number, dimensions: Attributes) => void>();
  return {
    inSpan(name, start, run) {
      return tracer.startActiveSpan(name, optionsOf(start), contextOf(start.parent), async (span) => {
        try {
          return await run({
            setAttributes: (attributes) => span.setAttributes(attributes),
            fail: (type) => markFailed(span, type),
          });
        } catch (error) {
          markFailed(span, errorType(error));
          throw error;
        } finally {
          span.end();
        }
      });
    },
    describeSpan(attributes, name) {
      const span = trace.getActiveSpan();
      span?.setAttributes(attributes);
      if (name !== undefined) span?.updateName(name);
    },
    currentSpanContext,
    record(metric, value, dimensions) {
      const recordValue = recorders.get(metric) ?? recorderOf(meter, METRICS[metric]);
      recorders.set(metric, recordValue);
      recordValue(value, dimensions);
    },
  };
}

function currentSpanContext(): SpanContext | undefined {
  const current = trace.getActiveSpan()?.spanContext();
  return current && isSpanContextValid(current) ? current : undefined;
}

function optionsOf({ kind = 'internal', attributes = {}, parent, links = [] }: SpanStart) {
  const current = currentSpanContext();
  const isElsewhere = parent !== undefined && current !== undefined && parent !== current;
  return {
    kind: KINDS[kind],
    attributes,
    links: [...links, ...(isElsewhere ? [current] : [])].map((linked): Link => ({ context: linked })),
  };
}

const contextOf = (parent: SpanStart['parent']) =>
  parent === undefined
    ? context.active()
    : parent === 'none'
      ? ROOT_CONTEXT
      : trace.setSpanContext(context.active(), parent);

function markFailed(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function recorderOf(
  meter: Meter,
  { name, kind, unit, description, buckets }: Metric,
): (value: number, dimensions: Attributes) => void {
  const options = { unit, description };
  switch (kind) {
    case 'counter': {
      const counter = meter.createCounter(name, options);
      return (value, dimensions) => counter.add(value, dimensions);
    }
    case 'gauge': {
      const gauge = meter.createGauge(name, options);
      return (value, dimensions) => gauge.record(value, dimensions);
    }
    case 'histogram': {
      const advice = buckets ? { advice: { explicitBucketBoundaries: [...buckets] } } : {};
      const histogram = meter.createHistogram(name, { ...options, ...advice });
      return (value, dimensions) => histogram.record(value, dimensions);
    }
  }
}
