/** A sweep processes what is due and nothing else, writes the next entry before it deletes this one, and keeps an entry that fails. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { requestCheckout } from '../../shared/checkout/requestCheckout.ts';
import { uuidV8 } from '../../shared/ids.ts';
import type { DueEntry } from '../../shared/ports.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { newWorld, type World } from '../support/ports.ts';
import {
  cartOf,
  DAY,
  HOUR,
  inCheckout,
  KEY,
  LIFECYCLE,
  MINUTE,
  NOW,
  placedOrder,
  SECOND,
  TROUBLE,
} from '../support/samples.ts';

const EXPIRES = NOW + 7 * DAY;
const NOTHING_DUE = { processed: 0, acted: 0, failed: 0, deferred: 0 };

let world: World;
const names = () => world.effects.map(({ name }) => name);
const entryTimes = () => [...world.dueEntries.values()].map(({ atMs }) => atMs);
const run = () => sweep(world.ports, LIFECYCLE);

/** Creates a world at the time of a due entry, with this cart. */
async function reset(entryMs: number, cart = cartOf()) {
  world = newWorld(entryMs);
  await world.ports.carts.insert(cart);
  await world.ports.due.put({ ...KEY, atMs: entryMs });
  world.effects = [];
}
beforeEach(() => reset(EXPIRES - DAY));

describe('cart.expiring.v1', () => {
  it('A sweep publishes cart.expiring, then writes the next due entry, then deletes the current one', async () => {
    expect(await run()).toEqual({ processed: 1, acted: 1, failed: 0, deferred: 0 });

    expect(names()).toEqual(['due.read', 'carts.read', 'events.publish', 'due.put', 'due.remove']);
    expect(entryTimes()).toEqual([EXPIRES - HOUR]);
    expect(world.events).toMatchObject([{ type: 'cart.expiring.v1', data: { threshold: 'P1D' } }]);
  });

  it('A sweep after an outage publishes cart.expiring once, with the actual remaining time', async () => {
    world.nowMs = EXPIRES - 30 * MINUTE;

    await run();

    expect(world.events.map(({ data }) => data)).toMatchObject([{ threshold: 'PT1H', remaining: 'PT30M' }]);
    expect(entryTimes()).toEqual([EXPIRES]);
  });

  it.each(['carts.read', 'events.publish', 'due.put', 'due.remove'])(
    'A crash at %s publishes cart.expiring again under the same id and never loses the due entry',
    async (crash) => {
      for (const when of ['before', 'after'] as const) {
        await reset(EXPIRES - DAY);
        world.around = async (effect, next) => {
          if (effect.name !== crash) return next();
          if (when === 'after') await next();
          throw new Error('Crash.');
        };
        expect(await run()).toMatchObject({ failed: 1 });
        expect(entryTimes().length).toBeGreaterThan(0);
        world.around = (_, next) => next();

        await run();

        expect(entryTimes()).toEqual([EXPIRES - HOUR]);
        expect(world.events).toHaveLength(1);
      }
    },
  );
});

it('A sweep processes nothing that is not due', async () => {
  world.nowMs -= 1;

  expect(await run()).toEqual(NOTHING_DUE);
  expect(names()).toEqual(['due.read']);
});

it('A sweep deletes the due entry of a cart that was never created', async () => {
  world.dueEntries.clear();
  await world.ports.due.put({ ...KEY, cartId: '00000000-0000-4000-8000-000000000000', atMs: world.nowMs });
  world.effects = [];

  expect(await run()).toEqual({ processed: 1, acted: 1, failed: 0, deferred: 0 });

  expect(names()).toEqual(['due.read', 'carts.read', 'orders.purge', 'due.remove']);
});

