/**
 * Processes due entries concurrently. An entry that fails stays and is processed again later. A dependency that is slow or
 * down delays only the entries that need it. What has started ends before the run does.
 */
import type { AnyDueEntry } from '../ports.ts';
import { record } from '../telemetry/metrics.ts';
import { ATTRIBUTES } from '../telemetry/names.ts';
import { heldPermit } from './bulkhead.ts';
import { DeferredToNextRun } from './circuitBreaker.ts';
import { guardedPorts, type SweepGuards } from './guardedPorts.ts';
import { type EntryPorts, runEntry, type SweepPolicy } from './runEntry.ts';

/** What a run did with the entries that were due. */
export interface SweepReport {
  processed: number;
  /** Actions that were carried out. */
  acted: number;
  /** Entries that failed, and stay due. */
  failed: number;
  /** Entries that a limit of this run left to the next one. */
  deferred: number;
}

/** A run starts no further entry after this time, in milliseconds: the host ends a function after five minutes. */
const RUN_MS = 210_000;

/** Processes the entries, as far as a run's time allows. Throws when they cannot be read to their end. */
export async function processEntries(
  ports: EntryPorts,
  entries: AsyncIterable<AnyDueEntry> | Iterable<AnyDueEntry>,
  policy: SweepPolicy,
  guards: SweepGuards,
): Promise<SweepReport> {
  const report: SweepReport = { processed: 0, acted: 0, failed: 0, deferred: 0 };
  const running = new Set<Promise<void>>();
  const { processing } = guards;
  const portsOf = guardedPorts(ports, guards);
  const beganMs = ports.now();
  try {
    for await (const entry of entries) {
      await processing.acquire();
      if (ports.now() - beganMs > RUN_MS) {
        processing.release(); // other runs may share the permits
        break;
      }
      const task = processEntry(entry).finally(() => running.delete(task));
      running.add(task);
    }
  } finally {
    await Promise.all(running); // also when the index fails: what has started ends within the run
    recordRun(report);
  }
  return report;

  async function processEntry(entry: AnyDueEntry): Promise<void> {
    const permit = heldPermit(processing);
    report.processed++;
    record('sweepLateness', Math.max(0, ports.now() - entry.atMs) / 1_000);
    try {
      const acted = await Promise.race([runEntry(portsOf(permit), entry, policy), permit.expired]);
      report.acted += acted; // not `+= await`: that reads the sum before the wait, and others add to it meanwhile
    } catch (error) {
      if (error instanceof DeferredToNextRun) {
        report.deferred++;
        return;
      }
      report.failed++;
      ports.log.warn('due entry not processed; it stays', { ...entry, error: String(error) });
    } finally {
      permit.close();
    }
  }
}

function recordRun({ processed, failed, deferred }: SweepReport): void {
  const outcomes = { done: processed - failed - deferred, failed, deferred };
  for (const [outcome, entries] of Object.entries(outcomes)) {
    if (entries > 0) record('sweepEntries', entries, { [ATTRIBUTES.outcome]: outcome });
  }
  record('sweepBacklog', failed + deferred);
}
