/**
 * The pace of deliveries, per partner tenant and instance: a rate, and a number of calls at a time, so that a slow
 * receiver occupies few of the calls that the host runs at once and does not delay other partners; nor do many of them,
 * because the receivers that take long share a part of the calls. A delivery that has to
 * wait gets a time of its place in the line, from the rate and from how long the receiver's calls have taken.
 */
import type { DeliveryPace } from './webhookPorts.ts';

export interface PaceOptions {
  /** Deliveries a minute; 0 for no limit. */
  perMinute: number;
  /** Calls at a time. */
  concurrency: number;
  /** Calls at a time to all receivers that take long. */
  slowConcurrency: number;
}

interface Line {
  running: number;
  /** When the next place in the line is due, in epoch milliseconds. */
  nextMs: number;
  /** Average duration of a call, in milliseconds; newer calls count more. */
  meanMs: number;
  /** When a call began last, in epoch milliseconds. */
  usedMs: number;
}

/** How many deliveries may be early: a burst of events is common, and most are single. */
const BURST = 10;
/** The average duration from which a receiver takes long, in milliseconds. */
const SLOW_MS = 1_000;
/** The shortest wait for a running call to end, in milliseconds. */
const MIN_WAIT_MS = 500;
const NEWEST_WEIGHT = 0.3;
/** How long the line of a partner without deliveries is kept, in milliseconds. */
const IDLE_MS = 600_000;

/** A pace; lines of partners without deliveries are forgotten. */
export function deliveryPace(
  { perMinute, concurrency, slowConcurrency }: PaceOptions,
  now: () => number,
  random: () => number,
): DeliveryPace {
  const lines = new Map<string, Line>();
  let slowCalls = 0;

  const intervalMs = ({ meanMs }: Line, allowedPerMinute = 0) => {
    const rates = [perMinute, allowedPerMinute].filter((rate) => rate > 0);
    return Math.max(meanMs / concurrency, ...rates.map((rate) => 60_000 / rate));
  };

  const forgetIdle = (nowMs: number) => {
    for (const [tenant, { usedMs }] of lines) {
      if (usedMs > nowMs - IDLE_MS) return;
      lines.delete(tenant);
    }
  };

  return {
    begin(tenant, { allowedPerMinute, isDeferred }) {
      const nowMs = now();
      const line = lines.get(tenant) ?? { running: 0, nextMs: nowMs, meanMs: 0, usedMs: nowMs };
      line.usedMs = nowMs;
      lines.delete(tenant); // keeps the map in the order of the last use
      lines.set(tenant, line);
      forgetIdle(nowMs);
      const stepMs = intervalMs(line, allowedPerMinute);
      const isSlow = line.meanMs >= SLOW_MS;
      const isFull = line.running >= concurrency || (isSlow && slowCalls >= slowConcurrency);
      if (isDeferred && isFull) {
        return { untilMs: Math.ceil(nowMs + Math.max(MIN_WAIT_MS, line.meanMs) * (1 + random())) };
      }
      if (!isDeferred) {
        const placeMs = Math.max(line.nextMs, nowMs);
        const isEarly = placeMs - nowMs > BURST * stepMs;
        line.nextMs = placeMs + stepMs;
        if (isEarly || isFull) return { untilMs: Math.ceil(Math.max(placeMs, nowMs + MIN_WAIT_MS)) };
      }
      line.running++;
      if (isSlow) slowCalls++;
      return {
        done(durationMs) {
          line.running--;
          if (isSlow) slowCalls--;
          line.meanMs += NEWEST_WEIGHT * (durationMs - line.meanMs);
        },
      };
    },
  };
}
