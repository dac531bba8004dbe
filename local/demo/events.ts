/** Receives the events of the topic `cart-events` and prints them. */
import { ServiceBusClient } from '@azure/service-bus';
import { print } from './output.ts';

export interface CartEvent {
  id: string;
  type: string;
  data: { cartId: string; threshold?: string };
}

/** Subscribes to the topic. `received` grows until `close` is called. */
export function subscribe(connectionString: string) {
  const received: CartEvent[] = [];
  const client = new ServiceBusClient(connectionString);
  client.createReceiver('cart-events', 'all').subscribe({
    async processMessage({ body }) {
      received.push(body as CartEvent);
      const { type, id } = body as CartEvent;
      print(`⚑ ${type} (event ${id})`);
    },
    async processError({ error }) {
      print(`Error in the subscription: ${error.message}`);
    },
  });
  return { received, close: () => client.close() };
}
