/**
 * Time for a simulation: everything that waits is an event, events happen one at a time in the order of their
 * time, and the clock jumps from one to the next. It promises that the same events give the same history; it
 * knows nothing of what they do.
 */
import { setImmediate } from 'node:timers/promises';

export interface Kernel {
  /** Epoch milliseconds, whole. */
  now(): number;
  /** Runs something later. */
  after(delayMs: number, run: () => void): void;
  wait(delayMs: number): Promise<void>;
  /** Lets events happen until none is left; false when there are still some at `limitMs`. */
  run(limitMs: number): Promise<boolean>;
}

interface Event {
  atMs: number;
  run: () => void;
}

/** A clock that stands at `startMs`. */
export function newKernel(startMs: number): Kernel {
  // Sorted by time; events of the same time happen in the order in which they were made.
  const events: Event[] = [];
  let nowMs = startMs;
  const after = (delayMs: number, run: () => void) => {
    const atMs = nowMs + Math.max(0, Math.ceil(delayMs));
    events.splice(events.findLastIndex((event) => event.atMs <= atMs) + 1, 0, { atMs, run });
  };
  return {
    now: () => nowMs,
    after,
    wait: (delayMs) => new Promise((resolve) => after(delayMs, resolve)),
    async run(limitMs) {
      for (let event = events.shift(); event; event = events.shift()) {
        if (event.atMs > limitMs) return false;
        nowMs = event.atMs;
        event.run();
        await setImmediate(); // all that the event started ends, or waits for another event
      }
      return true;
    },
  };
}
