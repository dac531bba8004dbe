// The receiving side of a queue, a subscription or a dead-letter queue: who gets which message, and where it goes when
// that came to nothing. It promises delivery in the order of sequence numbers, turn by turn over the consumers, and
// that no message is with two receivers while its lock holds. It knows nothing of AMQP or of senders.

import type { Agenda, Appointment } from './agenda.ts';
import type { Clock } from './clock.ts';
import { type Consumer, Consumers } from './consumers.ts';
import { Heap } from './heap.ts';
import { Locks } from './locks.ts';
import type { Amendment, Message, Outcome, Parcel, ReceiveMode } from './message.ts';
import type { QueueSettings } from './settings.ts';

export interface QueueParts {
  readonly settings: QueueSettings;
  readonly clock: Clock;
  readonly agenda: Agenda;
  /** Where dead letters go; a dead-letter queue has none and keeps its messages. */
  readonly deadLetters: Queue | undefined;
}

/** Messages between their arrival and their completion. */
export class Queue {
  readonly #parts: QueueParts;
  readonly #messages = new Map<number, Message>();
  readonly #expiries = new Map<Message, Appointment>();
  readonly #locks: Locks;
  readonly #consumers = new Consumers();
  // May name messages that have left or are locked by now; take() passes over those.
  readonly #waiting = new Heap<number>((a, b) => a < b);
  #bytes = 0;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    const { clock, agenda, settings } = parts;
    const onExpired = (message: Message) => this.#fail(message, {});
    this.#locks = new Locks({ lockMs: settings.lockMs, clock, agenda, onExpired });
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#messages.size;
  }

  get lockedCount(): number {
    return this.#locks.count;
  }

  /** All messages, in no particular order. */
  messages(): Iterable<Message> {
    return this.#messages.values();
  }

  /** Takes a message in and gives it to whoever waits for one. */
  put(parcel: Parcel, sequenceNumber: number): void {
    const enqueuedAtMs = this.#parts.clock.now();
    this.#add({
      parcel,
      sequenceNumber,
      enqueuedAtMs,
      expiresAtMs: enqueuedAtMs + Math.min(parcel.timeToLiveMs, this.#parts.settings.timeToLiveMs),
      // Azure goes on calling a message scheduled after its time has come.
      state: parcel.scheduledForMs === undefined ? 'active' : 'scheduled',
      deliveryCount: 0,
      lock: undefined,
      amendment: {},
    });
  }

  attach(consumer: Consumer): void {
    this.#consumers.add(consumer);
    this.dispatch();
  }

  detach(consumer: Consumer): void {
    this.#consumers.remove(consumer);
  }

  /** Hands out what is waiting, one message to a consumer in turn, until nobody has room or nothing is left. */
  dispatch(): void {
    while (this.#waiting.size > 0) {
      const consumer = this.#consumers.next();
      const message = consumer && this.take(consumer.mode);
      if (!message) return;
      consumer.deliver(message);
    }
  }

  /** The next message for one receiver, locked or removed according to the mode. */
  take(mode: ReceiveMode): Message | undefined {
    for (;;) {
      const sequenceNumber = this.#waiting.pop();
      if (sequenceNumber === undefined) return undefined;
      const message = this.#messages.get(sequenceNumber);
      if (!message || message.lock || message.state === 'deferred') continue;
      if (!this.#expire(message)) return this.#claim(message, mode);
    }
  }

  /** Claims deferred messages by number; `undefined`, and nothing claimed, if one of them cannot be had. */
  takeDeferred(sequenceNumbers: readonly number[], mode: ReceiveMode): Message[] | undefined {
    const found: Message[] = [];
    for (const sequenceNumber of new Set(sequenceNumbers)) {
      const message = this.#messages.get(sequenceNumber);
      if (message?.state !== 'deferred' || message.lock || this.#expire(message)) return undefined;
      found.push(message);
    }
    return found.map((message) => this.#claim(message, mode));
  }

  /** Carries out a receiver's decision; false when its lock is lost, and then nothing has changed. */
  settle(token: string, outcome: Outcome): boolean {
    const message = this.#locks.holder(token);
    if (!message) return false;
    this.#locks.release(message);
    switch (outcome.kind) {
      case 'completed':
        this.#remove(message);
        break;
      case 'released':
        this.#return(message);
        break;
      case 'abandoned':
        this.#fail(message, outcome.amendment);
        break;
      case 'deferred':
        message.deliveryCount += 1;
        message.state = 'deferred';
        amend(message, outcome.amendment);
        this.#return(message);
        break;
      case 'deadLettered':
        message.deliveryCount += 1;
        this.#bury(message, outcome.amendment);
        break;
    }
    return true;
  }

  /** Starts a lock's time anew and returns its new end in epoch milliseconds; `undefined` when the lock is lost. */
  renew(token: string): number | undefined {
    return this.#locks.renew(token);
  }

  /** Loses everything, locks included. */
  clear(): void {
    for (const message of this.#messages.values()) {
      this.#locks.release(message);
      this.#remove(message);
    }
    this.#waiting.retain(() => false);
  }

  #add(message: Message): void {
    this.#messages.set(message.sequenceNumber, message);
    this.#bytes += message.parcel.sizeBytes;
    if (message.expiresAtMs !== Infinity) {
      const expiry = this.#parts.agenda.at(message.expiresAtMs, () => this.#expire(message));
      this.#expiries.set(message, expiry);
    }
    this.#return(message);
  }

  #claim(message: Message, mode: ReceiveMode): Message {
    if (mode === 'peekLock') this.#locks.grant(message);
    else this.#remove(message);
    return message;
  }

  /** A delivery came to nothing: the message waits again, unless it has had its chances. */
  #fail(message: Message, amendment: Amendment): void {
    const { maxDeliveryCount } = this.#parts.settings;
    message.deliveryCount += 1;
    if (message.deliveryCount < maxDeliveryCount) {
      amend(message, amendment);
      this.#return(message);
      return;
    }
    this.#bury(message, {
      ...amendment,
      DeadLetterReason: 'MaxDeliveryCountExceeded',
      DeadLetterErrorDescription: `Message could not be consumed after ${maxDeliveryCount} delivery attempts.`,
    });
  }

  /** Nobody holds the message any more: it waits for the next receiver, or for its number if it is deferred. */
  #return(message: Message): void {
    if (this.#expire(message) || message.state === 'deferred') return;
    this.#waiting.push(message.sequenceNumber);
    this.dispatch();
  }

  /** Ends a message whose time is up and that nobody holds; says whether it did. */
  #expire(message: Message): boolean {
    if (message.lock || message.expiresAtMs > this.#parts.clock.now()) return false;
    if (this.#parts.settings.deadLetterExpired) {
      this.#bury(message, {
        DeadLetterReason: 'TTLExpiredException',
        DeadLetterErrorDescription: 'The message expired and was dead lettered.',
      });
    } else {
      this.#remove(message);
    }
    return true;
  }

  /** Moves a message, with its sequence number, to the dead-letter queue; in there it only goes back to its place. */
  #bury(message: Message, amendment: Amendment): void {
    amend(message, amendment);
    const { deadLetters } = this.#parts;
    if (deadLetters) {
      this.#remove(message);
      deadLetters.#add({ ...message, state: 'active', expiresAtMs: Infinity });
    } else {
      this.#return(message);
    }
  }

  #remove(message: Message): void {
    this.#expiries.get(message)?.cancel();
    this.#expiries.delete(message);
    if (this.#messages.delete(message.sequenceNumber)) this.#bytes -= message.parcel.sizeBytes;
  }
}

function amend(message: Message, amendment: Amendment): void {
  message.amendment = { ...message.amendment, ...amendment };
}
