// The time the queues live by, as an argument, so that locks, time to live and schedules can be tested without waiting.
// It promises that a timer never fires early. It knows nothing of messages.

/** Gives the time in epoch milliseconds and calls back later; the returned function cancels the call. */
export interface Clock {
  now(): number;
  after(delayMs: number, run: () => void): () => void;
}

// setTimeout fires at once when asked for more than this.
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's own clock; a delay above 24.8 days calls back early, so the caller looks at the time again. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), LONGEST_TIMEOUT_MS));
    return () => clearTimeout(timer);
  },
};

export interface ManualClock extends Clock {
  advance(byMs: number): void;
}

/**
 * A clock that stands still until it is advanced, and then fires what is due in order. Advancing also expires locks,
 * while a client's own lock renewal goes by the real clock: do not mix the two in one test.
 */
export function manualClock(startMs = Date.now()): ManualClock {
  let nowMs = startMs;
  let timers: { atMs: number; run: () => void }[] = [];
  return {
    now: () => nowMs,
    after(delayMs, run) {
      const timer = { atMs: nowMs + Math.max(delayMs, 0), run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(byMs) {
      const untilMs = nowMs + byMs;
      for (;;) {
        const next = timers.toSorted((a, b) => a.atMs - b.atMs)[0];
        if (!next || next.atMs > untilMs) break;
        timers = timers.filter((other) => other !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.run();
      }
      nowMs = untilMs;
    },
  };
}
