/** Listens on the topic `cart-events`, through the real SDK, and shows what comes. */
import { ServiceBusClient } from '@azure/service-bus';
import { say } from './account.ts';

export interface CartEvent {
  id: string;
  type: string;
  data: { cartId: string; threshold?: string };
}

/** Everything heard so far, and a way to stop. */
export function listen(connectionString: string) {
  const heard: CartEvent[] = [];
  const client = new ServiceBusClient(connectionString);
  client.createReceiver('cart-events', 'all').subscribe({
    async processMessage({ body }) {
      heard.push(body as CartEvent);
      const { type, id } = body as CartEvent;
      say(`⚑ ${type} (event ${id})`);
    },
    async processError({ error }) {
      say(`the topic: ${error.message}`);
    },
  });
  return { heard, close: () => client.close() };
}
