/**
 * The receiving side of a queue, a subscription or a dead-letter queue. Messages are delivered in the order of their
 * sequence numbers, round-robin to the consumers. A locked message is delivered to no other receiver until its lock ends.
 */

import type { Clock } from './clock.ts';
import { type Consumer, Consumers } from './consumers.ts';
import { Heap } from './heap.ts';
import { Locks } from './locks.ts';
import type { Message, Outcome, PropertyChanges, ReceiveMode, SentMessage } from './message.ts';
import type { QueueSettings } from './settings.ts';
import type { Timer, TimerQueue } from './timerQueue.ts';

export interface QueueParts {
  readonly settings: QueueSettings;
  readonly clock: Clock;
  readonly timers: TimerQueue;
  /** The dead-letter queue; `undefined` for a dead-letter queue, which keeps its messages. */
  readonly deadLetters: Queue | undefined;
}

/** The active, locked and deferred messages of one entity. */
export class Queue {
  readonly #parts: QueueParts;
  readonly #messages = new Map<number, Message>();
  readonly #expiries = new Map<Message, Timer>();
  readonly #locks: Locks;
  readonly #consumers = new Consumers();
  // Sequence numbers; may include messages that are removed or locked by now, which take() skips.
  readonly #available = new Heap<number>((a, b) => a < b);
  #bytes = 0;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    const { clock, timers, settings } = parts;
    const onExpired = (message: Message) => this.#failDelivery(message, {});
    this.#locks = new Locks({ lockMs: settings.lockMs, clock, timers, onExpired });
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

