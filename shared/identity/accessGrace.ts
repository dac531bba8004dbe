/**
 * Grace for roles that have just been assigned: for some minutes, Azure denies access although the role is there. For two
 * minutes after the first denial, a denial counts as an outage, which callers and queues retry. After that it is an error.
 */

/** How long denials count as an outage, in milliseconds. */
export const ACCESS_GRACE_MS = 120_000;

/** The grace of one dependency. */
export interface AccessGrace {
  /** Records a denial; whether it may still be a role that does not hold yet. */
  isPending(): boolean;
  /** Records that access was granted: a later denial has its grace again. */
  granted(): void;
}

/** A grace that has not begun. `nowMs` is a monotonic clock. */
export function accessGrace(nowMs: () => number): AccessGrace {
  let deniedSinceMs: number | undefined;
  return {
    isPending() {
      const now = nowMs();
      deniedSinceMs ??= now;
      return now - deniedSinceMs < ACCESS_GRACE_MS;
    },
    granted() {
      deniedSinceMs = undefined;
    },
  };
}
