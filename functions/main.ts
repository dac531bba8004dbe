/** The table of contents: every function of the app, by what triggers it. The order matters: see `start.ts`. */
import './http/register.ts'; // HTTP: carts, checkouts, orders, bulk orders, health, reference
import './queues/register.ts'; // queues: checkouts, bulk orders, pages of the sweeper, webhook deliveries; and the topic of events
import './start.ts'; // fails the start when a setting is invalid
import './telemetry.ts'; // traces and metrics of every function, where they are sent somewhere
import './timers/sweeper.ts'; // timer, whose schedule is a setting
