/**
 * Issues permits per partner tenant for requests to a service with a rate limit, as far as this instance knows. Keeps three
 * numbers for each tenant that was active within the last minute.
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

/** A permit after a wait, or a deferral; both in milliseconds from now. */
export type Granted = { waitMs: number } | Deferral;
export interface Deferral {
  backInMs: number;
  by: 'limit' | 'pause';
}

export interface OutboundLimiter {
  /** A permit for one or two requests. */
  take(tenant: string, requests: number): Granted;
  /** The deferral of a permit that was not used at once, when the service has requested a pause since. */
  checkPause(tenant: string): Deferral | undefined;
  /** Records that the service requested a pause: the tenant gets no permit until it ends. */
  pause(tenant: string, forMs: number): void;
}

/** A limiter with a monotonic clock in milliseconds, and random numbers in [0, 1). */
export function outboundLimiter(
  policy: PermitPolicy,
  nowMs: () => number,
  random: () => number,
): OutboundLimiter {
  const byTenant = new Map<string, PermitDecision['state']>();
  const stateOf = (tenant: string) => byTenant.get(tenant) ?? UNUSED;

  function keep(tenant: string, { state, ...granted }: PermitDecision): Granted {
    const now = nowMs();
    for (const [one, idle] of byTenant) if (isIdle(idle, now)) byTenant.delete(one);
    byTenant.set(tenant, state);
    return granted;
  }
  return {
    take: (tenant, requests) =>
      keep(tenant, takePermit(stateOf(tenant), policy, { requests, nowMs: nowMs(), random: random() })),
    checkPause(tenant) {
      const decision = deferredByPause(stateOf(tenant), policy, nowMs(), random());
      return decision && (keep(tenant, decision) as Deferral);
    },
    pause(tenant, forMs) {
      byTenant.set(tenant, paused(stateOf(tenant), Math.min(forMs, MAX_RETRY_AFTER_MS), nowMs()));
    },
  };
}
