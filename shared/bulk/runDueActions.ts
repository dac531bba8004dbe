/** Follows a hint to a bulk order: look, see that it is listed, do what the look says, put the next hint in, clear this one. */
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

/** Returns how many actions the hint led to. */
export async function runBulkDueActions(
  ports: Ports,
  hint: BulkDueEntry,
  policy: BulkDuePolicy,
): Promise<number> {
  const stored = await ports.bulk.read(hint);
  const found = stored && { ...stored, lanes: await ports.bulk.lanes(stored.order) };
  const look = decideBulkDueActions(found, hint.atMs, ports.now(), policy);
  let { nextMs } = look;
  if (found && nextMs !== undefined) await ports.bulkList.put(found.order); // whoever stored it may have died before
  for (const action of look.actions) {
    if (!(await act(ports, hint, action, found))) nextMs = nextBulkCheckMs(ports.now(), policy);
  }
  if (nextMs !== undefined) await ports.due.put({ ...hint, atMs: nextMs });
  if (nextMs !== hint.atMs) await ports.due.remove(hint);
  return look.actions.length;
}

/** False when it was not to be done now, and has to be looked at again. */
async function act(
  ports: Ports,
  hint: BulkDueEntry,
  action: BulkDueAction,
  found: FoundBulkOrder | undefined,
): Promise<boolean> {
  switch (action.kind) {
    case 'purge':
      return ports.bulk.purge(hint, found);
    case 'finish':
      if (found) await finishOrThrow(ports, found.order);
      return true;
    case 'wake':
      await ports.bulkQueue.send(
        action.lanes.map((lane) => laneMessage(hint, lane, { why: 'watchdog', atMs: hint.atMs })),
      );
      return true;
  }
}
