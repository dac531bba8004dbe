// Everything the broker has promised to do at a time: end a lock, let a message expire, bring a scheduled one in.
// It promises order by time, one timer for all of it, and memory in proportion to what is still to come, however
// many appointments are cancelled. It knows nothing of messages.

import type { Clock } from './clock.ts';
import { Heap } from './heap.ts';

/** Something that will be done at `atMs` unless it is cancelled before. */
export interface Appointment {
  readonly atMs: number;
  cancel(): void;
}

interface Entry extends Appointment {
  act: (() => void) | undefined;
}

// Below this many cancelled entries a sweep costs more than the memory it frees.
const SWEEP_ABOVE = 1_000;

/** Runs appointments when the clock reaches them. */
export class Agenda {
  readonly #clock: Clock;
  readonly #entries = new Heap<Entry>((a, b) => a.atMs < b.atMs);
  #cancelled = 0;
  #timer: { atMs: number; stop: () => void } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Makes an appointment; a time in the past means as soon as possible, never at once. */
  at(atMs: number, act: () => void): Appointment {
    const entry: Entry = { atMs, act, cancel: () => this.#cancel(entry) };
    this.#entries.push(entry);
    this.#setTimer();
    return entry;
  }

  /** Forgets everything and stops the timer. */
  stop(): void {
    this.#entries.retain(() => false);
    this.#timer?.stop();
    this.#timer = undefined;
  }

  #cancel(entry: Entry): void {
    if (!entry.act) return;
    entry.act = undefined;
    this.#cancelled += 1;
    if (this.#cancelled > SWEEP_ABOVE && this.#cancelled > this.#entries.size / 2) {
      this.#entries.retain((other) => other.act !== undefined);
      this.#cancelled = 0;
    }
  }

  #setTimer(): void {
    const next = this.#entries.first();
    if (!next || (this.#timer && this.#timer.atMs <= next.atMs)) return;
    this.#timer?.stop();
    const stop = this.#clock.after(next.atMs - this.#clock.now(), () => this.#ring());
    this.#timer = { atMs: next.atMs, stop };
  }

  #ring(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.now();
    for (let next = this.#entries.first(); next && next.atMs <= nowMs; next = this.#entries.first()) {
      this.#entries.pop();
      const { act } = next;
      next.act = undefined;
      if (act) act();
      else this.#cancelled -= 1;
    }
    this.#setTimer();
  }
}