it('Sweeps process a cart from its first threshold to its purge, with one due entry at a time', async () => {
  for (let sweeps = 0; world.dueEntries.size > 0 && sweeps < 10; sweeps++) {
    world.nowMs = Math.max(...entryTimes());
    await run();
    expect(world.dueEntries.size).toBeLessThanOrEqual(1);
  }

  expect(world.events.map(({ type }) => type)).toEqual([
    'cart.expiring.v1',
    'cart.expiring.v1',
    'cart.expired.v1',
  ]);
  expect(world.cart(KEY)).toBeUndefined();
  expect(world.nowMs).toBe(EXPIRES + 30 * DAY);
});

describe('a checkout', () => {
  const running = inCheckout({ traceparent: '00-a-b-01' });
  const { watchdogAtMs, id } = running.checkout;

  it('A sweep sends an overdue checkout again under a separate id and writes the entry for the next watchdog check', async () => {
    await reset(watchdogAtMs, running);

    await run();

    expect(names()).toEqual(['due.read', 'carts.read', 'checkouts.send', 'due.put', 'due.remove']);
    expect(world.sent).toEqual([
      {
        id: `${id}.1.watchdog.${watchdogAtMs}`,
        atMs: undefined,
        message: { ...KEY, checkoutId: id, attempt: 1, traceparent: '00-a-b-01' },
      },
    ]);
    expect(entryTimes()).toEqual([watchdogAtMs + LIFECYCLE.watchdogMs]);
  });

  it('A checkout without a worker has one due entry and one message per watchdog check, however often callers join it', async () => {
    world = newWorld(NOW);
    await world.ports.carts.insert(cartOf());
    world.around = async (_, next) => {
      world.nowMs += 3; // no two effects have the same time
      return next();
    };
    const context = { watchdogMs: LIFECYCLE.watchdogMs, uuidV8 };

    for (let minute = 0; minute < 60; minute++) {
      for (let times = 0; times < 5; times++) {
        await requestCheckout(world.ports, KEY, context);
        world.nowMs += 12_000;
      }
      await run();
      expect(world.dueEntries.size).toBe(1);
    }

    expect(world.sent.length).toBeLessThanOrEqual(31); // the first, and one every two minutes
    expect(world.sent.length).toBeGreaterThan(28);
  });

  it('A checkout keeps its due entry when its message cannot be sent again', async () => {
    await reset(watchdogAtMs, running);
    world.around = async (effect, next) => {
      if (effect.name === 'checkouts.send') throw new Error('The broker is unavailable.');
      return next();
    };

    expect(await run()).toEqual({ processed: 1, acted: 0, failed: 1, deferred: 0 });

    expect(entryTimes()).toEqual([watchdogAtMs]);
    expect(world.warnings).toHaveLength(1);
  });

  it('A sweep publishes an ended checkout and parks it when its attempts are exhausted', async () => {
    const groups = running.checkout.groups.map((group) => ({
      ...group,
      state: 'refused' as const,
      problem: TROUBLE,
    }));
    const ended = { state: 'failed' as const, endedMs: NOW + SECOND, exhausted: true, groups };
    await reset(watchdogAtMs, inCheckout(ended));

    await run();

    expect(world.events).toMatchObject([{ type: 'cart.checkoutFailed.v1', id: `${id}.failed` }]);
    expect(world.parked).toMatchObject([{ why: { id: `${id}.exhausted` } }]);
    expect(entryTimes()).toEqual([EXPIRES - DAY]);
  });

  it.each(['purged as usual', 'purged by a sweep that crashes afterwards'])(
    'The orders of a cart are kept for their own retention when the cart is %s',
    async (how) => {
      const order = placedOrder();
      const groups = running.checkout.groups.map((group) => ({ ...group, state: 'placed' as const, order }));
      await reset(NOW + 30 * DAY, inCheckout({ state: 'ordered', endedMs: NOW, groups }));
      world.orders.set(`${KEY.tenant}_${KEY.customer}_${order.orderId}`, {
        ...order,
        tenant: KEY.tenant,
        cartId: KEY.cartId,
        referenceCustomerId: KEY.customer,
        billingCycle: 'monthly',
        currencyCode: 'USD',
        isLegacy: false,
        lineItems: [],
      });
      if (how !== 'purged as usual') {
        world.around = async (effect, next) => {
          if (effect.name === 'due.put') throw new Error('Crash.');
          return next();
        };
        await run();
        world.around = (_, next) => next();
      }

      await run();
      expect(world.cart(KEY)).toBeUndefined();
      expect(world.orders.size).toBe(1);
      expect(entryTimes()).toEqual([NOW + LIFECYCLE.orderRetentionMs]);
      world.nowMs = NOW + LIFECYCLE.orderRetentionMs;
      await run();

      expect(world.orders.size).toBe(0);
      expect(entryTimes()).toEqual([]);
    },
  );
});

