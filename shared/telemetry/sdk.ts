/**
 * The OpenTelemetry SDK, loaded only where telemetry is sent somewhere: it is larger than the service. Spans and metrics
 * are sent in batches, never within an invocation. Standard variables such as `OTEL_TRACES_SAMPLER` and
 * `OTEL_RESOURCE_ATTRIBUTES` are read by the SDK.
 */
import { randomUUID } from 'node:crypto';
import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { withTimeout } from '../timeouts.ts';
import type { ExportReport, ExportWatch } from './exportWatch.ts';
import { SCOPE } from './names.ts';
import { openTelemetryRecorder } from './openTelemetry.ts';
import { setRecorder } from './recorder.ts';

/** Where spans and metrics are sent. */
export interface Exporters {
  spans: SpanExporter;
  metrics: PushMetricExporter;
  /** What is known of their exports. */
  watches: readonly ExportWatch[];
}

export interface Telemetry {
  /** Sends what is buffered. Never throws, and ends within seconds: telemetry that cannot be sent is dropped. */
  flush(): Promise<void>;
  /** What an operator has to know about exports since the last call; `nowMs` is of a monotonic clock. */
  reports(nowMs: number): ExportReport[];
  /** The same as `flush`, and nothing is recorded afterwards. */
  close(): Promise<void>;
}

/** The worker grants its hooks five seconds at termination. */
const FLUSH_TIMEOUT_MS = 4_000;
/** Longest time that one export of metrics may take, in milliseconds. */
const EXPORT_TIMEOUT_MS = 30_000;

/**
 * Registers the SDK with these exporters as the one of this process. Metrics are sent every `metricIntervalMs`; sending
 * what is buffered takes at most `flushTimeoutMs`.
 */
export function openSdk(
  destinations: readonly Exporters[],
  metricIntervalMs: number,
  flushTimeoutMs: number = FLUSH_TIMEOUT_MS,
): Telemetry {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': SCOPE, 'service.instance.id': randomUUID() }))
    .merge(detectResources({ detectors: [envDetector] }));
  const tracerProvider = new BasicTracerProvider({
    resource,
    spanProcessors: destinations.map(({ spans }) => new BatchSpanProcessor(spans)),
  });
  const readerOf = ({ metrics: exporter }: Exporters) =>
    new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: metricIntervalMs,
      exportTimeoutMillis: Math.min(metricIntervalMs, EXPORT_TIMEOUT_MS),
    });
  const meterProvider = new MeterProvider({ resource, readers: destinations.map(readerOf) });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracerProvider);
  metrics.setGlobalMeterProvider(meterProvider);
  setRecorder(openTelemetryRecorder());
  return {
    flush: () => settled([tracerProvider.forceFlush(), meterProvider.forceFlush()], flushTimeoutMs),
    reports: (nowMs) =>
      destinations.flatMap(({ watches }) => watches.flatMap((watch) => watch.report(nowMs) ?? [])),
    async close() {
      await settled([tracerProvider.shutdown(), meterProvider.shutdown()], flushTimeoutMs);
      setRecorder(undefined);
      context.disable();
      trace.disable();
      metrics.disable();
    },
  };
}

/** Waits for the parts, whatever their outcome, but not for long. */
async function settled(parts: readonly Promise<void>[], withinMs: number): Promise<void> {
  await withTimeout(withinMs, Promise.allSettled(parts)).catch(() => undefined);
}
