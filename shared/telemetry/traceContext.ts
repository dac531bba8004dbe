/** W3C trace context: the text form of a span's identity, and back. `tracestate` is passed on unread. */
import {
  type Context,
  createTraceState,
  isSpanContextValid,
  type SpanContext,
  trace,
} from '@opentelemetry/api';

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** The identity in a `traceparent`; `undefined` when it has another form or is all zeros. */
export function spanContextOf(traceparent: unknown, tracestate?: unknown): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(String(traceparent)) ?? [];
  const parsed: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  if (!isSpanContextValid(parsed)) return undefined;
  return typeof tracestate === 'string' && tracestate !== ''
    ? { ...parsed, traceState: createTraceState(tracestate) }
    : parsed;
}

/** The `traceparent` of a span. */
export const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;

/** The identity of the current span; `undefined` outside a span, and without an SDK. */
export function currentSpanContext(context?: Context): SpanContext | undefined {
  const span = context ? trace.getSpan(context) : trace.getActiveSpan();
  const current = span?.spanContext();
  return current && isSpanContextValid(current) ? current : undefined;
}

/** The `traceparent` of the current span; `undefined` outside a span, and without an SDK. */
export function currentTraceparent(): string | undefined {
  const current = currentSpanContext();
  return current && traceparentOf(current);
}