  /** Enqueues a message and delivers it when a consumer has credit. */
  put(sent: SentMessage, sequenceNumber: number): void {
    const enqueuedAtMs = this.#parts.clock.now();
    this.#add({
      sent,
      sequenceNumber,
      enqueuedAtMs,
      expiresAtMs: enqueuedAtMs + Math.min(sent.timeToLiveMs, this.#parts.settings.timeToLiveMs),
      // As in Azure, a scheduled message keeps this state after it became active.
      state: sent.scheduledForMs === undefined ? 'active' : 'scheduled',
      deliveryCount: 0,
      lock: undefined,
      propertyChanges: {},
    });
  }

  attach(consumer: Consumer): void {
    this.#consumers.add(consumer);
    this.dispatch();
  }

  detach(consumer: Consumer): void {
    this.#consumers.remove(consumer);
  }

  /** Delivers available messages until no consumer has credit or no message is left. */
  dispatch(): void {
    while (this.#available.size > 0) {
      const consumer = this.#consumers.next();
      const message = consumer && this.take(consumer.mode);
      if (!message) return;
      consumer.deliver(message);
    }
  }

  /** Locks or removes the next available message, depending on the mode, and returns it. */
  take(mode: ReceiveMode): Message | undefined {
    for (;;) {
      const sequenceNumber = this.#available.pop();
      if (sequenceNumber === undefined) return undefined;
      const message = this.#messages.get(sequenceNumber);
      if (!message || message.lock || message.state === 'deferred') continue;
      if (!this.#expire(message)) return this.#lockOrRemove(message, mode);
    }
  }

  /** Locks or removes deferred messages. Returns `undefined`, and changes nothing, when one of them is not available. */
  takeDeferred(sequenceNumbers: readonly number[], mode: ReceiveMode): Message[] | undefined {
    const found: Message[] = [];
    for (const sequenceNumber of new Set(sequenceNumbers)) {
      const message = this.#messages.get(sequenceNumber);
      if (message?.state !== 'deferred' || message.lock || this.#expire(message)) return undefined;
      found.push(message);
    }
    return found.map((message) => this.#lockOrRemove(message, mode));
  }

  /** Settles a message. Returns false, and changes nothing, when the lock is lost. */
  settle(token: string, outcome: Outcome): boolean {
    const message = this.#locks.messageOf(token);
    if (!message) return false;
    this.#locks.release(message);
    switch (outcome.kind) {
      case 'completed':
        this.#remove(message);
        break;
      case 'released':
        this.#makeAvailable(message);
        break;
      case 'abandoned':
        this.#failDelivery(message, outcome.propertyChanges);
        break;
      case 'deferred':
        message.deliveryCount += 1;
        message.state = 'deferred';
        applyChanges(message, outcome.propertyChanges);
        this.#makeAvailable(message);
        break;
      case 'deadLettered':
        message.deliveryCount += 1;
        this.#deadLetter(message, outcome.propertyChanges);
        break;
    }
    return true;
  }

  /** Renews a lock for the full lock duration. Returns its new end (epoch milliseconds), or `undefined` when it is lost. */
  renew(token: string): number | undefined {
    return this.#locks.renew(token);
  }

  /** Deletes all messages and their locks. */
  clear(): void {
    for (const message of this.#messages.values()) {
      this.#locks.release(message);
      this.#remove(message);
    }
    this.#available.retain(() => false);
  }

  #add(message: Message): void {
    this.#messages.set(message.sequenceNumber, message);
    this.#bytes += message.sent.sizeBytes;
    if (message.expiresAtMs !== Infinity) {
      const expiry = this.#parts.timers.at(message.expiresAtMs, () => this.#expire(message));
      this.#expiries.set(message, expiry);
    }
    this.#makeAvailable(message);
  }

  #lockOrRemove(message: Message, mode: ReceiveMode): Message {
    if (mode === 'peekLock') this.#locks.lock(message);
    else this.#remove(message);
    return message;
  }

  /** Ends an unsuccessful delivery: the message becomes available again, or is dead-lettered after the last delivery. */
  #failDelivery(message: Message, propertyChanges: PropertyChanges): void {
    const { maxDeliveryCount } = this.#parts.settings;
    message.deliveryCount += 1;
    if (message.deliveryCount < maxDeliveryCount) {
      applyChanges(message, propertyChanges);
      this.#makeAvailable(message);
      return;
    }
    this.#deadLetter(message, {
      ...propertyChanges,
      DeadLetterReason: 'MaxDeliveryCountExceeded',
      DeadLetterErrorDescription: `Message could not be consumed after ${maxDeliveryCount} delivery attempts.`,
    });
  }

  /** Makes an unlocked message available to receivers, unless it is deferred or expired. */
  #makeAvailable(message: Message): void {
    if (this.#expire(message) || message.state === 'deferred') return;
    this.#available.push(message.sequenceNumber);
    this.dispatch();
  }

  /** Removes or dead-letters an unlocked message whose time to live has ended. Returns false for any other message. */
  #expire(message: Message): boolean {
    if (message.lock || message.expiresAtMs > this.#parts.clock.now()) return false;
    if (this.#parts.settings.deadLetterExpired) {
      this.#deadLetter(message, {
        DeadLetterReason: 'TTLExpiredException',
        DeadLetterErrorDescription: 'The message expired and was dead lettered.',
      });
    } else {
      this.#remove(message);
    }
    return true;
  }

  /** Moves a message with its sequence number to the dead-letter queue. In a dead-letter queue, makes it available again. */
  #deadLetter(message: Message, propertyChanges: PropertyChanges): void {
    applyChanges(message, propertyChanges);
    const { deadLetters } = this.#parts;
    if (deadLetters) {
      this.#remove(message);
      deadLetters.#add({ ...message, state: 'active', expiresAtMs: Infinity });
    } else {
      this.#makeAvailable(message);
    }
  }

  #remove(message: Message): void {
    this.#expiries.get(message)?.cancel();
    this.#expiries.delete(message);
    if (this.#messages.delete(message.sequenceNumber)) this.#bytes -= message.sent.sizeBytes;
  }
}

function applyChanges(message: Message, propertyChanges: PropertyChanges): void {
  message.propertyChanges = { ...message.propertyChanges, ...propertyChanges };
}