describe('a sweep of many carts', () => {
  const many = Array.from({ length: 100 }, (_, n): DueEntry => {
    const cartId = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
    return { ...KEY, cartId, atMs: EXPIRES - DAY };
  });
  beforeEach(async () => {
    world = newWorld(EXPIRES - DAY);
    for (const { cartId } of many) await world.ports.carts.insert(cartOf(undefined, { cartId }));
    for (const entry of many) await world.ports.due.put(entry);
    world.effects = [];
  });

  it('A sweep reads only the carts that are due', async () => {
    for (const { cartId } of many) await world.ports.due.put({ ...KEY, cartId, atMs: EXPIRES });
    world.effects = [];

    expect(await run()).toEqual({ processed: 100, acted: 100, failed: 0, deferred: 0 });
    expect(names().filter((name) => name === 'carts.read')).toHaveLength(100);
  });

  it('A sweep processes at most 64 entries concurrently, and at most sixteen more that publish', async () => {
    const isPublishing = new Set<unknown>();
    let current = { processing: 0, publishing: 0 };
    let most = current;
    world.around = async (effect, next) => {
      if (effect.name === 'due.read') return next();
      const [subject] = effect.args as [{ cartId?: string; data?: { cartId: string } }];
      const cartId = subject.cartId ?? subject.data?.cartId;
      if (effect.name === 'events.publish') isPublishing.add(cartId);
      const kind = isPublishing.has(cartId) ? 'publishing' : 'processing';
      current = { ...current, [kind]: current[kind] + 1 };
      most = { ...most, [kind]: Math.max(most[kind], current[kind]) };
      await nextTurn();
      const done = await next();
      current = { ...current, [kind]: current[kind] - 1 };
      return done;
    };

    await run();

    expect(most).toEqual({ processing: 64, publishing: 16 });
  });

  it('A sweep processes the other entries when one fails, and the failed one keeps its due entry', async () => {
    const bad = many[50];
    world.around = async (effect, next) => {
      if (effect.name === 'carts.read' && (effect.args[0] as DueEntry).cartId === bad?.cartId)
        throw new Error('Bad.');
      return next();
    };

    expect(await run()).toEqual({ processed: 100, acted: 99, failed: 1, deferred: 0 });
    expect([...world.dueEntries.values()].filter(({ atMs }) => atMs <= world.nowMs)).toEqual([bad]);
  });

  it('A sweep completes the entries that it has started when the due index stops responding', async () => {
    const due = world.ports.due.read(world.nowMs);
    world.ports.due.read = async function* () {
      yield* due;
      throw new Error('Storage is unavailable.');
    };

    await expect(run()).rejects.toThrow('unavailable');

    expect(entryTimes()).toEqual(many.map(() => EXPIRES - HOUR));
  });
});

it('A sweep uses the watchdog time of the policy', async () => {
  await reset(NOW + MINUTE, inCheckout({ watchdogAtMs: NOW + MINUTE }));

  await sweep(world.ports, { ...LIFECYCLE, watchdogMs: MINUTE });

  expect(entryTimes()).toEqual([NOW + 2 * MINUTE]);
});
