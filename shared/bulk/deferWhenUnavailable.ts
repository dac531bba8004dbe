/** A bulk order message while storage is unavailable: the same again later, so that no delivery is used up; the sweep sees to it if that fails, too. */
import { isUnavailable } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { BulkMessage } from './bulkPorts.ts';

const DEFERRAL_MS = 15_000;

/** The same for the message of an arrived item; `take` says whether it is done with. */
export async function deferItemWhenUnavailable(
  ports: Ports,
  { body, id }: { body: unknown; id: string },
  take: () => Promise<boolean>,
): Promise<void> {
  try {
    if (await take()) return;
  } catch (error) {
    if (!isUnavailable(error)) throw error;
  }
  ports.log.warn('bulk order item deferred', { id });
  await ports.bulkQueue.sendItem(body, { id: `${id}.unavailable`, atMs: laterMs(ports) });
}

/** Runs the message; any throw but that storage is unavailable is a bug, and the broker's redelivery shows it. */
export async function deferWhenUnavailable(
  ports: Ports,
  message: BulkMessage,
  run: (message: BulkMessage) => Promise<void>,
): Promise<void> {
  try {
    await run(message);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    ports.log.warn('storage is unavailable; bulk order message deferred', { ...message });
    const atMs = laterMs(ports);
    const id = `${message.bulkOrderId}.${message.lane ?? 'all'}.unavailable.${atMs}`;
    await ports.bulkQueue.send([{ message, id, atMs }]);
  }
}

const laterMs = (ports: Ports): number => Math.ceil(ports.now() + DEFERRAL_MS * (0.5 + ports.random() / 2));
