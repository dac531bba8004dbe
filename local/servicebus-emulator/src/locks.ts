/**
 * The message locks of a queue. A lock expires exactly at its end time, also when the timer fires late. The queue decides
 * what happens to a message whose lock expired.
 */

import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Message } from './message.ts';
import type { Timer, TimerQueue } from './timerQueue.ts';

export interface LocksParts {
  readonly lockMs: number;
  readonly clock: Clock;
  readonly timers: TimerQueue;
  /** Called after a lock expired and was removed from its message. */
  readonly onExpired: (message: Message) => void;
}

interface HeldLock {
  readonly message: Message;
  end: Timer;
}

/** The locks of one queue. */
export class Locks {
  readonly #parts: LocksParts;
  readonly #held = new Map<string, HeldLock>();

  constructor(parts: LocksParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#held.size;
  }

  /** Locks a message under a new lock token. */
  lock(message: Message): void {
    this.#start(message, randomUUID());
  }

  /** The message that a token locks, or `undefined` when the lock is lost. */
  messageOf(token: string): Message | undefined {
    const message = this.#held.get(token)?.message;
    return message?.lock && message.lock.untilMs > this.#parts.clock.now() ? message : undefined;
  }

  /** Renews a lock for the full lock duration. Returns its new end (epoch milliseconds), or `undefined` when it is lost. */
  renew(token: string): number | undefined {
    const message = this.messageOf(token);
    if (!message) return undefined;
    this.#held.get(token)?.end.cancel();
    return this.#start(message, token);
  }

  release(message: Message): void {
    if (!message.lock) return;
    this.#held.get(message.lock.token)?.end.cancel();
    this.#held.delete(message.lock.token);
    message.lock = undefined;
  }

  #start(message: Message, token: string): number {
    const untilMs = this.#parts.clock.now() + this.#parts.lockMs;
    message.lock = { token, untilMs };
    const end = this.#parts.timers.at(untilMs, () => {
      this.release(message);
      this.#parts.onExpired(message);
    });
    this.#held.set(token, { message, end });
    return untilMs;
  }
}
