// Which messages of a queue are with a receiver, and until when. It promises that a lock ends at its time to the
// millisecond, even when the timer is late. What becomes of the message then is the queue's business.

import { randomUUID } from 'node:crypto';
import type { Agenda, Appointment } from './agenda.ts';
import type { Clock } from './clock.ts';
import type { Message } from './message.ts';

export interface LocksParts {
  readonly lockMs: number;
  readonly clock: Clock;
  readonly agenda: Agenda;
  /** Called when a lock has ended by itself; the message is no longer locked by then. */
  readonly onExpired: (message: Message) => void;
}

interface Grant {
  readonly message: Message;
  end: Appointment;
}

/** The locks of one queue. */
export class Locks {
  readonly #parts: LocksParts;
  readonly #grants = new Map<string, Grant>();

  constructor(parts: LocksParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#grants.size;
  }

  grant(message: Message): void {
    this.#start(message, randomUUID());
  }

  /** The message a token still holds. */
  holder(token: string): Message | undefined {
    const message = this.#grants.get(token)?.message;
    return message?.lock && message.lock.untilMs > this.#parts.clock.now() ? message : undefined;
  }

  /** Starts a lock's time anew and returns its new end in epoch milliseconds; `undefined` when the lock is lost. */
  renew(token: string): number | undefined {
    const message = this.holder(token);
    if (!message) return undefined;
    this.#grants.get(token)?.end.cancel();
    return this.#start(message, token);
  }

  release(message: Message): void {
    if (!message.lock) return;
    this.#grants.get(message.lock.token)?.end.cancel();
    this.#grants.delete(message.lock.token);
    message.lock = undefined;
  }

  #start(message: Message, token: string): number {
    const untilMs = this.#parts.clock.now() + this.#parts.lockMs;
    message.lock = { token, untilMs };
    const end = this.#parts.agenda.at(untilMs, () => {
      this.release(message);
      this.#parts.onExpired(message);
    });
    this.#grants.set(token, { message, end });
    return untilMs;
  }
}
