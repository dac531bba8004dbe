/** A bulk order message while storage does not answer: the same again later, so that no delivery is used up; the sweep sees to it if that fails, too. */
import type { Fault } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { BulkMessage } from './bulkPorts.ts';

const PAUSE_MS = 15_000;

/** The same for the message of an arrived item; `take` says whether it is done with. */
export async function postponedItem(
  ports: Ports,
  { body, id }: { body: unknown; id: string },
  take: () => Promise<boolean>,
): Promise<void> {
  try {
    if (await take()) return;
  } catch (error) {
    if ((error as { fault?: Fault }).fault?.fault !== 'serviceUnavailable') throw error;
  }
  ports.log.warn('bulk order item postponed', { id });
  await ports.bulkQueue.sendItem(body, { id: `${id}.postponed`, atMs: laterMs(ports) });
}

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
    const atMs = laterMs(ports);
    const id = `${message.bulkOrderId}.${message.lane ?? 'all'}.postponed.${atMs}`;
    await ports.bulkQueue.send([{ message, id, atMs }]);
  }
}

const laterMs = (ports: Ports): number => Math.ceil(ports.now() + PAUSE_MS * (0.5 + ports.random() / 2));
