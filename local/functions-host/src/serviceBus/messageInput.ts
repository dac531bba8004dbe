/**
 * Converts a Service Bus message to the input of a handler: the body, and the metadata that the extension adds.
 * Guarantees the names and .NET types of the extension's binding data, a delivery count that starts at 1, and
 * dates without a time zone under their older names.
 */
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { toDateTime, toDateTimeOffset } from '../dotnetDate.ts';
import type { InvocationInput } from '../functionInvoker.ts';
import type { TraceContext, TypedData } from '../worker/rpcTypes.ts';
import { applyBindingData } from './bindingData.ts';
import { bodyAsBytes, bodyAsText } from './messageBody.ts';

/** Converts a received message; throws when the body cannot be bound. */
export function toMessageInput(message: ServiceBusReceivedMessage, binary: boolean): InvocationInput {
  const metadata = toMetadata(message);
  const trace = readTraceContext(message);
  if (binary) return { data: { bytes: bodyAsBytes(message) }, triggerMetadata: metadata, ...trace };
  const text = bodyAsText(message);
  return { data: { string: text }, triggerMetadata: applyBindingData(metadata, text), ...trace };
}

/** Creates the input of a run on demand: the body, with minimal metadata. */
export function toManualMessageInput(text: string): InvocationInput {
  const metadata = {
    ...actions,
    DeliveryCount: json(0),
    ApplicationProperties: json({}),
    UserProperties: json({}),
  };
  return { data: { string: text }, triggerMetadata: applyBindingData(metadata, text) };
}

// The extension also passes internal objects, which serialize to empty objects.
const actions = Object.fromEntries(
  ['MessageReceiver', 'MessageSession', 'MessageActions', 'SessionActions', 'ReceiveActions', 'Client'].map(
    (name) => [name, json({})],
  ),
);

function toMetadata(message: ServiceBusReceivedMessage): Record<string, TypedData> {
  const properties = json(message.applicationProperties ?? {});
  return {
    ...actions,
    // The JavaScript client does not count the current delivery; .NET does.
    DeliveryCount: json((message.deliveryCount ?? 0) + 1),
    ...dates('ExpiresAt', message.expiresAtUtc),
    ...dates('EnqueuedTime', message.enqueuedTimeUtc),
    SequenceNumber: json(Number(message.sequenceNumber ?? 0)),
    ApplicationProperties: properties,
    UserProperties: properties,
    ...texts({
      DeadLetterSource: message.deadLetterSource,
      LockToken: message.lockToken,
      MessageId: message.messageId,
      ContentType: message.contentType,
      ReplyTo: message.replyTo,
      To: message.to,
      Subject: message.subject,
      Label: message.subject,
      CorrelationId: message.correlationId,
      SessionId: message.sessionId,
      ReplyToSessionId: message.replyToSessionId,
      PartitionKey: message.partitionKey,
    }),
  };
}

function dates(name: string, date: Date | undefined): Record<string, TypedData> {
  if (!date) return {};
  return { [`${name}Utc`]: json(toDateTime(date)), [name]: json(toDateTimeOffset(date)) };
}

// @azure/functions parses strings that are JSON: "12345" arrives as a number.
function texts(values: Readonly<Record<string, unknown>>): Record<string, TypedData> {
  const present = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(present.map(([name, value]) => [name, { string: String(value) }]));
}

function json(value: unknown): TypedData {
  return { json: JSON.stringify(value) };
}

function readTraceContext({ applicationProperties: properties = {} }: ServiceBusReceivedMessage): {
  traceContext?: TraceContext;
} {
  const traceParent = properties['Diagnostic-Id'] ?? properties.traceparent;
  if (typeof traceParent !== 'string') return {};
  return {
    traceContext: { traceParent, traceState: String(properties.tracestate ?? ''), attributes: {} },
  };
}
