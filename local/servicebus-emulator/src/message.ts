// The nouns that pass through the broker: what a sender hands in, what a queue makes of it, and what a receiver decides
// about it. Plain data; the AMQP sections are carried along as bytes that only encoding.ts opens.

/** The encoded AMQP sections of a message, as they came, except that `properties` always has a message id. */
export interface Sections {
  readonly header: Buffer | undefined;
  readonly annotations: Buffer | undefined;
  readonly properties: Buffer;
  readonly applicationProperties: Buffer | undefined;
  /** Everything after the application properties: the body and the footer. */
  readonly body: Buffer;
}

/** A message as a sender hands it in. */
export interface Parcel {
  readonly messageId: string;
  readonly sizeBytes: number;
  /** `Infinity` when the sender did not say. */
  readonly timeToLiveMs: number;
  readonly scheduledForMs: number | undefined;
  readonly sections: Sections;
}

/** A receiver's claim to a message; `token` is a GUID and names the message in every settlement. */
export interface Lock {
  readonly token: string;
  readonly untilMs: number;
}

/** Application properties that receivers or the broker put on a message after it was sent. */
export type Amendment = Readonly<Record<string, unknown>>;

/** A message in a queue. */
export interface Message {
  readonly parcel: Parcel;
  readonly sequenceNumber: number;
  readonly enqueuedAtMs: number;
  readonly expiresAtMs: number;
  state: 'active' | 'deferred' | 'scheduled';
  /** Deliveries that came to nothing, 0 at the first delivery. */
  deliveryCount: number;
  lock: Lock | undefined;
  amendment: Amendment;
}

/** What a receiver decides about a message it holds. */
export type Outcome =
  | { readonly kind: 'completed' }
  | { readonly kind: 'released' }
  | { readonly kind: 'abandoned'; readonly amendment: Amendment }
  | { readonly kind: 'deferred'; readonly amendment: Amendment }
  | { readonly kind: 'deadLettered'; readonly amendment: Amendment };

/** The two ways to receive: claim and settle, or take and forget. */
export type ReceiveMode = 'peekLock' | 'receiveAndDelete';
