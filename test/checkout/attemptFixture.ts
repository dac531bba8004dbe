/** Shared by the tests of attempts: a cart in checkout, its message, and a gateway with scripted outcomes. */
import type { Cart } from '../../shared/cart/cart.ts';
import type { Checkout } from '../../shared/cart/checkoutState.ts';
import type { CheckoutMessage } from '../../shared/checkout/message.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import type { GroupOutcome, OrderingGateway, Placement } from '../../shared/orders/gateway.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import { type Effect, newWorld, type World } from '../support/ports.ts';
import { inCheckout, KEY, line, MINUTE, NOW, RETRY, TROUBLE } from '../support/samples.ts';

/** The id of the checkout of the sample cart. */
export const ID = inCheckout().checkout.id;

/** A cart in checkout with `groups` order groups, one currency each. */
export const manyGroups = (groups: number) =>
  inCheckout(
    {},
    Array.from({ length: groups }, (_, n) =>
      line({ currencyCode: `A${String.fromCharCode(65 + Math.floor(n / 26), 65 + (n % 26))}` }),
    ),
  );

/** A world with this cart and no recorded effects. */
export async function worldOf(
  cart: Cart = inCheckout(),
  gateway: OrderingGateway = ledgerGateway,
): Promise<World> {
  const world = newWorld(NOW, gateway);
  await world.ports.carts.insert(cart);
  world.effects = [];
  return world;
}

/** Delivers the message of the first attempt; `more` replaces fields of the message. */
export function deliver(world: World, more: Partial<CheckoutMessage> = {}): Promise<void> {
  const policy = { retry: RETRY, watchdogMs: 2 * MINUTE };
  return runAttempt(world.ports, { ...KEY, checkoutId: ID, attempt: 1, ...more }, policy);
}

/** The stored checkout. */
export const checkoutIn = (world: World) => world.cart(KEY)?.cart.checkout as Checkout;

/** An external gateway that needs a lease of a minute per order; it returns the outcomes in turn, then places. */
export function gatewayOf(...outcomes: GroupOutcome[]): OrderingGateway & { calls: Placement[] } {
  const calls: Placement[] = [];
  const place = async (placement: Placement) => {
    calls.push(placement);
    return outcomes.shift() ?? ledgerGateway.place(placement);
  };
  return { calls, place, maxPlacementMs: MINUTE };
}

/** A retryable failure that requests a wait of 57 seconds. */
export const RETRY_LATER: GroupOutcome = {
  kind: 'retry',
  problem: TROUBLE,
  ambiguous: false,
  retryAfterMs: 57_000,
};

/** Makes the effects that match throw `error`, before or after they take effect, until `heal`. */
export function fail(
  world: World,
  matches: (effect: Effect) => boolean,
  when: 'before' | 'after',
  error: Error = new Error('Crash.'),
): void {
  world.around = async (effect, run) => {
    if (!matches(effect)) return run();
    if (when === 'after') await run();
    throw error;
  };
}

/** Whether an effect has this name. */
export const is = (name: string) => (effect: Effect) => effect.name === name;

/** Ends the failures. */
export function heal(world: World): void {
  world.around = (_, run) => run();
}
