/** The `tracestate` of W3C trace context: what other vendors add to a trace. It is passed on unread. */
import { createTraceState, type SpanContext } from '@opentelemetry/api';

/** The identity of a span with the `tracestate` that came with it. */
export function withTraceState(
  context: SpanContext | undefined,
  tracestate: unknown,
): SpanContext | undefined {
  return context && typeof tracestate === 'string' && tracestate !== ''
    ? { ...context, traceState: createTraceState(tracestate) }
    : context;
}
