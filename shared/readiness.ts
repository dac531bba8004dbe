/** A health check of dependencies whose result is kept for a few seconds, so that frequent probes cost one check. */

/** How long a result is used, in milliseconds. */
export const READINESS_CACHE_MS = 3_000;

/** The check, with its outcome kept, success or failure; callers during a check share it. */
export function cachedCheck(check: () => Promise<void>, nowMs: () => number): () => Promise<void> {
  let latest: { untilMs: number; outcome: Promise<void> } | undefined;
  return () => {
    if (latest && nowMs() < latest.untilMs) return latest.outcome;
    const outcome = check();
    const checked = { untilMs: Number.POSITIVE_INFINITY, outcome };
    latest = checked;
    const keep = () => {
      checked.untilMs = nowMs() + READINESS_CACHE_MS;
    };
    outcome.then(keep, keep);
    return outcome;
  };
}
