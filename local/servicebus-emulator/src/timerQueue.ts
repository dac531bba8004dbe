/**
 * The timers of a namespace: lock expiry, message expiry and scheduled enqueue times. Timers fire in the order of
 * their due times. The queue uses one operating system timer, and its memory is proportional to the timers that are
 * pending, however many were cancelled.
 */

import type { Clock } from './clock.ts';
import { Heap } from './heap.ts';

/** A pending callback that runs at `atMs` (epoch milliseconds) unless it is cancelled first. */
export interface Timer {
  readonly atMs: number;
  cancel(): void;
}

interface Entry extends Timer {
  run: (() => void) | undefined;
}

// Below this many cancelled entries, a compaction costs more than the memory it frees.
const COMPACT_ABOVE = 1_000;

/** Runs callbacks when the clock reaches their due times. */
export class TimerQueue {
  readonly #clock: Clock;
  readonly #entries = new Heap<Entry>((a, b) => a.atMs < b.atMs);
  #cancelled = 0;
  #timer: { atMs: number; stop: () => void } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds a timer. A time in the past fires as soon as possible, but never synchronously. */
  at(atMs: number, run: () => void): Timer {
    const entry: Entry = { atMs, run, cancel: () => this.#cancel(entry) };
    this.#entries.push(entry);
    this.#setTimer();
    return entry;
  }

  /** Cancels every timer. */
  stop(): void {
    this.#entries.retain(() => false);
    this.#timer?.stop();
    this.#timer = undefined;
  }

  #cancel(entry: Entry): void {
    if (!entry.run) return;
    entry.run = undefined;
    this.#cancelled += 1;
    if (this.#cancelled > COMPACT_ABOVE && this.#cancelled > this.#entries.size / 2) {
      this.#entries.retain((other) => other.run !== undefined);
      this.#cancelled = 0;
    }
  }

  #setTimer(): void {
    const next = this.#entries.first();
    if (!next || (this.#timer && this.#timer.atMs <= next.atMs)) return;
    this.#timer?.stop();
    const stop = this.#clock.after(next.atMs - this.#clock.now(), () => this.#fire());
    this.#timer = { atMs: next.atMs, stop };
  }

  #fire(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.now();
    for (let next = this.#entries.first(); next && next.atMs <= nowMs; next = this.#entries.first()) {
      this.#entries.pop();
      const { run } = next;
      next.run = undefined;
      if (run) run();
      else this.#cancelled -= 1;
    }
    this.#setTimer();
  }
}
