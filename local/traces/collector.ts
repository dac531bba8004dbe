/**
 * A collector for this machine: receives spans and metrics by OTLP over HTTP, and reports the spans of a trace once no
 * further one has arrived for a while. A trace that continues later is reported again, as a whole.
 */
import { serveJson } from '../http/serveJson.ts';
import { type MetricExport, type Point, pointsOf, type Span, spansOf, type TraceExport } from './otlp.ts';

export interface CollectorOptions {
  /** Receives all spans of a trace that has become quiet. */
  onTrace?: (spans: readonly Span[]) => void;
  /** Receives the values of every export. */
  onMetrics?: (points: readonly Point[]) => void;
  /** Receives every export, with the path that it was sent to. */
  onExport?: (path: string, body: unknown) => void;
  /** How long no span has arrived when a trace is reported, in milliseconds. */
  quietMs?: number;
}

export interface Collector {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Of how many traces the spans are kept; those of the oldest are forgotten. */
const MAX_TRACES = 1_000;

/** Starts a collector on a free port of the loopback interface. */
export async function startCollector({
  onTrace = () => undefined,
  onMetrics = () => undefined,
  onExport = () => undefined,
  quietMs = 1_000,
}: CollectorOptions): Promise<Collector> {
  const traces = new Map<string, { spans: Span[]; timer: NodeJS.Timeout | undefined }>();

  function add(span: Span): void {
    const trace = traces.get(span.traceId) ?? { spans: [], timer: undefined };
    traces.delete(span.traceId); // keeps the map in the order of the last span
    traces.set(span.traceId, trace);
    trace.spans.push(span);
    clearTimeout(trace.timer);
    trace.timer = setTimeout(() => onTrace(trace.spans), quietMs);
    const [oldest] = traces.keys();
    if (traces.size > MAX_TRACES && oldest !== undefined) traces.delete(oldest);
  }

  const server = await serveJson(0, ({ path, body }) => {
    onExport(path, body);
    if (path === '/v1/traces') for (const span of spansOf((body ?? {}) as TraceExport)) add(span);
    else if (path === '/v1/metrics') onMetrics(pointsOf((body ?? {}) as MetricExport));
    else return { status: 404 };
    return { status: 200, body: {} };
  });
  return {
    url: server.url,
    async close() {
      for (const { timer } of traces.values()) clearTimeout(timer);
      await server.close();
    },
  };
}

/** Whether a trace is one of a checkout: of a storefront, or of an item of a bulk order. */
export const isCheckoutTrace = (spans: readonly Span[]): boolean =>
  spans.some(({ name }) => name === 'process checkout' || name === 'bulk item');

/** Settings with which the service sends its telemetry to a collector, often enough to watch it. */
export const tracingSettings = (url: string): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_BSP_SCHEDULE_DELAY: '200',
  OTEL_METRIC_EXPORT_INTERVAL: '1000',
});
