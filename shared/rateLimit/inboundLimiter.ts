/**
 * How many requests a minute each partner tenant may send to this instance. It keeps one number for a tenant
 * that was here within the last minute and forgets all others. It does not know what a request is.
 */
import { take } from './gcra.ts';

export interface Limits {
  /** Requests a minute; 0 for as many as they like. */
  perMinute: number;
  /** Other limits for single tenants, by lower-case GUID. */
  ofTenant: ReadonlyMap<string, number>;
}

/** Lets a request of this tenant in, or says how many milliseconds it has to wait. */
export type InboundLimiter = (tenant: string) => { waitMs: number } | undefined;

/** A throttle with a clock in milliseconds that never goes back; `buckets` is where it remembers. */
export function inboundLimiter(
  { perMinute, ofTenant }: Limits,
  nowMs: () => number,
  buckets = new Map<string, number>(),
): InboundLimiter {
  return (tenant) => {
    const limit = ofTenant.get(tenant) ?? perMinute;
    if (limit === 0) return undefined;
    const now = nowMs();
    forgetFull(buckets, now);
    const taken = take(buckets.get(tenant) ?? now, limit, now);
    if ('waitMs' in taken) return taken;
    buckets.delete(tenant); // so that the order of the map is the order of the last request
    buckets.set(tenant, taken.fullAtMs);
    return undefined;
  };
}

/** From the one that took longest ago on: every bucket is full a minute after its last token was taken. */
function forgetFull(buckets: Map<string, number>, nowMs: number): void {
  for (const [tenant, fullAtMs] of buckets) {
    if (fullAtMs > nowMs) return;
    buckets.delete(tenant);
  }
}
