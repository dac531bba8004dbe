/**
 * A circuit breaker: after failures in a row, calls to a dependency fail at once, and one call at a time
 * probes whether it responds again. Three failures, so that one message that is rejected does not hold up the others.
 */

/** The entry stays due for the next run: a limit of this run, not a failure of the entry. */
export class DeferredToNextRun extends Error {}

const FAILURES_TO_OPEN = 3;
const PROBE_INTERVAL_MS = 10_000;

/** Runs an operation, or rejects with {@link DeferredToNextRun} while the circuit is open. `onOpen` is called once for each outage. */
export type CircuitBreaker = <Result>(
  operation: () => Promise<Result>,
  onOpen: (error: unknown) => void,
) => Promise<Result>;

/** A closed circuit. */
export function circuitBreaker(now: () => number): CircuitBreaker {
  let failures = 0;
  let probeAtMs = 0;
  return async (operation, onOpen) => {
    if (failures >= FAILURES_TO_OPEN) {
      if (now() < probeAtMs) throw new DeferredToNextRun('The dependency does not respond.');
      probeAtMs = now() + PROBE_INTERVAL_MS; // this call is the probe
    }
    try {
      const result = await operation();
      failures = 0;
      return result;
    } catch (error) {
      failures++;
      probeAtMs = now() + PROBE_INTERVAL_MS;
      if (failures === FAILURES_TO_OPEN) onOpen(error);
      throw error;
    }
  };
}
