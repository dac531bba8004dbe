/** Processes a bulk order message: dispatches all lanes of a bulk order, or runs one. An unreadable message is parked immediately, with the reason. */
import type { InvocationContext } from '@azure/functions';
import { type BulkMessage, isLaneMessage } from '../../shared/bulk/bulkPorts.ts';
import { IN_FLIGHT_OF_CUSTOMER } from '../../shared/bulk/customerLimit.ts';
import { deferWhenUnavailable } from '../../shared/bulk/deferWhenUnavailable.ts';
import { dispatchLanes } from '../../shared/bulk/lifecycle.ts';
import { runLane } from '../../shared/bulk/processLane.ts';
import { uuidV8 } from '../../shared/ids.ts';
import { jsonLogger } from '../../shared/jsonLogger.ts';
import { readBulkMessage } from '../../shared/messaging/envelope.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { service } from '../container.ts';
import { parkUnreadable } from './parkUnreadable.ts';

export async function runBulk(body: unknown, context: InvocationContext): Promise<void> {
  const ports = service().ports(jsonLogger(context));
  const read = readBulkMessage(body);
  if ('message' in read) {
    const { lifetimeMs, rules, lifecycle, attemptPolicy, bulkLeaseMs: leaseMs } = service().policies;
    // Another gateway is slower than the customer's partition.
    const inFlightOfCustomer = service().policies.isOrderKeeper ? IN_FLIGHT_OF_CUSTOMER : undefined;
    const create = { lifetimeMs, rules, lifecycle };
    const policy = { create, attemptPolicy, uuidV8, leaseMs, inFlightOfCustomer };
    const run = (message: BulkMessage) =>
      isLaneMessage(message) ? runLane(ports, message, policy) : dispatchLanes(ports, message);
    return deferWhenUnavailable(ports, read.message, run);
  }
  await parkUnreadable(ports, { body, context, source: QUEUES.bulkLanes }, read.unreadable);
}
