/**
 * The turns of every partner tenant at a service that takes only so many requests a minute, as far as this
 * instance knows. It keeps three numbers for a tenant that was here within the last minute, and does not know
 * what a request is.
 */
import { LONGEST_PAUSE_MS } from '../timeouts.ts';
import { isIdle, NO_TURNS, paused, sentAwayByPause, type Turn, type TurnPolicy, takeTurn } from './permit.ts';

/** A turn after a wait, or a time to come back; both in milliseconds from now. */
export type Granted = { waitMs: number } | SentAway;
export interface SentAway {
  backInMs: number;
  by: 'limit' | 'pause';
}

export interface Turnstile {
  /** A turn for so many requests, one or two. */
  take(tenant: string, requests: number): Granted;
  /** For whoever has a turn and did not use it at once: whether the service has asked for a pause meanwhile. */
  interrupted(tenant: string): SentAway | undefined;
  /** The service has asked to be left alone for so long; nobody of the tenant has a turn until then. */
  pause(tenant: string, forMs: number): void;
}

/** A turnstile with a clock in milliseconds that never goes back, and random numbers in [0, 1). */
export function turnstile(policy: TurnPolicy, nowMs: () => number, random: () => number): Turnstile {
  const byTenant = new Map<string, Turn['turns']>();
  const of = (tenant: string) => byTenant.get(tenant) ?? NO_TURNS;

  function keep(tenant: string, { turns, ...granted }: Turn): Granted {
    const now = nowMs();
    for (const [one, idle] of byTenant) if (isIdle(idle, now)) byTenant.delete(one);
    byTenant.set(tenant, turns);
    return granted;
  }
  return {
    take: (tenant, requests) =>
      keep(tenant, takeTurn(of(tenant), policy, { requests, nowMs: nowMs(), random: random() })),
    interrupted(tenant) {
      const turn = sentAwayByPause(of(tenant), policy, nowMs(), random());
      return turn && (keep(tenant, turn) as SentAway);
    },
    pause(tenant, forMs) {
      byTenant.set(tenant, paused(of(tenant), Math.min(forMs, LONGEST_PAUSE_MS), nowMs()));
    },
  };
}
