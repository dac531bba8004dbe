import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { startServiceBus } from '@cartwright/servicebus-emulator';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { openBus } from '../../shared/messaging/bus.ts';
import { checkoutQueue, eventTopic, parkedQueue } from '../../shared/messaging/publishers.ts';
import { QUEUES, TOPICS } from '../../shared/messaging/queueNames.ts';
import { describeMessaging, type Received } from './messaging.ts';

describeMessaging('the emulator through the real SDK', async () => {
  const emulator = await startServiceBus({ entities });
  const bus = openBus(emulator);
  const client = new ServiceBusClient(emulator.connectionString);
  const receivers = {
    checkout: client.createReceiver(QUEUES.checkout),
    parked: client.createReceiver(QUEUES.parked),
    events: client.createReceiver(TOPICS.cartEvents, 'all'),
  };
  return {
    checkouts: checkoutQueue(bus),
    parked: parkedQueue(bus),
    events: eventTopic(bus),
    async receive(from, count) {
      const received: Received[] = [];
      while (received.length < count) {
        const messages = await receivers[from].receiveMessages(1, { maxWaitTimeInMs: 1_000 });
        if (messages.length === 0) break;
        received.push(...messages.map(asReceived));
        await Promise.all(messages.map((message) => receivers[from].completeMessage(message)));
      }
      return received;
    },
    async close() {
      await Promise.all([bus.close(), client.close()]);
      await emulator.close();
    },
  };
});

function asReceived({ messageId, body, applicationProperties = {} }: ServiceBusReceivedMessage): Received {
  return { id: String(messageId), body, properties: applicationProperties, atMs: Date.now() };
}
