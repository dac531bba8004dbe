/** Accepts items that order desks send to the queue `bulk-orders`. An unreadable or unauthorized item is parked immediately, with the reason. */
import type { InvocationContext } from '@azure/functions';
import { deferItemWhenUnavailable } from '../../shared/bulk/deferWhenUnavailable.ts';
import { ingestItem } from '../../shared/bulk/ingestItem.ts';
import { digestHex, uuidV8 } from '../../shared/ids.ts';
import { jsonLogger } from '../../shared/jsonLogger.ts';
import { readBulkItemMessage } from '../../shared/messaging/bulkItemEnvelope.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { currentTraceparent } from '../../shared/telemetry/traceContext.ts';
import { service } from '../container.ts';

export async function takeBulkItem(body: unknown, context: InvocationContext): Promise<void> {
  const ports = service().ports(jsonLogger(context));
  const { bulkInFlight: inFlight, bulkQueueTenants, lifecycle } = service().policies;
  const park = (reason: string, description: string) => {
    // The description may quote what was sent; the parked message has it.
    ports.log.warn('bulk order item parked', { reason });
    const id = digestHex(32, 'parked', context.invocationId); // of this delivery, so that a replayed message can be parked again
    return ports.parked.park(body, { id, source: QUEUES.bulkOrders, reason, description });
  };
  const read = readBulkItemMessage(body, ({ tenant, bulkOrderId }, reference) =>
    uuidV8('bulkItem', tenant, bulkOrderId, reference),
  );
  if ('unreadable' in read) return park('Unreadable', read.unreadable);
  const { tenant } = read.key;
  if (!bulkQueueTenants.some((allowed) => allowed === '*' || allowed === tenant)) {
    return park('Unauthorized', `BULK_QUEUE_TENANTS does not name the partner tenant ${tenant}.`);
  }
  await deferItemWhenUnavailable(ports, { body, id: context.invocationId }, async () => {
    const ingested = await ingestItem(ports, read, {
      inFlight,
      watchdogMs: lifecycle.watchdogMs,
      digestHex,
      traceparent: currentTraceparent(),
    });
    if (ingested.kind === 'refused') await park(ingested.reason, ingested.description);
    return ingested.kind !== 'later';
  });
}
