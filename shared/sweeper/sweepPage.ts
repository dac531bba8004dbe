/**
 * Processes a page: the due entries of a stretch of the due index, with the decisions and effects of the sweeper. A page
 * that is processed again finds what is left. When storage is unavailable, the page ends: what is left stays due, and a
 * run of the sweeper dispatches it again.
 */
import { isUnavailable } from '../errors.ts';
import type { DueRange } from '../ports.ts';
import type { SweepGuards } from './guardedPorts.ts';

import { processEntries, type SweepReport } from './processEntries.ts';
import type { EntryPorts, SweepPolicy } from './runEntry.ts';

/** Processes the entries of a page. The `guards` are those of the process, which limit all of its pages together. */
export async function sweepPage(
  ports: EntryPorts,
  range: DueRange,
  policy: SweepPolicy,
  guards: SweepGuards,
): Promise<SweepReport | undefined> {
  try {
    return await processEntries(ports, ports.due.within(range), policy, guards);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    ports.log.warn('storage is unavailable; the entries of a page stay due', {
      ...range,
      error: String(error),
    });
    return undefined;
  }
}
