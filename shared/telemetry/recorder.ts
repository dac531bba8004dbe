/**
 * What records the telemetry of this process. Nothing does until the SDK is open: a span or a value then costs one
 * comparison, and OpenTelemetry is not loaded.
 */
import type { Attributes, SpanContext } from '@opentelemetry/api';
import type { MetricName } from './names.ts';
import type { OpenSpan, SpanStart } from './span.ts';

export interface Recorder {
  /** Runs an operation as the current span, and ends the span with it. */
  inSpan<Result>(name: string, start: SpanStart, run: (span: OpenSpan) => Promise<Result>): Promise<Result>;
  /** Adds attributes to the current span, and renames it. */
  describeSpan(attributes: Attributes, name?: string): void;
  /** The identity of the current span; `undefined` outside a span. */
  currentSpanContext(): SpanContext | undefined;
  /** Adds to a counter, sets a gauge, or counts in a histogram. */
  record(metric: MetricName, value: number, dimensions: Attributes): void;
}

let current: Recorder | undefined;

/** What records; `undefined` without an SDK. */
export const recorder = (): Recorder | undefined => current;

/** Records with this one from now on; `undefined` records nothing. */
export function setRecorder(next: Recorder | undefined): void {
  current = next;
}
