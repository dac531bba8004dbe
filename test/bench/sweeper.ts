/**
 * `npm run bench:sweep`: how many due entries the sweeper processes in a second. First one run by what is due, with stores
 * and queues that take 10 ms for each effect: the runs differ in nothing else, so the figures show the limits of the sweeper.
 * Then pages of due entries with 1, 2 and 4 workers, each a process: with 20 ms for each effect, and with Azurite and the emulator,
 * which are one process each and limit the rate themselves.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cart } from '../../shared/cart/cart.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { newWorld } from '../support/ports.ts';
import { cartOf, DAY, inCheckout, KEY, LIFECYCLE, NOW, placedOrder } from '../support/samples.ts';
import { measureWorkers } from './sweepWorkers.ts';

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

for (const storage of ['slow', 'azurite'] as const) {
  const rates: { workers: number; 'entries/s': number; ratio: string }[] = [];
  for (const workers of [1, 2, 4]) {
    const rate = await measureWorkers(workers, storage);
    const ratio = (rate / (rates[0]?.['entries/s'] ?? rate)).toFixed(2);
    rates.push({ workers, 'entries/s': Math.round(rate), ratio });
  }
  console.log(storage === 'slow' ? 'pages, 20 ms for each effect' : 'pages, Azurite and the emulator');
  console.table(rates);
}
process.exit(0);
