/**
 * `npm run bench:sweep`: how many due entries a run of the sweeper processes in a second, by what is due, with stores and
 * queues that take 10 ms for each effect. The runs differ in nothing else, so the figures show the limits of the sweeper.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cart } from '../../shared/cart/cart.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { newWorld } from '../support/ports.ts';
import { cartOf, DAY, inCheckout, KEY, LIFECYCLE, NOW, placedOrder } from '../support/samples.ts';

const EFFECT_MS = 10;
const ENTRIES = 1_500;

interface Kind {
  name: string;
  cart: Cart;
  atMs: number;
}

const EXPIRES = cartOf().expiresMs;
const RUNNING = inCheckout();
const ORDERED: Cart = {
  ...RUNNING,
  checkout: {
    ...RUNNING.checkout,
    state: 'ordered',
    endedMs: NOW,
    groups: RUNNING.checkout.groups.map((group) => ({ ...group, state: 'placed', order: placedOrder() })),
  },
};
const KINDS: Kind[] = [
  { name: 'expiry notice', cart: cartOf(), atMs: EXPIRES - DAY },
  { name: 'expiry', cart: cartOf(), atMs: EXPIRES },
  { name: 'purge of an expired cart', cart: cartOf(), atMs: EXPIRES + LIFECYCLE.retentionMs },
  { name: 'purge of an ordered cart', cart: ORDERED, atMs: NOW + LIFECYCLE.retentionMs + DAY },
];

for (const { name, cart, atMs } of KINDS) {
  const world = newWorld(atMs);
  for (let n = 0; n < ENTRIES; n++) {
    const cartId = `${KEY.cartId.slice(0, -6)}${String(n).padStart(6, '0')}`;
    await world.ports.carts.insert({ ...cart, cartId });
    await world.ports.due.put({ ...KEY, cartId, atMs });
  }
  world.around = async (_, run) => {
    await sleep(EFFECT_MS);
    return run();
  };
  const began = performance.now();
  const now = () => atMs + performance.now() - began;
  const report = await sweep({ ...world.ports, now }, LIFECYCLE);
  const seconds = (performance.now() - began) / 1_000;
  const done = report.processed - report.failed - report.deferred;
  console.log(
    `${name.padEnd(26)} ${String(Math.round(done / seconds)).padStart(5)}/s  ${JSON.stringify(report)}`,
  );
}
