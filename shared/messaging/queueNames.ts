/** The names of the queues and the topic. `infra/servicebus.json` has their properties, for Azure and the emulator. */
export const QUEUES = {
  checkout: 'checkout',
  bulkOrders: 'bulk-orders',
  bulkLanes: 'bulk-lanes',
  parked: 'parked',
} as const;
export const TOPICS = { cartEvents: 'cart-events' } as const;
