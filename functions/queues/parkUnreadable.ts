/** Parks a message that cannot be read, with the reason. */
import type { InvocationContext } from '@azure/functions';
import { digestHex } from '../../shared/ids.ts';
import type { Ports } from '../../shared/ports.ts';

/**
 * Parks the message under the id of this delivery: with an id derived from the body, the broker would drop a replayed
 * message as a duplicate of its first parking. An extra copy after a crash is harmless; a missing one is a loss.
 */
export function parkUnreadable(
  { log, parked }: Pick<Ports, 'log' | 'parked'>,
  { body, context, source }: { body: unknown; context: InvocationContext; source: string },
  why: string,
): Promise<void> {
  log.warn(`unreadable message of ${source} parked`, { why });
  const id = digestHex(32, 'parked', context.invocationId);
  return parked.park(body, { id, source, reason: 'Unreadable', description: why });
}
