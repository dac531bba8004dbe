/** Follows a hint to a bulk order: look, do what it says, put the next hint in, clear this one. */
import type { BulkHint, Ports } from '../ports.ts';
import { finishForGood } from './finish.ts';
import { type BulkLookAction, type BulkLookPolicy, lookAtBulkOrder } from './look.ts';
import { laneMessage } from './messages.ts';
import type { StoredBulkOrder } from './ports.ts';

/** Returns how many actions the hint led to. */
export async function followBulkHint(ports: Ports, hint: BulkHint, policy: BulkLookPolicy): Promise<number> {
  const stored = await ports.bulk.read(hint);
  const found = stored && { ...stored, lanes: await ports.bulk.lanes(stored.order) };
  const { actions, nextMs } = lookAtBulkOrder(found, hint.atMs, ports.now(), policy);
  for (const action of actions) await act(ports, hint, action, stored);
  if (nextMs !== undefined) await ports.due.put({ ...hint, atMs: nextMs });
  if (nextMs !== hint.atMs) await ports.due.clear(hint);
  return actions.length;
}

async function act(
  ports: Ports,
  hint: BulkHint,
  action: BulkLookAction,
  stored: StoredBulkOrder | undefined,
): Promise<void> {
  switch (action.kind) {
    case 'purge':
      return ports.bulk.purge(hint, stored?.order.createdMs);
    case 'finish':
      return void (stored && (await finishForGood(ports, stored.order)));
    case 'wake':
      return ports.bulkQueue.send(
        action.lanes.map((lane) => laneMessage(hint, lane, { why: 'watchdog', atMs: hint.atMs })),
      );
  }
}
