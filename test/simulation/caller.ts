/**
 * A storefront in a simulation: makes a cart, thinks, changes it, checks it out, calls again when it gets no
 * answer, gives up at some time, or comes just when the cart expires; often in two windows at once. Calls go to
 * any worker that is alive.
 */
import type { CartKey } from '../../shared/cart/cart.ts';
import { createCart } from '../../shared/cart/createCart.ts';
import { replaceCart } from '../../shared/cart/replaceCart.ts';
import { requestCheckout, waitForCompletion } from '../../shared/checkout/requestCheckout.ts';
import { uuidV8 } from '../../shared/ids.ts';
import type { Ports } from '../../shared/ports.ts';
import { CREATE, KEY, line, MINUTE, SECOND, TWO_GROUPS } from '../support/samples.ts';
import type { Worker } from './worker.ts';
import { LIFECYCLE, LIFETIME_MS, type World } from './world.ts';

const CONTEXT = { ...CREATE, lifetimeMs: LIFETIME_MS, lifecycle: LIFECYCLE };
const ASK = { watchdogMs: LIFECYCLE.watchdogMs, uuidV8 };
const WAIT_MS = 25_000;
const REPEATS = 4;
/** More than are placed side by side. */
const SIX_GROUPS = ['USD', 'EUR', 'GBP'].flatMap((currencyCode) =>
  TWO_GROUPS.map((item) => ({ ...item, currencyCode })),
);

/** Plays the storefront of one cart to the end. */
export async function playCaller(world: World, workers: readonly Worker[], name: string): Promise<void> {
  const { kernel, random, witness, trace } = world;
  const key: CartKey = { ...KEY, cartId: uuidV8('cart', name) };
  const lineItems = random.pick([TWO_GROUPS, TWO_GROUPS, [line()], [line()], SIX_GROUPS]);
  let writes = 0;

  await kernel.wait(random.below(5 * MINUTE));
  await call('creates', async (ports) => {
    const made = await createCart(ports, key, { lineItems }, { ...CONTEXT, idempotencyKey: 'create' });
    if ('cart' in made) witness.created.push(key);
  });
  await Promise.all(random.chance(0.4) ? [shop(), shop()] : [shop()]);

  async function shop() {
    while (random.chance(0.8)) {
      await think();
      if (random.chance(0.3)) await replace();
      else await checkOut();
    }
  }

  /** For seconds, for minutes, or until the cart is about to expire. */
  async function think() {
    const longMs = random.chance(0.1) ? LIFETIME_MS - random.below(MINUTE) : random.below(2 * MINUTE);
    await kernel.wait(random.chance(0.3) ? random.below(SECOND) : longMs);
  }

  async function replace() {
    const draft = { lineItems: [...lineItems, line({ quantity: ++writes + 1 })] };
    const context = { ...CONTEXT, idempotencyKey: `replace ${writes}` };
    await call('replaces', (ports) => replaceCart(ports, key, draft, context));
  }

  async function checkOut() {
    await call('checks out', async (ports) => {
      const asked = await requestCheckout(ports, key, ASK);
      if (!('checkout' in asked)) return;
      witness.asked.push(asked.checkout.id);
      if (random.chance(0.7)) await waitForCompletion(ports, asked, WAIT_MS);
    });
  }

  /** Calls again when there was no answer, as the SDKs do, at whatever worker there is. */
  async function call(what: string, work: (ports: Ports) => Promise<unknown>): Promise<void> {
    for (let n = 0; n < REPEATS; n++) {
      const worker = random.pick(workers.filter((one) => one.isAlive()));
      if (worker) {
        trace(() => `${name} ${what} at ${worker.name}`);
        const answered = await worker.serve((ports) =>
          work(ports).then(
            () => true,
            () => false,
          ),
        );
        if (answered?.answer) return;
      }
      await kernel.wait(SECOND + random.below(5 * SECOND));
    }
    trace(() => `${name} gives up`);
  }
}
