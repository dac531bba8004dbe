/** What the tests of the performing side share: a cart in checkout, a message, a gateway that answers by script. */
import type { Cart } from '../../shared/cart/cart.ts';
import type { Checkout } from '../../shared/cart/checkoutState.ts';
import type { CheckoutMessage } from '../../shared/checkout/message.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import type { GroupOutcome, OrderingGateway, Placement } from '../../shared/orders/gateway.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import { type Effect, newWorld, type World } from '../support/ports.ts';
import { inCheckout, KEY, line, MINUTE, NOW, RETRY, TROUBLE } from '../support/samples.ts';

/** The id of the sample's checkout. */
export const ID = inCheckout().checkout.id;

/** As many order groups as there are currencies. */
export const manyGroups = (groups: number) =>
  inCheckout(
    {},
    Array.from({ length: groups }, (_, n) =>
      line({ currencyCode: `A${String.fromCharCode(65 + Math.floor(n / 26), 65 + (n % 26))}` }),
    ),
  );
/** A world with this cart, and nothing recorded yet. */
export async function worldOf(
  cart: Cart = inCheckout(),
  gateway: OrderingGateway = ledgerGateway,
): Promise<World> {
  const world = newWorld(NOW, gateway);
  await world.ports.carts.insert(cart);
  world.effects = [];
  return world;
}

/** Delivers the message of the first attempt, changed in what is given. */
export function perform(world: World, more: Partial<CheckoutMessage> = {}): Promise<void> {
  const policy = { retry: RETRY, watchdogMs: 2 * MINUTE };
  return runAttempt(world.ports, { ...KEY, checkoutId: ID, attempt: 1, ...more }, policy);
}

/** The checkout as it stands. */
export const checkoutIn = (world: World) => world.cart(KEY)?.cart.checkout as Checkout;

/** A gateway outside, which has to be had to oneself for a minute an order; it answers in turn, then places. */
export function gatewayOf(...answers: GroupOutcome[]): OrderingGateway & { asked: Placement[] } {
  const asked: Placement[] = [];
  const place = async (placement: Placement) => {
    asked.push(placement);
    return answers.shift() ?? ledgerGateway.place(placement);
  };
  return { asked, place, maxPlacementMs: MINUTE };
}

/** An answer after which asking again may help. */
export const RETRY_LATER: GroupOutcome = {
  kind: 'retry',
  problem: TROUBLE,
  ambiguous: false,
  retryAfterMs: 57_000,
};

/** From now on fails the effects that match, before or after they are done. */
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

/** Whether an effect is the one of that name. */
export const is = (name: string) => (effect: Effect) => effect.name === name;

/** Ends every failing. */
export function heal(world: World): void {
  world.around = (_, run) => run();
}
