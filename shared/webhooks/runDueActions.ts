/**
 * Processes a due entry of a delivery: sends the message of an attempt that has not ended, or deletes the delivery after
 * its retention. Order of effects: the action, the next due entry, the deletion of this one; a crash repeats the action.
 */
import type { DeliveryDueEntry, Ports } from '../ports.ts';
import { type DeliveryPolicy, decideDeliveryDue } from './delivery.ts';
import { sendAttempt } from './startDelivery.ts';

export type DeliveryDuePolicy = Pick<DeliveryPolicy, 'watchdogMs' | 'retentionMs'>;

/** Runs the due action; returns how many actions there were. */
export async function runDeliveryDueActions(
  ports: Pick<Ports, 'deliveries' | 'deliveryQueue' | 'due' | 'now'>,
  entry: DeliveryDueEntry,
  policy: DeliveryDuePolicy,
): Promise<number> {
  const delivery = (await ports.deliveries.read(entry))?.delivery;
  const { action, nextMs } = decideDeliveryDue(delivery, entry.atMs, ports.now(), policy);
  if (action === 'resend' && delivery) {
    await sendAttempt(ports, delivery, {
      id: `${entry.deliveryId}.${delivery.attempt}.watchdog.${entry.atMs}`,
    });
  }
  if (action === 'purge') await ports.deliveries.remove(entry);
  if (nextMs !== undefined && nextMs !== entry.atMs) await ports.due.put({ ...entry, atMs: nextMs });
  if (nextMs !== entry.atMs) await ports.due.remove(entry);
  return action === 'none' ? 0 : 1;
}
