/** A dependency that fails, hangs or is slow delays only the entries that need it. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Cart, CartKey } from '../../shared/cart/cart.ts';
import type { CloudEvent } from '../../shared/events/cloudEvent.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { newWorld, type World } from '../support/ports.ts';
import { cartOf, DAY, HOUR, inCheckout, KEY, LIFECYCLE, NOW, SECOND } from '../support/samples.ts';

/** The expiry of the carts that are not in checkout. */
const EXPIRES = NOW + 7 * DAY;
const idOf = (kind: string, n: number) =>
  `${kind.padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`;

let world: World;
beforeEach(() => {
  world = newWorld(EXPIRES - HOUR);
});
afterEach(() => {
  vi.useRealTimers();
});

const run = () => sweep(world.ports, LIFECYCLE);
const effects = (name: string) => world.effects.filter((effect) => effect.name === name);
const entryOf = ({ cartId }: CartKey) =>
  [...world.dueEntries.values()].find((entry) => 'cartId' in entry && entry.cartId === cartId);

/** Inserts a cart that is due now. */
async function due(cart: Cart): Promise<Cart> {
  await world.ports.carts.insert(cart);
  await world.ports.due.put({ ...KEY, cartId: cart.cartId, atMs: world.nowMs });
  return cart;
}
const expiring = (count: number) =>
  Promise.all(Array.from({ length: count }, (_, n) => due(cartOf(undefined, { cartId: idOf('a', n) }))));
const purgeable = (count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, n) => {
      const expiresMs = world.nowMs - LIFECYCLE.retentionMs;
      return due(cartOf(undefined, { cartId: idOf('b', n), expiresMs }));
    }),
  );
/** A checkout whose message was lost. */
function overdue(): Promise<Cart> {
  const running = inCheckout({ watchdogAtMs: world.nowMs });
  return due({ ...running, cartId: idOf('c', 0) });
}

it('A sweep recovers a checkout and purges a cart while the topic fails, with few calls to the topic', async () => {
  const carts = await expiring(500);
  const [old] = await purgeable(1);
  await overdue();
  world.around = async ({ name }, next) => {
    if (name === 'events.publish') throw new Error('The topic is disabled.');
    return next();
  };
  world.effects = [];

  const report = await run();

  expect(world.sent).toHaveLength(1);
  expect(old && world.cart(old)).toBeUndefined();
  expect(effects('events.publish').length).toBeLessThan(20);
  expect(carts.filter((cart) => entryOf(cart)?.atMs === world.nowMs)).toHaveLength(carts.length);
  expect(report.failed + report.deferred).toBeGreaterThanOrEqual(carts.length);
  expect(world.warnings.length).toBeLessThan(20);
});

it('A sweep recovers a checkout immediately while the topic does not respond, and ends', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const carts = await expiring(500);
  await overdue();
  world.around = ({ name }, next) => (name === 'events.publish' ? new Promise(() => undefined) : next());

  const ended = run();
  await vi.advanceTimersByTimeAsync(0);
  const sentImmediately = world.sent.length;
  await vi.advanceTimersByTimeAsync(30_000);

  expect(sentImmediately).toBe(1);
  expect(await ended).toMatchObject({ processed: 501, acted: 1 });
  expect(carts.filter((cart) => entryOf(cart)?.atMs === world.nowMs)).toHaveLength(carts.length);
});

it('A sweep processes the other carts when storage does not respond for some, and ends after their time-out', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const blocked = new Set((await expiring(63)).map(({ cartId }) => cartId));
  await overdue();
  world.around = ({ name, args }, next) =>
    name === 'carts.read' && blocked.has((args[0] as CartKey).cartId) ? new Promise(() => undefined) : next();

  const ended = run();
  await vi.advanceTimersByTimeAsync(0);
  const sentImmediately = world.sent.length;
  await vi.advanceTimersByTimeAsync(20_000);

  expect(sentImmediately).toBe(1);
  expect(await ended).toEqual({ processed: 64, acted: 1, failed: 63, deferred: 0 });
});

it('A sweep publishes again as soon as the topic responds to a probe', async () => {
  const carts = await expiring(300);
  const startMs = world.nowMs;
  world.around = async ({ name }, next) => {
    if (name === 'carts.read') world.nowMs += 100; // half a minute in all
    if (name === 'events.publish' && world.nowMs < startMs + 5 * SECOND) throw new Error('Busy.');
    return next();
  };

  const { acted, deferred } = await run();

  expect(acted).toBeGreaterThan(100);
  expect(acted + deferred).toBeGreaterThan(carts.length - 20);
  expect(new Set(world.events.map(({ id }: CloudEvent) => id)).size).toBe(acted);
});

it('A sweep stops purging when the time for purges is used up, and processes all other entries', async () => {
  const old = await purgeable(100);
  const carts = await expiring(50);
  world.around = async ({ name }, next) => {
    if (name === 'carts.purge') world.nowMs += 2 * SECOND;
    return next();
  };

  const report = await run();

  expect(world.events).toHaveLength(carts.length);
  expect(effects('carts.purge').length).toBeLessThan(75 + 16);
  expect(effects('carts.purge').length).toBeGreaterThan(0);
  expect(report).toMatchObject({ failed: 0, deferred: old.length - effects('carts.purge').length });
});

it('A sweep leaves the entries that it has not started after three and a half minutes to the next one', async () => {
  const carts = await expiring(100);
  world.around = async (effect, next) => {
    if (effect.name === 'carts.read') world.nowMs += 15 * SECOND;
    return next();
  };

  const { processed } = await run();

  expect(processed).toBeGreaterThanOrEqual(14);
  expect(processed).toBeLessThan(14 + 16);
  const left = [...world.dueEntries.values()].filter(({ atMs }) => atMs === EXPIRES - HOUR);
  expect(left).toHaveLength(carts.length - processed);
});
