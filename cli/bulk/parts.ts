/**
 * Submits the bulk orders of a file one after another, each when the one before has completed. Each is the same request
 * however often it is made: after an interruption all of them are submitted again, and what the service had accepted is
 * found as it is by then.
 */
import { isEnded } from '../../shared/bulk/bulkOrder.ts';
import type { StatusLine } from '../statusLine.ts';
import type { BulkOrder, BulkService } from './client.ts';
import { follow } from './follow.ts';
import type { Part } from './plan.ts';
import { itemsText, progressText, repeatedText } from './print.ts';

export interface Submission {
  status: Pick<StatusLine, 'show' | 'say'>;
  /** Receives each bulk order that the service has accepted, and which part it is, from 0. */
  onAccepted?: (order: BulkOrder, part: number) => Promise<void>;
  /** Called when the bulk order that was accepted last has ended. */
  onEnded?: () => void;
}

/** The bulk orders as they have ended: fewer than there are parts when one was cancelled or stopped. */
export async function submitParts(
  service: Pick<BulkService, 'submit' | 'get'>,
  parts: readonly Part[],
  { status, onAccepted, onEnded }: Submission,
): Promise<BulkOrder[]> {
  const orders: BulkOrder[] = [];
  for (const [n, { body, requestId }] of parts.entries()) {
    const accepted = await service.submit(body, requestId);
    const which = parts.length === 1 ? '' : `, ${n + 1} of ${parts.length}`;
    const before = isEnded(accepted) ? repeatedText(accepted) : '';
    status.say(`Bulk order ${accepted.id}${which}: ${itemsText(accepted.counts.total)}.${before}`);
    await onAccepted?.(accepted, n);
    const ended = await follow(service, accepted, (order) => status.show(progressText(order)));
    onEnded?.();
    orders.push(ended);
    if (ended.state !== 'completed') break;
  }
  return orders;
}
