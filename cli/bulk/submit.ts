/**
 * Submits the bulk orders of a file one after another, each when the one before has done all it should. Each is the
 * same call however often it is made, so after an interruption everything is submitted again, and what was taken
 * before is found as it is by now.
 */
import { isEnded } from '../../shared/bulk/bulkOrder.ts';
import type { StatusLine } from '../statusLine.ts';
import type { BulkOrder, BulkService } from './client.ts';
import { follow } from './follow.ts';
import type { Part } from './plan.ts';
import { progressText } from './print.ts';

/** The bulk orders as they have ended: fewer than there are parts when one was cancelled or stopped. */
export async function submitParts(
  service: BulkService,
  parts: readonly Part[],
  status: Pick<StatusLine, 'show' | 'say'>,
): Promise<BulkOrder[]> {
  const orders: BulkOrder[] = [];
  for (const [n, { body, requestId }] of parts.entries()) {
    const begun = await service.submit(body, requestId);
    const which = parts.length === 1 ? '' : `, ${n + 1} of ${parts.length}`;
    const before = isEnded(begun) ? ' It was done before; with --again WORD it would be another.' : '';
    status.say(`Bulk order ${begun.id}${which}: ${begun.counts.total} items.${before}`);
    const ended = await follow(service, begun, (order) => status.show(progressText(order)));
    orders.push(ended);
    if (ended.state !== 'completed') break;
  }
  return orders;
}
