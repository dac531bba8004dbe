/** The clock that locks, time to live and schedules depend on. Tests pass a manual clock instead of waiting. */

/** A source of time and timers. */
export interface Clock {
  /** The current time in epoch milliseconds. */
  now(): number;
  /** Calls `run` after a delay. The returned function cancels the call. */
  after(delayMs: number, run: () => void): () => void;
}

// setTimeout fires immediately when the delay is longer than this.
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The system clock. A delay above 24.8 days calls back early, so the caller must compare the time again. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), LONGEST_TIMEOUT_MS));
    return () => clearTimeout(timer);
  },
};

/** A clock that only `advance` moves. */
export interface ManualClock extends Clock {
  /** Moves the time forward and fires the timers that become due, in the order of their due times. */
  advance(byMs: number): void;
}

/**
 * Creates a clock that does not move until it is advanced. Advancing it also expires message locks, while clients renew
 * locks by the system clock: do not combine a manual clock with automatic lock renewal in one test.
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
