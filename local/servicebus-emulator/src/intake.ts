// The sending side of a queue or a topic: what is refused, what is dropped as a duplicate, and what waits for its time.
// It promises that a batch is taken whole or not at all. Where a message goes from here is the business of `deliver`.

import type { Agenda, Appointment } from './agenda.ts';
import type { Clock } from './clock.ts';
import { Duplicates } from './duplicates.ts';
import type { Message, Parcel } from './message.ts';
import type { IntakeSettings } from './settings.ts';

export interface IntakeParts {
  readonly settings: IntakeSettings;
  readonly clock: Clock;
  readonly agenda: Agenda;
  readonly deliver: (parcel: Parcel, sequenceNumber: number) => void;
  /** What lies behind this intake already. */
  readonly bytesBehind: () => number;
}

interface Scheduled {
  readonly message: Message;
  readonly due: Appointment;
}

/** What senders of one queue or topic meet. */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #duplicates: Duplicates | undefined;
  readonly #scheduled = new Map<number, Scheduled>();
  #scheduledBytes = 0;
  #lastSequenceNumber = 0;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    const { duplicateWindowMs } = parts.settings;
    this.#duplicates =
      duplicateWindowMs === undefined ? undefined : new Duplicates(duplicateWindowMs, parts.clock);
  }

  get bytes(): number {
    return this.#scheduledBytes;
  }

  get scheduledCount(): number {
    return this.#scheduled.size;
  }

  /** The messages whose time has not come. */
  *scheduled(): Iterable<Message> {
    for (const { message } of this.#scheduled.values()) yield message;
  }

  /** Takes all of the parcels and returns a sequence number for each, or `undefined` when they do not fit. */
  accept(parcels: readonly Parcel[]): number[] | undefined {
    const arriving = parcels.reduce((total, parcel) => total + parcel.sizeBytes, 0);
    const there = this.#scheduledBytes + this.#parts.bytesBehind();
    if (there + arriving > this.#parts.settings.maxBytes) return undefined;
    return parcels.map((parcel) => this.#take(parcel));
  }

  /** Takes scheduled messages back before their time; false, and nothing changed, if one of them is not there. */
  cancel(sequenceNumbers: readonly number[]): boolean {
    if (!sequenceNumbers.every((sequenceNumber) => this.#scheduled.has(sequenceNumber))) return false;
    for (const sequenceNumber of sequenceNumbers) this.#unschedule(sequenceNumber)?.due.cancel();
    return true;
  }

  /** Loses what is scheduled and forgets every message id. */
  clear(): void {
    this.cancel([...this.#scheduled.keys()]);
    this.#duplicates?.clear();
  }

  #take(parcel: Parcel): number {
    const sequenceNumber = this.#nextSequenceNumber();
    // Azure acknowledges a duplicate like any other message, and that is the last that is seen of it.
    if (this.#duplicates?.seen(parcel.messageId)) return sequenceNumber;
    const { scheduledForMs } = parcel;
    if (scheduledForMs !== undefined && scheduledForMs > this.#parts.clock.now()) {
      this.#schedule(parcel, scheduledForMs, sequenceNumber);
    } else {
      this.#parts.deliver(parcel, sequenceNumber);
    }
    return sequenceNumber;
  }

  #nextSequenceNumber(): number {
    this.#lastSequenceNumber += 1;
    return this.#lastSequenceNumber;
  }

  #schedule(parcel: Parcel, dueMs: number, sequenceNumber: number): void {
    const due = this.#parts.agenda.at(dueMs, () => {
      this.#unschedule(sequenceNumber);
      // In Azure, too, a message gets a new number when its time has come.
      this.#parts.deliver(parcel, this.#nextSequenceNumber());
    });
    const message: Message = {
      parcel,
      sequenceNumber,
      enqueuedAtMs: dueMs,
      expiresAtMs: Infinity,
      state: 'scheduled',
      deliveryCount: 0,
      lock: undefined,
      amendment: {},
    };
    this.#scheduled.set(sequenceNumber, { message, due });
    this.#scheduledBytes += parcel.sizeBytes;
  }

  #unschedule(sequenceNumber: number): Scheduled | undefined {
    const scheduled = this.#scheduled.get(sequenceNumber);
    if (scheduled) this.#scheduledBytes -= scheduled.message.parcel.sizeBytes;
    this.#scheduled.delete(sequenceNumber);
    return scheduled;
  }
}
