/** W3C trace context: the text form of a span's identity, and back. */
import type { SpanContext } from '@opentelemetry/api';
import { recorder } from './recorder.ts';

/** An id of zeros only is invalid. */
const TRACEPARENT = /^[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** The identity in a `traceparent`; `undefined` when it has another form or is all zeros. */
export function spanContextOf(traceparent: unknown): SpanContext | undefined {
  const [, traceId, spanId, flags = ''] = TRACEPARENT.exec(String(traceparent)) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
}

/** The `traceparent` of a span. */
export const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;

/** The identity of the current span; `undefined` outside a span, and without an SDK. */
export const currentSpanContext = (): SpanContext | undefined => recorder()?.currentSpanContext();

/** The `traceparent` of the current span; `undefined` outside a span, and without an SDK. */
export function currentTraceparent(): string | undefined {
  const current = currentSpanContext();
  return current && traceparentOf(current);
}
