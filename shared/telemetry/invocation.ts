/**
 * The span and the metrics of an invocation, whatever its trigger. A message continues the trace that its body names: that
 * is the trace of the checkout, through retries, resends and replays. The host's context is the parent where it belongs to
 * the same trace, and a link where it does not.
 */
import type { FunctionHandler, InvocationContext } from '@azure/functions';
import type { Attributes, SpanContext } from '@opentelemetry/api';
import { record } from './metrics.ts';
import { ATTRIBUTES } from './names.ts';
import { errorType, inSpan, type SpanStart } from './span.ts';
import { spanContextOf } from './traceContext.ts';
import { withTraceState } from './traceState.ts';

/** The handler, with a span for each invocation. `now` returns epoch milliseconds. */
export function tracedHandler(handler: FunctionHandler, now: () => number = Date.now): FunctionHandler {
  return (input: unknown, context: InvocationContext) => {
    const run = async (): Promise<unknown> => handler(input, context);
    switch (context.options.trigger.type) {
      case 'httpTrigger':
        return traceRequest(input, context, run);
      case 'serviceBusTrigger':
        return traceMessage(input, context, { run, now });
      default:
        return inSpan(context.functionName, { parent: hostSpan(context), attributes: about(context) }, run);
    }
  };
}

const hostSpan = ({ traceContext }: InvocationContext): SpanContext | undefined =>
  withTraceState(spanContextOf(traceContext?.traceParent), traceContext?.traceState);

const about = ({ functionName, invocationId, options }: InvocationContext): Attributes => ({
  'faas.name': functionName,
  'faas.invocation_id': invocationId,
  'faas.trigger': TRIGGERS[options.trigger.type] ?? 'other',
});

const TRIGGERS: Record<string, string> = {
  httpTrigger: 'http',
  serviceBusTrigger: 'pubsub',
  timerTrigger: 'timer',
};

/**
 * A host that reports invocations has a span for this one, and another server or consumer span would be a second
 * request. A host that does not passes on the context of the sender.
 */
function kindOf<Kind extends 'server' | 'consumer'>(
  kind: Kind,
  host: SpanContext | undefined,
  sent: SpanContext | undefined,
): Kind | 'internal' {
  return host === undefined || host.spanId === sent?.spanId ? kind : 'internal';
}

/** The pipeline names the span, because only it knows which route a path belongs to. */
function traceRequest(
  input: unknown,
  context: InvocationContext,
  run: () => Promise<unknown>,
): Promise<unknown> {
  const { headers } = input as { headers: { get(name: string): string | null } };
  const parent = hostSpan(context);
  const kind = kindOf('server', parent, spanContextOf(headers.get('traceparent')));
  return inSpan(context.functionName, { kind, parent, attributes: about(context) }, async (span) => {
    const response = await run();
    const { status = 200 } = (response ?? {}) as { status?: number };
    span.setAttributes({ 'http.response.status_code': status });
    if (status >= 500) span.fail(String(status));
    return response;
  });
}

async function traceMessage(
  body: unknown,
  context: InvocationContext,
  { run, now }: { run: () => Promise<unknown>; now: () => number },
): Promise<unknown> {
  const { trigger } = context.options;
  const entity = String(trigger.queueName ?? trigger.topicName);
  const destination = { 'messaging.system': 'servicebus', 'messaging.destination.name': entity };
  const metadata = metadataOf(context);
  const beganMs = now();
  if (metadata.deliveryCount === 1 && Number.isFinite(metadata.enqueuedMs)) {
    const lagMs = Math.max(0, beganMs - metadata.enqueuedMs);
    record('queueLag', lagMs / 1_000, { 'messaging.destination.name': entity });
  }
  let error: Attributes = {};
  try {
    return await inSpan(
      `process ${entity}`,
      {
        ...messageStart(body, context, metadata),
        attributes: { ...destination, ...messageAttributes(body, context, metadata) },
      },
      run,
    );
  } catch (thrown) {
    error = { 'error.type': errorType(thrown) };
    throw thrown;
  } finally {
    record('processDuration', (now() - beganMs) / 1_000, { ...destination, ...error });
  }
}

interface Metadata {
  messageId: string;
  deliveryCount: number;
  /** When the message became available: of a scheduled message, the time for which it was scheduled. */
  enqueuedMs: number;
  /** The span that sent the message. */
  sender: SpanContext | undefined;
}

/** The metadata of a message. A member of its body may have replaced any of it, so only telemetry depends on it. */
function metadataOf({ triggerMetadata = {} }: InvocationContext): Metadata {
  const { messageId, deliveryCount, enqueuedTime, applicationProperties } = triggerMetadata;
  // The host writes the names of properties in camel case.
  const { traceparent } = (applicationProperties ?? {}) as Record<string, unknown>;
  return {
    messageId: String(messageId ?? '').slice(0, MAX_MESSAGE_ID),
    deliveryCount: Number(deliveryCount ?? 1),
    enqueuedMs: Date.parse(String(enqueuedTime)),
    sender: spanContextOf(traceparent),
  };
}

/** Service Bus accepts no longer message id. */
const MAX_MESSAGE_ID = 128;

/** The parent of a message's span: the nearest span of the trace that the body names. */
function messageStart(body: unknown, context: InvocationContext, { sender }: Metadata): SpanStart {
  const host = hostSpan(context);
  const own = spanContextOf(dataOf(body).traceparent);
  const kind = kindOf('consumer', host, sender);
  const nearest = host ?? sender;
  if (!own || own.traceId === nearest?.traceId) return { kind, parent: nearest };
  const same = own.traceId === sender?.traceId ? sender : own;
  return { kind, parent: same, links: nearest ? [nearest] : [] };
}

function messageAttributes(body: unknown, context: InvocationContext, metadata: Metadata): Attributes {
  const { subscriptionName } = context.options.trigger;
  return {
    ...about(context),
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.message.id': metadata.messageId,
    'messaging.servicebus.message.delivery_count': metadata.deliveryCount,
    ...(subscriptionName === undefined
      ? {}
      : { 'messaging.destination.subscription.name': String(subscriptionName) }),
    ...idsOf(dataOf(body)),
  };
}

const dataOf = (body: unknown): Record<string, unknown> =>
  ((body as { data?: unknown } | null | undefined)?.data ?? {}) as Record<string, unknown>;

const ID = /^[0-9a-f-]{36}$/i;
const IDS = ['tenant', 'cartId', 'checkoutId', 'bulkOrderId'] as const;
const NUMBERS = ['attempt', 'lane'] as const;

/** The ids in the data of a message; a value of another form is left out, because a sender may have put anything there. */
function idsOf(data: Record<string, unknown>): Attributes {
  const attributes: Attributes = {};
  for (const name of IDS) {
    const value = data[name];
    if (typeof value === 'string' && ID.test(value)) attributes[ATTRIBUTES[name]] = value;
  }
  for (const name of NUMBERS) {
    const value = data[name];
    if (typeof value === 'number') attributes[ATTRIBUTES[name]] = value;
  }
  return attributes;
}
