/**
 * Decides whether a request to a service with a rate limit may be sent now, after a short wait, or later. The state is
 * three times: when the token bucket is full again, when a requested pause ends, and the last slot that was given to a
 * deferred order. Pure; times are milliseconds of one clock.
 *
 *   now ──── a few seconds ────┬──────── deferred orders, one interval apart ────────▶ nextSlotMs
 *      waits inside a session  │  so that they do not all return at once
 */
import { take } from './gcra.ts';

const MINUTE_MS = 60_000;

export interface PermitPolicy {
  /** Requests in any minute, at least two; 0 for no limit. */
  perMinute: number;
  /** For a longer wait than this the order is deferred, in milliseconds. */
  maxWaitMs: number;
}

export interface PermitState {
  fullAtMs: number;
  pausedUntilMs: number;
  nextSlotMs: number;
}

/** A permit after a short wait, or a deferral and its reason. */
export type PermitDecision = { state: PermitState } & (
  | { waitMs: number }
  | { backInMs: number; by: 'limit' | 'pause' }
);

/** The state of a tenant without recent requests. */
export const UNUSED: PermitState = { fullAtMs: 0, pausedUntilMs: 0, nextSlotMs: 0 };

/** Whether a state equals {@link UNUSED} and need not be kept. */
export const isIdle = ({ fullAtMs, pausedUntilMs, nextSlotMs }: PermitState, nowMs: number): boolean =>
  Math.max(fullAtMs, pausedUntilMs, nextSlotMs) <= nowMs;

/** The state after the service requested a pause of `forMs`. */
export const paused = (state: PermitState, forMs: number, nowMs: number): PermitState => ({
  ...state,
  pausedUntilMs: Math.max(state.pausedUntilMs, nowMs + forMs),
});

/**
 * Takes a permit for one or two requests. `random` in [0, 1) keeps instances, which do not know each other, out of step.
 */
export function takePermit(
  permits: PermitState,
  policy: PermitPolicy,
  { requests, nowMs, random }: { requests: number; nowMs: number; random: number },
): PermitDecision {
  const pauseMs = Math.max(0, permits.pausedUntilMs - nowMs);
  const taken = takeAt(nowMs + pauseMs);
  const waitMs = Math.ceil(pauseMs + ('waitMs' in taken ? taken.waitMs : 0));
  if (waitMs > policy.maxWaitMs) {
    const by = pauseMs > policy.maxWaitMs ? 'pause' : 'limit';
    return deferred(permits, policy, { by, backMs: nowMs + waitMs, nowMs, random });
  }
  const then = takeAt(nowMs + waitMs);
  return { state: 'fullAtMs' in then ? { ...permits, ...then } : permits, waitMs };

  function takeAt(atMs: number) {
    const { perMinute } = policy;
    if (perMinute === 0) return { fullAtMs: permits.fullAtMs };
    const rate = { burst: burstOf(perMinute), tokens: requests };
    return take(permits.fullAtMs, rateOf(perMinute), atMs, rate);
  }
}

/** For a permit whose wait has ended: a deferral when a pause was requested meanwhile. */
export function deferredByPause(
  permits: PermitState,
  policy: PermitPolicy,
  nowMs: number,
  random: number,
): PermitDecision | undefined {
  const { pausedUntilMs: backMs } = permits;
  return backMs > nowMs ? deferred(permits, policy, { by: 'pause', backMs, nowMs, random }) : undefined;
}

/** A deferral to the slot after the last one that was given. */
function deferred(
  permits: PermitState,
  { perMinute }: PermitPolicy,
  { by, backMs, nowMs, random }: { by: 'limit' | 'pause'; backMs: number; nowMs: number; random: number },
): PermitDecision {
  const nextSlotMs =
    Math.max(permits.nextSlotMs, backMs) + (perMinute === 0 ? 0 : MINUTE_MS / rateOf(perMinute));
  return {
    state: { ...permits, nextSlotMs },
    backInMs: Math.ceil(nextSlotMs - nowMs + random * SPREAD_MS),
    by,
  };
}

/** How far the slots of different instances are spread, in milliseconds. */
const SPREAD_MS = 2_000;

/**
 * A tenth of the limit at once, at least two because a look-up and its order belong together, and the rest evenly: never
 * more than the limit in any minute. A bucket with the tokens of a whole minute would allow twice the limit in its first
 * minute.
 */
const burstOf = (perMinute: number) => Math.max(2, Math.floor(perMinute / 10));
const rateOf = (perMinute: number) => perMinute - burstOf(perMinute) + 1;
