/** Runs a checkout message. One that cannot be read is parked at first sight, with the reason. */
import { app, type InvocationContext } from '@azure/functions';
import { performCheckout } from '../shared/checkout/perform.ts';
import { hexOf } from '../shared/ids.ts';
import { lineLog } from '../shared/log.ts';
import { QUEUES } from '../shared/messaging/entities.ts';
import { readCheckoutMessage } from '../shared/messaging/envelope.ts';
import { service } from './service.ts';

app.serviceBusQueue('runCheckout', {
  connection: 'ServiceBusConnection',
  queueName: QUEUES.checkout,
  handler: runCheckout,
});

async function runCheckout(body: unknown, context: InvocationContext): Promise<void> {
  const ports = service.ports(lineLog(context));
  const read = readCheckoutMessage(body);
  if ('message' in read) return performCheckout(ports, read.message, service.policies.perform);
  ports.log.warn('checkout message cannot be read; parked', { why: read.unreadable });
  await ports.parked.park(body, {
    id: hexOf(32, 'parked', JSON.stringify(body) ?? ''),
    source: QUEUES.checkout,
    reason: 'Unreadable',
    description: read.unreadable,
  });
}
