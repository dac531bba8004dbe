/**
 * A Service Bus message as a handler gets it: the body as text (or bytes) and the metadata that the extension
 * adds. It promises the names and .NET types of the extension's binding data, a delivery count that starts at
 * 1, and dates without a time zone under their older names. It never talks to a broker.
 */
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { toDateTime, toDateTimeOffset } from '../dotnetDate.ts';
import type { InvocationInput } from '../functionInvoker.ts';
import type { TraceContext, TypedData } from '../worker/rpcTypes.ts';
import { applyBindingData } from './bindingData.ts';

/** The input of a function for a received message; throws when a string is asked of a body that is no UTF-8. */
export function toMessageInput(message: ServiceBusReceivedMessage, binary: boolean): InvocationInput {
  const bytes = bodyBytes(message);
  const metadata = metadataOf(message);
  if (binary) return { data: { bytes }, triggerMetadata: metadata, ...traceOf(message) };
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  return { data: { string: text }, triggerMetadata: applyBindingData(metadata, text), ...traceOf(message) };
}

/** The input for a message that was typed in by hand: a body, and next to no metadata. */
export function manualMessage(text: string): InvocationInput {
  const metadata = {
    ...actions,
    DeliveryCount: json(0),
    ApplicationProperties: json({}),
    UserProperties: json({}),
  };
  return { data: { string: text }, triggerMetadata: applyBindingData(metadata, text) };
}

// The extension passes its own objects along; they arrive as empty ones.
const actions = Object.fromEntries(
  ['MessageReceiver', 'MessageSession', 'MessageActions', 'SessionActions', 'ReceiveActions', 'Client'].map(
    (name) => [name, json({})],
  ),
);

function metadataOf(message: ServiceBusReceivedMessage): Record<string, TypedData> {
  const properties = json(message.applicationProperties ?? {});
  return {
    ...actions,
    // The JavaScript client counts the deliveries before this one.
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

// Strings go as strings, which the library parses as JSON where it can: "12345" arrives as a number.
function texts(values: Readonly<Record<string, unknown>>): Record<string, TypedData> {
  const present = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(present.map(([name, value]) => [name, { string: String(value) }]));
}

function json(value: unknown): TypedData {
  return { json: JSON.stringify(value) };
}

function bodyBytes({ body }: ServiceBusReceivedMessage): Uint8Array {
  if (body instanceof Uint8Array) return body;
  throw new Error('Only messages with a data section can be bound; this one has an AMQP value or sequence.');
}

function traceOf({ applicationProperties: properties = {} }: ServiceBusReceivedMessage): {
  traceContext?: TraceContext;
} {
  const traceParent = properties['Diagnostic-Id'] ?? properties.traceparent;
  if (typeof traceParent !== 'string') return {};
  return {
    traceContext: { traceParent, traceState: String(properties.tracestate ?? ''), attributes: {} },
  };
}
