/** The effects of webhooks: the store of registrations and deliveries, their queue, the pace, and the receiver. */
import type { CloudEvent } from '../events/cloudEvent.ts';
import type { InboundLimiter } from '../rateLimit/inboundLimiter.ts';
import type { Delivery, DeliveryKey } from './delivery.ts';
import type { ReceiverClient } from './receiverClient.ts';
import type { Registration } from './registration.ts';

export interface StoredRegistration {
  registration: Registration;
  etag: string;
}

export interface StoredDelivery {
  delivery: Delivery;
  etag: string;
}

export interface RegistrationStore {
  read(tenant: string): Promise<StoredRegistration | undefined>;
  /** Insert only: `undefined` when the partner has a registration already. */
  insert(registration: Registration): Promise<StoredRegistration | undefined>;
  /** With the ETag that was read: `undefined` when it has changed since, or is gone. */
  replace(registration: Registration, etag: string): Promise<StoredRegistration | undefined>;
  /** With the ETag that was read: false when it has changed since, or is gone. */
  remove(tenant: string, etag: string): Promise<boolean>;
}

export interface DeliveryStore {
  read(key: DeliveryKey): Promise<StoredDelivery | undefined>;
  /** Insert only: false when there is a delivery of this id already. */
  insert(delivery: Delivery): Promise<boolean>;
  /** With the ETag that was read: false when the delivery has changed since, or is gone. */
  replace(delivery: Delivery, etag: string): Promise<boolean>;
  /** Unconditional: to delete it twice has the same result. */
  remove(key: DeliveryKey): Promise<void>;
  /** Up to `most` deliveries behind the cursor `after`, newest first. */
  page(
    tenant: string,
    options: { after?: string | undefined; most: number },
  ): Promise<{ deliveries: Delivery[]; next: string | undefined }>;
  /** The deliveries of a customer's events. */
  ofCustomer(tenant: string, customer: string): Promise<Delivery[]>;
}

/** Says that an attempt is due; the row says everything else. */
export interface DeliveryMessage extends DeliveryKey {
  attempt: number;
  /** Whether the attempt has waited for its turn: then only the number of running calls limits it. */
  isDeferred?: boolean | undefined;
}

/** When a message is sent, and under which id: the broker drops a repeat of the id that arrives within minutes. */
export interface SendOptions {
  id: string;
  /** Epoch milliseconds; at once if absent. */
  atMs?: number | undefined;
}

export interface DeliveryQueue {
  send(message: DeliveryMessage, options: SendOptions): Promise<void>;
  /** Sends the replay of an exhausted delivery. */
  sendReplay(message: DeliveryMessage, options: SendOptions): Promise<void>;
  /** Sends an event whose deliveries could not be stored. */
  sendEvent(event: CloudEvent, options: SendOptions): Promise<void>;
}

/** Limits the calls to each partner's receiver, in number and in rate. */
export interface DeliveryPace {
  /** Begins a call, or says when to try again (epoch milliseconds). `done` is called with the duration of the call. */
  begin(
    tenant: string,
    options: { allowedPerMinute?: number | undefined; isDeferred: boolean },
  ): { done: (durationMs: number) => void } | { untilMs: number };
}

export interface WebhookPorts {
  registrations: RegistrationStore;
  deliveries: DeliveryStore;
  deliveryQueue: DeliveryQueue;
  pace: DeliveryPace;
  receiver: ReceiverClient;
  /** Limits the validation events that a partner requests. */
  limitValidations: InboundLimiter;
}
