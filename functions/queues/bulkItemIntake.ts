/** Takes in the items that order desks put on the queue themselves. One that cannot be read, or is not theirs to order, is parked at first sight, with the reason. */
import { app, type InvocationContext } from '@azure/functions';
import { deferItemWhenUnavailable } from '../../shared/bulk/deferWhenUnavailable.ts';
import { ingestItem } from '../../shared/bulk/ingestItem.ts';
import { digestHex, uuidV8 } from '../../shared/ids.ts';
import { jsonLogger } from '../../shared/jsonLogger.ts';
import { readBulkItemMessage } from '../../shared/messaging/bulkItemEnvelope.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { service } from '../container.ts';

app.serviceBusQueue('takeBulkItem', {
  connection: 'ServiceBusConnection',
  queueName: QUEUES.bulkOrders,
  handler: takeBulkItem,
});

async function takeBulkItem(body: unknown, context: InvocationContext): Promise<void> {
  const ports = service().ports(jsonLogger(context));
  const { bulkInFlight: inFlight, bulkQueueTenants, lifecycle } = service().policies;
  const park = (reason: string, description: string) => {
    ports.log.warn('bulk order item parked', { reason, description });
    const id = digestHex(32, 'parked', context.invocationId); // of this delivery, so that a replayed one can be parked again
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
    const taken = await ingestItem(ports, read, { inFlight, watchdogMs: lifecycle.watchdogMs, digestHex });
    if (taken.kind === 'refused') await park(taken.reason, taken.description);
    return taken.kind !== 'later';
  });
}
