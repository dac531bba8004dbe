/** The table of contents: every function of the app, by what triggers it. The order matters: see `start.ts`. */
import './http/register.ts'; // HTTP: carts, checkouts, orders, bulk orders, health, reference
import './queues/bulkLaneWorker.ts'; // queue `bulk-lanes`: the items of bulk orders
import './queues/checkoutWorker.ts'; // queue `checkout`
import './queues/bulkItemIntake.ts'; // queue `bulk-orders`: items that order desks send themselves
import './queues/sweepPageWorker.ts'; // queue `sweep-pages`: due entries that the sweeper dispatches
import './queues/webhookDeliveryWorker.ts'; // queue `webhook-deliveries`
import './queues/webhookEvents.ts'; // subscription `webhooks` of the topic `cart-events`
import './start.ts'; // fails the start when a setting is invalid
import './telemetry.ts'; // traces and metrics of every function, where they are sent somewhere
import './timers/sweeper.ts'; // timer, whose schedule is a setting
