/** Exporters to an OpenTelemetry collector: OTLP over HTTP with JSON, which every collector accepts. */
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { Exporters } from './sdk.ts';

/** Exporters to a collector at this base URL. `OTEL_EXPORTER_OTLP_HEADERS` is read by the exporters. */
export function otlpExporters(endpoint: string): Exporters {
  const base = endpoint.replace(/\/+$/, '');
  return {
    spans: new OTLPTraceExporter({ url: `${base}/v1/traces` }),
    metrics: new OTLPMetricExporter({ url: `${base}/v1/metrics` }),
  };
}
