/** Every HTTP route with its documentation, for the reference and the tests. The service loads a part of them: see `routeEntries.ts`. */
import type { Route } from '../../shared/http/route.ts';
import { bulkItemRoutes } from './bulkItems.ts';
import { bulkOrderRoutes } from './bulkOrders.ts';
import { cartRoutes } from './carts.ts';
import { checkoutRoutes } from './checkout.ts';
import { erasureRoutes } from './erasure.ts';
import { healthRoutes } from './health.ts';
import { inventoryRoutes } from './inventory.ts';
import { orderChangeRoutes } from './orderChanges.ts';
import { orderRoutes } from './orders.ts';
import { placeOrderRoutes } from './placeOrder.ts';
import { productRoutes } from './products.ts';
import { referenceRoutes } from './reference.ts';
import { subscriptionRoutes } from './subscriptions.ts';
import { webhookDeliveryRoutes } from './webhookDeliveries.ts';
import { webhookRoutes } from './webhooks.ts';

export const routes: readonly Route[] = [
  ...cartRoutes,
  ...checkoutRoutes,
  ...orderRoutes,
  ...placeOrderRoutes,
  ...orderChangeRoutes,
  ...subscriptionRoutes,
  ...productRoutes,
  ...inventoryRoutes,
  ...bulkOrderRoutes,
  ...bulkItemRoutes,
  ...webhookRoutes,
  ...webhookDeliveryRoutes,
  ...erasureRoutes,
  ...healthRoutes,
  ...referenceRoutes(() => routes),
];
