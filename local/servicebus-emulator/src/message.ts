/**
 * The data types of the broker: a message as sent, a message in a queue, and the outcomes of a delivery. AMQP sections
 * are kept as encoded bytes; only encoding.ts reads them.
 */

/** The encoded AMQP sections of a message as received. `properties` always contains a message id. */
export interface Sections {
  readonly header: Buffer | undefined;
  readonly annotations: Buffer | undefined;
  readonly properties: Buffer;
  readonly applicationProperties: Buffer | undefined;
  /** Everything after the application properties: the body and the footer. */
  readonly body: Buffer;
}

/** A message as a sender sent it. */
export interface SentMessage {
  readonly messageId: string;
  readonly sizeBytes: number;
  /** `Infinity` when the sender set no time to live. */
  readonly timeToLiveMs: number;
  /** The scheduled enqueue time in epoch milliseconds. */
  readonly scheduledForMs: number | undefined;
  readonly sections: Sections;
}

/** A message lock. `token` is a GUID that identifies the delivery in every settlement. */
export interface Lock {
  readonly token: string;
  readonly untilMs: number;
}

/** Application properties that a receiver or the broker set after the message was sent. */
export type PropertyChanges = Readonly<Record<string, unknown>>;

/** A message in a queue. */
export interface Message {
  readonly sent: SentMessage;
  readonly sequenceNumber: number;
  readonly enqueuedAtMs: number;
  readonly expiresAtMs: number;
  state: 'active' | 'deferred' | 'scheduled';
  /** Unsuccessful deliveries: 0 at the first delivery. */
  deliveryCount: number;
  lock: Lock | undefined;
  propertyChanges: PropertyChanges;
}

/** How a receiver settles a message that it has locked. */
export type Outcome =
  | { readonly kind: 'completed' }
  | { readonly kind: 'released' }
  | { readonly kind: 'abandoned'; readonly propertyChanges: PropertyChanges }
  | { readonly kind: 'deferred'; readonly propertyChanges: PropertyChanges }
  | { readonly kind: 'deadLettered'; readonly propertyChanges: PropertyChanges };

/** Lock the message until it is settled, or delete it on delivery. */
export type ReceiveMode = 'peekLock' | 'receiveAndDelete';
