/**
 * Whose turn it is to ask a service that takes only so many requests a minute. Three times say it all: when the
 * bucket of tokens is full again, how long the service wants to be left alone, and until when those who were
 * sent away have been given times to come back. Pure; times are milliseconds of one clock.
 *
 *   now ──── a few seconds ────┬──────── those sent away, one interval apart ────────▶ nextSlotMs
 *        turns waited for here │  so that they do not come back as one
 */
import { take } from './gcra.ts';

const MINUTE_MS = 60_000;

export interface PermitPolicy {
  /** Requests in any minute, at least two; 0 for as many as there are. */
  perMinute: number;
  /** Longer waits than this are spent elsewhere, in milliseconds. */
  maxWaitMs: number;
}

export interface PermitState {
  fullAtMs: number;
  pausedUntilMs: number;
  nextSlotMs: number;
}

/** A turn after a wait that is worth it, or a time to come back, and for whose sake. */
export type PermitDecision = { state: PermitState } & (
  | { waitMs: number }
  | { backInMs: number; by: 'limit' | 'pause' }
);

/** Nobody was here, which is the same as that nobody was here for a long time. */
export const UNUSED: PermitState = { fullAtMs: 0, pausedUntilMs: 0, nextSlotMs: 0 };

/** Whether these may be forgotten. */
export const isIdle = ({ fullAtMs, pausedUntilMs, nextSlotMs }: PermitState, nowMs: number): boolean =>
  Math.max(fullAtMs, pausedUntilMs, nextSlotMs) <= nowMs;

/** Nobody has a turn for so long. */
export const paused = (turns: PermitState, forMs: number, nowMs: number): PermitState => ({
  ...turns,
  pausedUntilMs: Math.max(turns.pausedUntilMs, nowMs + forMs),
});

/**
 * Takes the turn of somebody who has so many requests to send, one or two. `random` in [0, 1) keeps instances,
 * which know nothing of each other, out of step.
 */
export function takePermit(
  turns: PermitState,
  policy: PermitPolicy,
  { requests, nowMs, random }: { requests: number; nowMs: number; random: number },
): PermitDecision {
  const pauseMs = Math.max(0, turns.pausedUntilMs - nowMs);
  const taken = takeAt(nowMs + pauseMs);
  const waitMs = Math.ceil(pauseMs + ('waitMs' in taken ? taken.waitMs : 0));
  if (waitMs > policy.maxWaitMs) {
    const by = pauseMs > policy.maxWaitMs ? 'pause' : 'limit';
    return deferred(turns, policy, { by, backMs: nowMs + waitMs, nowMs, random });
  }
  const then = takeAt(nowMs + waitMs);
  return { state: 'fullAtMs' in then ? { ...turns, ...then } : turns, waitMs };

  function takeAt(atMs: number) {
    const { perMinute } = policy;
    if (perMinute === 0) return { fullAtMs: turns.fullAtMs };
    const rate = { burst: burstOf(perMinute), tokens: requests };
    return take(turns.fullAtMs, rateOf(perMinute), atMs, rate);
  }
}

/** For somebody who has had a turn and waited for it: sent away after all when there is a pause now. */
export function deferredByPause(
  turns: PermitState,
  policy: PermitPolicy,
  nowMs: number,
  random: number,
): PermitDecision | undefined {
  const { pausedUntilMs: backMs } = turns;
  return backMs > nowMs ? deferred(turns, policy, { by: 'pause', backMs, nowMs, random }) : undefined;
}

/** At the end of the line of those who come back, an interval after the one before. */
function deferred(
  turns: PermitState,
  { perMinute }: PermitPolicy,
  { by, backMs, nowMs, random }: { by: 'limit' | 'pause'; backMs: number; nowMs: number; random: number },
): PermitDecision {
  const nextSlotMs =
    Math.max(turns.nextSlotMs, backMs) + (perMinute === 0 ? 0 : MINUTE_MS / rateOf(perMinute));
  return {
    state: { ...turns, nextSlotMs },
    backInMs: Math.ceil(nextSlotMs - nowMs + random * SPREAD_MS),
    by,
  };
}

/** How far the times given by different instances are strewn. */
const SPREAD_MS = 2_000;

/**
 * A tenth at once, but two because a look-up and its order go together, and the rest evenly: never more than
 * the limit in any minute. A bucket that held the whole minute's worth would let twice as many through in its
 * first.
 */
const burstOf = (perMinute: number) => Math.max(2, Math.floor(perMinute / 10));
const rateOf = (perMinute: number) => perMinute - burstOf(perMinute) + 1;
