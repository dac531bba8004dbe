/**
 * Limits the requests per minute that each partner tenant may send to this instance. Keeps one number for each tenant that
 * sent a request within the last minute.
 */
import { take } from './gcra.ts';

export interface Limits {
  /** Requests per minute; 0 for no limit. */
  perMinute: number;
  /** Limits of single tenants, by lower-case GUID. */
  ofTenant: ReadonlyMap<string, number>;
}

/** Accepts a request of a tenant, or returns how many milliseconds it has to wait. */
export type InboundLimiter = (tenant: string) => { waitMs: number } | undefined;

/** A limiter with a monotonic clock in milliseconds; `buckets` is its state. */
export function inboundLimiter(
  { perMinute, ofTenant }: Limits,
  nowMs: () => number,
  buckets = new Map<string, number>(),
): InboundLimiter {
  return (tenant) => {
    const limit = ofTenant.get(tenant) ?? perMinute;
    if (limit === 0) return undefined;
    const now = nowMs();
    deleteFull(buckets, now);
    const taken = take(buckets.get(tenant) ?? now, limit, now);
    if ('waitMs' in taken) return taken;
    buckets.delete(tenant); // keeps the map in the order of the last request
    buckets.set(tenant, taken.fullAtMs);
    return undefined;
  };
}

/** Deletes full buckets, from the least recently used one on: each is full a minute after its last token was taken. */
function deleteFull(buckets: Map<string, number>, nowMs: number): void {
  for (const [tenant, fullAtMs] of buckets) {
    if (fullAtMs > nowMs) return;
    buckets.delete(tenant);
  }
}
