/**
 * The turns of every partner tenant at a service that takes only so many requests a minute, as far as this
 * instance knows. It keeps three numbers for a tenant that was here within the last minute, and does not know
 * what a request is.
 */
import { MAX_RETRY_AFTER_MS } from '../timeouts.ts';
import {
  deferredByPause,
  isIdle,
  type PermitDecision,
  type PermitPolicy,
  paused,
  takePermit,
  UNUSED,
} from './permit.ts';

/** A turn after a wait, or a time to come back; both in milliseconds from now. */
export type Granted = { waitMs: number } | Deferral;
export interface Deferral {
  backInMs: number;
  by: 'limit' | 'pause';
}

export interface OutboundLimiter {
  /** A turn for so many requests, one or two. */
  take(tenant: string, requests: number): Granted;
  /** For whoever has a turn and did not use it at once: whether the service has asked for a pause meanwhile. */
  checkPause(tenant: string): Deferral | undefined;
  /** The service has asked to be left alone for so long; nobody of the tenant has a turn until then. */
  pause(tenant: string, forMs: number): void;
}

/** A turnstile with a clock in milliseconds that never goes back, and random numbers in [0, 1). */
export function outboundLimiter(
  policy: PermitPolicy,
  nowMs: () => number,
  random: () => number,
): OutboundLimiter {
  const byTenant = new Map<string, PermitDecision['state']>();
  const of = (tenant: string) => byTenant.get(tenant) ?? UNUSED;

  function keep(tenant: string, { state, ...granted }: PermitDecision): Granted {
    const now = nowMs();
    for (const [one, idle] of byTenant) if (isIdle(idle, now)) byTenant.delete(one);
    byTenant.set(tenant, state);
    return granted;
  }
  return {
    take: (tenant, requests) =>
      keep(tenant, takePermit(of(tenant), policy, { requests, nowMs: nowMs(), random: random() })),
    checkPause(tenant) {
      const turn = deferredByPause(of(tenant), policy, nowMs(), random());
      return turn && (keep(tenant, turn) as Deferral);
    },
    pause(tenant, forMs) {
      byTenant.set(tenant, paused(of(tenant), Math.min(forMs, MAX_RETRY_AFTER_MS), nowMs()));
    },
  };
}
