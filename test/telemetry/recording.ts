/** The SDK with exporters in memory, for one test file: what the code recorded, span by span and value by value. */
import { AggregationTemporality, InMemoryMetricExporter, type MetricData } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { openSdk } from '../../shared/telemetry/sdk.ts';

export interface Recording {
  /** The spans that have ended, the earliest end first. */
  spans(): Promise<ReadableSpan[]>;
  /** The values of a metric: its number, or the count and sum of a histogram, with its dimensions. */
  values(name: string): Promise<{ value: unknown; attributes: object }[]>;
  close(): Promise<void>;
}

/** Records from now on, until it is closed. */
export function startRecording(): Recording {
  const spans = new InMemorySpanExporter();
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const sdk = openSdk([{ spans, metrics, watches: [] }], 3_600_000);
  return {
    async spans() {
      await sdk.flush();
      return spans.getFinishedSpans();
    },
    async values(name) {
      await sdk.flush();
      const latest =
        metrics
          .getMetrics()
          .at(-1)
          ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
      const found: MetricData | undefined = latest.find(({ descriptor }) => descriptor.name === name);
      return (found?.dataPoints ?? []).map(({ value, attributes }) => ({
        value: typeof value === 'number' ? value : { count: value.count, sum: value.sum },
        attributes,
      }));
    },
    close: () => sdk.close(),
  };
}
