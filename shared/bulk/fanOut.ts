/** Sets every lane of a bulk order going, in one batch of messages. It may be done any number of times: a lane that has nothing to do says so. */
import type { Ports } from '../ports.ts';
import { isStopping } from './bulkOrder.ts';
import type { BulkMessage } from './bulkPorts.ts';
import { laneMessage } from './laneMessage.ts';
import { finishBulkOrder } from './lifecycle.ts';

/** Sends a message to each lane of the bulk order; a bulk order that has ended is told of once more. */
export async function dispatchLanes(ports: Ports, message: BulkMessage): Promise<void> {
  const stored = await ports.bulk.read(message);
  if (!stored) {
    ports.log.info('bulk order message is obsolete', { ...message, why: 'there is no such bulk order' });
    return;
  }
  const { order } = stored;
  if (await finishBulkOrder(ports, order)) return;
  const why = isStopping(order) ? 'stop' : 'begin';
  const { traceparent } = order;
  await ports.bulkQueue.send(
    Array.from({ length: order.lanes }, (_, lane) =>
      laneMessage(order, lane, { why, round: order.generation }, { traceparent }),
    ),
  );
}
