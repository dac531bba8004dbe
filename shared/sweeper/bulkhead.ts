/**
 * Bulkheads: each dependency of the sweeper has its own permits, so that entries that wait for one that is slow or down
 * hold none of the permits that the others need.
 */
import { startTimer } from '../timeouts.ts';

/** A fixed number of permits, given out in the order of the requests. */
export interface Bulkhead {
  /** Longest time that an entry may hold a permit, in milliseconds. */
  readonly maxHoldMs: number;
  /** How many requests wait for a permit. */
  readonly waiting: number;
  acquire(): Promise<void>;
  release(): void;
}

/** A bulkhead with `size` permits. */
export function bulkhead(size: number, maxHoldMs: number): Bulkhead {
  const queue: (() => void)[] = [];
  let free = size;
  return {
    maxHoldMs,
    get waiting() {
      return queue.length;
    },
    acquire: () =>
      new Promise<void>((resolve) => {
        if (free === 0) return void queue.push(resolve);
        free--;
        resolve();
      }),
    release() {
      const next = queue.shift();
      if (next) next();
      else free++;
    },
  };
}

/** How many entries wait for a bulkhead without a permit of another. The next ones keep theirs, which bounds the memory. */
const MAX_WAITING = 1_000;

/** The permit of one entry. */
export interface Permit {
  /** Rejects when the entry holds a permit for too long. */
  readonly expired: Promise<never>;
  /** Exchanges the permit for one of another bulkhead. */
  moveTo(next: Bulkhead): Promise<void>;
  /** Returns the permit, whatever the entry still waits for. */
  close(): void;
}

/** The permit of an entry that has acquired one of this bulkhead. */
export function heldPermit(first: Bulkhead): Permit {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  expired.catch(() => undefined); // unobserved when the entry ends in time
  let held: Bulkhead | undefined;
  let stopTimer: () => void = () => undefined;
  let isClosed = false;
  const hold = (permit: Bulkhead) => {
    held = permit;
    const { maxHoldMs } = permit;
    stopTimer = startTimer(maxHoldMs, () => reject(new Error(`No progress within ${maxHoldMs} ms.`)));
  };
  const leave = () => {
    stopTimer();
    held?.release();
    held = undefined;
  };
  hold(first);
  return {
    expired,
    async moveTo(next) {
      if (held === next) return;
      const acquired = next.acquire();
      if (next.waiting <= MAX_WAITING) leave();
      await acquired;
      leave();
      if (!isClosed) return hold(next);
      next.release();
      throw new Error('The entry has timed out.');
    },
    close() {
      isClosed = true;
      leave();
    },
  };
}
