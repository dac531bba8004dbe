/**
 * The sending side of a queue or a topic: size quota, duplicate detection and scheduled messages. A batch is accepted
 * or rejected as a whole. `deliver` receives every message when it becomes active.
 */

import type { Clock } from './clock.ts';
import { DuplicateHistory } from './duplicateDetection.ts';
import type { Message, SentMessage } from './message.ts';
import type { IntakeSettings } from './settings.ts';
import type { Timer, TimerQueue } from './timerQueue.ts';

export interface IntakeParts {
  readonly settings: IntakeSettings;
  readonly clock: Clock;
  readonly timers: TimerQueue;
  readonly deliver: (sent: SentMessage, sequenceNumber: number) => void;
  /** The bytes of the messages in the queues behind this intake; they count against the size quota. */
  readonly storedBytes: () => number;
}

interface Scheduled {
  readonly message: Message;
  readonly due: Timer;
}

/** Accepts the messages of senders for one queue or topic. */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #duplicates: DuplicateHistory | undefined;
  readonly #scheduled = new Map<number, Scheduled>();
  #scheduledBytes = 0;
  #lastSequenceNumber = 0;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    const { duplicateWindowMs } = parts.settings;
    this.#duplicates =
      duplicateWindowMs === undefined ? undefined : new DuplicateHistory(duplicateWindowMs, parts.clock);
  }

  /** The size limit of a message and of a batch. */
  get maxMessageBytes(): number {
    return this.#parts.settings.maxMessageBytes;
  }

  get bytes(): number {
    return this.#scheduledBytes;
  }

  get scheduledCount(): number {
    return this.#scheduled.size;
  }

  /** The scheduled messages, which are not active yet. */
  *scheduled(): Iterable<Message> {
    for (const { message } of this.#scheduled.values()) yield message;
  }

  /** Accepts all messages and returns their sequence numbers, or `undefined` when they exceed the size quota. */
  accept(messages: readonly SentMessage[]): number[] | undefined {
    const arriving = messages.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
    const stored = this.#scheduledBytes + this.#parts.storedBytes();
    if (stored + arriving > this.#parts.settings.maxBytes) return undefined;
    return messages.map((sent) => this.#accept(sent));
  }

  /** Cancels scheduled messages. Returns false, and cancels nothing, when one of them does not exist. */
  cancel(sequenceNumbers: readonly number[]): boolean {
    if (!sequenceNumbers.every((sequenceNumber) => this.#scheduled.has(sequenceNumber))) return false;
    for (const sequenceNumber of sequenceNumbers) this.#unschedule(sequenceNumber)?.due.cancel();
    return true;
  }

  /** Deletes the scheduled messages and the duplicate detection history. */
  clear(): void {
    this.cancel([...this.#scheduled.keys()]);
    this.#duplicates?.clear();
  }

  #accept(sent: SentMessage): number {
    const sequenceNumber = this.#nextSequenceNumber();
    // Azure acknowledges a duplicate like any other message, and discards it.
    if (this.#duplicates?.isDuplicate(sent.messageId)) return sequenceNumber;
    const { scheduledForMs } = sent;
    if (scheduledForMs !== undefined && scheduledForMs > this.#parts.clock.now()) {
      this.#schedule(sent, scheduledForMs, sequenceNumber);
    } else {
      this.#parts.deliver(sent, sequenceNumber);
    }
    return sequenceNumber;
  }

  #nextSequenceNumber(): number {
    this.#lastSequenceNumber += 1;
    return this.#lastSequenceNumber;
  }

  #schedule(sent: SentMessage, dueMs: number, sequenceNumber: number): void {
    const due = this.#parts.timers.at(dueMs, () => {
      this.#unschedule(sequenceNumber);
      // As in Azure, a scheduled message gets a new sequence number when it becomes active.
      this.#parts.deliver(sent, this.#nextSequenceNumber());
    });
    const message: Message = {
      sent,
      sequenceNumber,
      enqueuedAtMs: dueMs,
      expiresAtMs: Infinity,
      state: 'scheduled',
      deliveryCount: 0,
      lock: undefined,
      propertyChanges: {},
    };
    this.#scheduled.set(sequenceNumber, { message, due });
    this.#scheduledBytes += sent.sizeBytes;
  }

  #unschedule(sequenceNumber: number): Scheduled | undefined {
    const scheduled = this.#scheduled.get(sequenceNumber);
    if (scheduled) this.#scheduledBytes -= scheduled.message.sent.sizeBytes;
    this.#scheduled.delete(sequenceNumber);
    return scheduled;
  }
}
