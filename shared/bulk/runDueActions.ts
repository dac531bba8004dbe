/**
 * Processes a due entry of a bulk order. Order of effects: repeat the entry in the partner's list, run the actions, put
 * the next due entry, remove this one. A crash in between leaves this due entry, and the next sweep repeats the actions.
 */
import type { BulkDueEntry, Ports } from '../ports.ts';
import type { FoundBulkOrder } from './bulkPorts.ts';
import {
  type BulkDueAction,
  type BulkDuePolicy,
  decideBulkDueActions,
  nextBulkCheckMs,
} from './dueActions.ts';
import { laneMessage } from './laneMessage.ts';
import { finishOrThrow } from './lifecycle.ts';

/** The effects of a due entry. */
type DuePorts = Pick<Ports, 'bulk' | 'bulkList' | 'bulkQueue' | 'due' | 'events' | 'log' | 'now'>;

/** Runs the due actions and returns how many there were. Throws when an action fails; the due entry then remains. */
export async function runBulkDueActions(
  ports: DuePorts,
  entry: BulkDueEntry,
  policy: BulkDuePolicy,
): Promise<number> {
  const stored = await ports.bulk.read(entry);
  const found = stored && { ...stored, lanes: await ports.bulk.lanes(stored.order) };
  const decision = decideBulkDueActions(found, entry.atMs, ports.now(), policy);
  let { nextMs } = decision;
  if (found && nextMs !== undefined) await ports.bulkList.put(found.order); // the submission may have crashed before it wrote this entry
  for (const action of decision.actions) {
    if (!(await runAction(ports, entry, action, found))) nextMs = nextBulkCheckMs(ports.now(), policy);
  }
  if (nextMs !== undefined) await ports.due.put({ ...entry, atMs: nextMs });
  if (nextMs !== entry.atMs) await ports.due.remove(entry);
  return decision.actions.length;
}

/** Runs one action; false when it could not be completed and needs another check. */
async function runAction(
  ports: DuePorts,
  entry: BulkDueEntry,
  action: BulkDueAction,
  found: FoundBulkOrder | undefined,
): Promise<boolean> {
  switch (action.kind) {
    case 'purge':
      return ports.bulk.purge(entry, found);
    case 'finish':
      if (found) await finishOrThrow(ports, found.order);
      return true;
    case 'resend':
      await ports.bulkQueue.send(
        action.lanes.map((lane) => laneMessage(entry, lane, { why: 'watchdog', atMs: entry.atMs })),
      );
      return true;
  }
}
