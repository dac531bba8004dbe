/** The table of contents: every function of the app, by what triggers it. */
import './http.ts'; // HTTP: carts, checkouts, orders, bulk orders, health, reference
import './runBulk.ts'; // queue `bulk-lanes`: the items of bulk orders
import './runCheckout.ts'; // queue `checkout`
import './sweepDue.ts'; // timer
import './takeBulkItem.ts'; // queue `bulk-orders`: items that order desks send themselves
