// Remembers message ids for the length of the duplicate detection window. It promises an exact window, constant time
// and memory for two windows at the most: ids live in two generations, and the older one is dropped whole.

import type { Clock } from './clock.ts';

/** The duplicate detection history of one queue or topic. */
export class Duplicates {
  readonly #windowMs: number;
  readonly #clock: Clock;
  #current = new Map<string, number>();
  #previous = new Map<string, number>();
  #currentSinceMs: number;

  constructor(windowMs: number, clock: Clock) {
    this.#windowMs = windowMs;
    this.#clock = clock;
    this.#currentSinceMs = clock.now();
  }

  /** Says whether the id came within the window, and remembers it if it did not. */
  seen(messageId: string): boolean {
    const nowMs = this.#clock.now();
    this.#turn(nowMs);
    const beforeMs = this.#current.get(messageId) ?? this.#previous.get(messageId);
    if (beforeMs !== undefined && beforeMs + this.#windowMs > nowMs) return true;
    this.#current.set(messageId, nowMs);
    return false;
  }

  clear(): void {
    this.#current.clear();
    this.#previous.clear();
  }

  #turn(nowMs: number): void {
    if (nowMs < this.#currentSinceMs + this.#windowMs) return;
    this.#previous = this.#current;
    this.#current = new Map();
    this.#currentSinceMs = nowMs;
  }
}
