/** Exporters to an OpenTelemetry collector: OTLP over HTTP with JSON, which every collector accepts. */
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { ExportWatch, watchedMetrics, watchedSpans } from './exportWatch.ts';
import type { Exporters } from './sdk.ts';

/** Exporters to a collector at this base URL. `OTEL_EXPORTER_OTLP_HEADERS` is read by the exporters. */
export function otlpExporters(endpoint: string): Exporters {
  const base = endpoint.replace(/\/+$/, '');
  const traces = new ExportWatch('collector', 'traces');
  const metrics = new ExportWatch('collector', 'metrics');
  return {
    spans: watchedSpans(new OTLPTraceExporter({ url: `${base}/v1/traces` }), traces),
    metrics: watchedMetrics(new OTLPMetricExporter({ url: `${base}/v1/metrics` }), metrics),
    watches: [traces, metrics],
  };
}
