/**
 * Watches the exports of one kind of telemetry to one destination, so that an operator learns of telemetry that does not
 * arrive. The first failure is reported at once, further ones at most every five minutes with their number, and the next
 * success once. A report has the type of the error, never its message, which may quote what was sent.
 */
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { errorType } from './span.ts';

type ExportResult = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** What an operator has to know about exports. */
export interface ExportReport {
  destination: string;
  signal: 'traces' | 'metrics';
  /** Exports that failed since the previous report. */
  failed: number;
  /** Why the last one failed: a status, or the type of an error; absent when exports succeed again. */
  reason?: string;
}

/** The code of an export that succeeded, in OpenTelemetry's `ExportResultCode`. */
const SUCCESS = 0;
/** Least time between two reports of failures, in milliseconds. */
const REPORTS_APART_MS = 300_000;

export class ExportWatch {
  readonly #about: Pick<ExportReport, 'destination' | 'signal'>;
  #failed = 0;
  #reason: string | undefined;
  #reportedMs = Number.NEGATIVE_INFINITY;
  #isReported = false;

  constructor(destination: string, signal: ExportReport['signal']) {
    this.#about = { destination, signal };
  }

  succeeded(): void {
    this.#reason = undefined;
  }

  /** `reason` is a status, or an error. */
  failed(reason: unknown): void {
    this.#reason = reasonOf(reason);
    this.#failed += 1;
  }

  /** What is to be reported now, if anything. `nowMs` is of a monotonic clock. */
  report(nowMs: number): ExportReport | undefined {
    const report = { ...this.#about, failed: this.#failed };
    if (this.#reason === undefined) {
      if (!this.#isReported) return undefined;
      this.#isReported = false;
      this.#failed = 0;
      return report;
    }
    if (this.#failed === 0 || nowMs - this.#reportedMs < REPORTS_APART_MS) return undefined;
    this.#reportedMs = nowMs;
    this.#isReported = true;
    this.#failed = 0;
    return { ...report, reason: this.#reason };
  }
}

/** A status, or the one that an error has as its code, else the type of the error. */
function reasonOf(reason: unknown): string {
  const status = typeof reason === 'number' ? reason : (reason as { code?: unknown } | undefined)?.code;
  return typeof status === 'number' ? String(status) : errorType(reason);
}

/** The exporter, with its results noted. */
export function watchedSpans(exporter: SpanExporter, watch: ExportWatch): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans, noted(watch, done)),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

/** The exporter, with its results noted. */
export function watchedMetrics(exporter: PushMetricExporter, watch: ExportWatch): PushMetricExporter {
  const { selectAggregationTemporality, selectAggregation } = exporter;
  return {
    export: (metrics, done) => exporter.export(metrics, noted(watch, done)),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
    ...(selectAggregationTemporality && {
      selectAggregationTemporality: selectAggregationTemporality.bind(exporter),
    }),
    ...(selectAggregation && { selectAggregation: selectAggregation.bind(exporter) }),
  };
}

const noted = (watch: ExportWatch, done: (result: ExportResult) => void) => (result: ExportResult) => {
  if (result.code === SUCCESS) watch.succeeded();
  else watch.failed(result.error);
  done(result);
};
