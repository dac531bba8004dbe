/** A bulk order message while storage does not answer: the same again later, so that no delivery is used up; the sweep sees to it if that fails, too. */
import type { Fault } from '../faults.ts';
import type { Ports } from '../ports.ts';
import type { BulkMessage } from './ports.ts';

const PAUSE_MS = 15_000;

/** Runs the message; any throw but that storage does not answer is a bug, and the broker's redelivery shows it. */
export async function postponed(
  ports: Ports,
  message: BulkMessage,
  run: (message: BulkMessage) => Promise<void>,
): Promise<void> {
  try {
    await run(message);
  } catch (error) {
    if ((error as { fault?: Fault }).fault?.fault !== 'serviceUnavailable') throw error;
    ports.log.warn('storage does not answer; bulk order message postponed', { ...message });
    const atMs = ports.now() + PAUSE_MS * (0.5 + ports.random() / 2);
    const id = `${message.bulkOrderId}.${message.lane ?? 'all'}.postponed.${Math.ceil(atMs)}`;
    await ports.bulkQueue.send([{ message, id, atMs: Math.ceil(atMs) }]);
  }
}
