/** The table of contents: every function of the app, by what triggers it. */
import './http.ts'; // HTTP: carts, checkouts, orders, health, reference
import './runCheckout.ts'; // queue `checkout`
import './sweepDue.ts'; // timer
