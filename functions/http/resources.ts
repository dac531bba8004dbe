/**
 * Where the routes of each resource are defined. Carts and checkouts, which most requests are about, are loaded at the
 * start; each other resource with its first request.
 */
import type { Route } from '../../shared/http/route.ts';
import { cartRoutes } from './carts.ts';
import { checkoutRoutes } from './checkout.ts';
import { healthRoutes } from './health.ts';

/** The definitions of each resource, in the order of `routes.ts`. */
export const RESOURCES = {
  carts: async () => cartRoutes,
  checkout: async () => checkoutRoutes,
  orders: async () => (await import('./orders.ts')).orderRoutes,
  placeOrder: async () => (await import('./placeOrder.ts')).placeOrderRoutes,
  orderChanges: async () => (await import('./orderChanges.ts')).orderChangeRoutes,
  subscriptions: async () => (await import('./subscriptions.ts')).subscriptionRoutes,
  products: async () => (await import('./products.ts')).productRoutes,
  inventory: async () => (await import('./inventory.ts')).inventoryRoutes,
  bulkOrders: async () => (await import('./bulkOrders.ts')).bulkOrderRoutes,
  bulkItems: async () => (await import('./bulkItems.ts')).bulkItemRoutes,
  webhooks: async () => (await import('./webhooks.ts')).webhookRoutes,
  webhookDeliveries: async () => (await import('./webhookDeliveries.ts')).webhookDeliveryRoutes,
  erasure: async () => (await import('./erasure.ts')).erasureRoutes,
  health: async () => healthRoutes,
  reference: async () => (await import('./routes.ts')).routes, // it describes every route
} satisfies Record<string, () => Promise<readonly Route[]>>;

export type Resource = keyof typeof RESOURCES;
