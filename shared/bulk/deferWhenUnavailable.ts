/**
 * Defers bulk order messages while storage is unavailable: schedules the same message for later and completes the
 * current delivery, so that an outage does not use up deliveries. If scheduling fails, the broker redelivers.
 */
import { isUnavailable } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { BulkMessage } from './bulkPorts.ts';

type DeferPorts = Pick<Ports, 'bulkQueue' | 'log' | 'now' | 'random'>;

const DEFERRAL_MS = 15_000;

/** Processes the message of a queued item. Schedules it again when `ingest` returns false or storage is unavailable; rethrows other errors. */
export async function deferItemWhenUnavailable(
  ports: DeferPorts,
  { body, id }: { body: unknown; id: string },
  ingest: () => Promise<boolean>,
): Promise<void> {
  let reason: string | undefined;
  try {
    if (await ingest()) return;
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    reason = String(error);
  }
  ports.log.warn('bulk order item deferred', { id, error: reason });
  await ports.bulkQueue.sendItem(body, { id: `${id}.unavailable`, atMs: laterMs(ports) });
}

/** Processes a bulk order message. Schedules it again when storage is unavailable; rethrows other errors, which are bugs, so that the broker redelivers and finally dead-letters the message. */
export async function deferWhenUnavailable(
  ports: DeferPorts,
  message: BulkMessage,
  run: (message: BulkMessage) => Promise<void>,
): Promise<void> {
  try {
    await run(message);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    ports.log.warn('storage is unavailable; bulk order message deferred', {
      ...message,
      error: String(error),
    });
    const atMs = laterMs(ports);
    const id = `${message.bulkOrderId}.${message.lane ?? 'all'}.unavailable.${atMs}`;
    await ports.bulkQueue.send([{ message, id, atMs }]);
  }
}

/** In epoch milliseconds, with jitter, so that deferred messages do not return at the same time. */
const laterMs = (ports: DeferPorts): number =>
  Math.ceil(ports.now() + DEFERRAL_MS * (0.5 + ports.random() / 2));
