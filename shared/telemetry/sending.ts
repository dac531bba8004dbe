/**
 * The span of sending messages, and the trace context that the messages carry. A message that belongs to a trace, because
 * its property `traceparent` says so, stays in that trace, whichever process sends it again; the sender is linked.
 */
import type { ServiceBusMessage } from '@azure/service-bus';
import { recorder } from './recorder.ts';
import { inSpan } from './span.ts';
import { currentSpanContext, spanContextOf, traceparentOf } from './traceContext.ts';

/**
 * Sends messages inside a span. Each carries the span as `traceparent`, and as `Diagnostic-Id`, which the Functions host
 * reads. Without an SDK, a message carries the `traceparent` that it has.
 */
export async function inSendSpan(
  entity: string,
  messages: readonly ServiceBusMessage[],
  send: (messages: ServiceBusMessage[]) => Promise<void>,
): Promise<void> {
  if (!recorder()) return send(messages.map(withTraceContext));
  const [first] = messages;
  const own = spanContextOf(first?.applicationProperties?.traceparent);
  const isOther = own !== undefined && own.traceId !== currentSpanContext()?.traceId;
  const attributes = {
    'messaging.system': 'servicebus',
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
    'messaging.destination.name': entity,
    ...(messages.length === 1
      ? { 'messaging.message.id': String(first?.messageId) }
      : { 'messaging.batch.message_count': messages.length }),
  };
  const start = { kind: 'producer', attributes, parent: isOther ? own : undefined } as const;
  await inSpan(`send ${entity}`, start, () => send(messages.map(withTraceContext)));
}

function withTraceContext(message: ServiceBusMessage): ServiceBusMessage {
  const current = currentSpanContext();
  const carried = message.applicationProperties?.traceparent;
  const traceparent = current ? traceparentOf(current) : carried;
  if (traceparent === undefined) return message;
  const tracestate = current?.traceState?.serialize();
  return {
    ...message,
    applicationProperties: {
      ...message.applicationProperties,
      traceparent,
      'Diagnostic-Id': traceparent,
      ...(tracestate ? { tracestate } : {}),
    },
  };
}
