/** The names of the queues and the topic. Their properties are in `infra/servicebus.json`, which makes them everywhere. */
export const QUEUES = {
  checkout: 'checkout',
  bulkOrders: 'bulk-orders',
  bulkLanes: 'bulk-lanes',
  parked: 'parked',
} as const;
export const TOPICS = { cartEvents: 'cart-events' } as const;
