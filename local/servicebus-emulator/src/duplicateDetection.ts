/**
 * The duplicate detection history of a queue or a topic. The window is exact, a lookup takes constant time, and memory
 * is limited to the ids of two windows: ids are kept in two generations, and the older one is dropped as a whole.
 */

import type { Clock } from './clock.ts';

/** The message ids that were accepted within the window. */
export class DuplicateHistory {
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

  /** Returns true when the id was accepted within the window. Otherwise records it and returns false. */
  isDuplicate(messageId: string): boolean {
    const nowMs = this.#clock.now();
    this.#rotate(nowMs);
    const acceptedMs = this.#current.get(messageId) ?? this.#previous.get(messageId);
    if (acceptedMs !== undefined && acceptedMs + this.#windowMs > nowMs) return true;
    this.#current.set(messageId, nowMs);
    return false;
  }

  clear(): void {
    this.#current.clear();
    this.#previous.clear();
  }

  #rotate(nowMs: number): void {
    if (nowMs < this.#currentSinceMs + this.#windowMs) return;
    this.#previous = this.#current;
    this.#current = new Map();
    this.#currentSinceMs = nowMs;
  }
}
