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
const QUIET = { processed: 0, acted: 0, failed: 0, deferred: 0 };

let world: World;
const names = () => world.effects.map(({ name }) => name);
const entryTimes = () => [...world.hints.values()].map(({ atMs }) => atMs);
const run = () => sweep(world.ports, LIFECYCLE);

/** A world at the time of a due entry, with this cart. */
async function begin(entryMs: number, cart = cartOf()) {
  world = newWorld(entryMs);
  await world.ports.carts.insert(cart);
  await world.ports.due.put({ ...KEY, atMs: entryMs });
  world.effects = [];
}
beforeEach(() => begin(EXPIRES - DAY));

describe('cart.expiring', () => {
  it('is published, then the next due entry is written, then this one is deleted', async () => {
    expect(await run()).toEqual({ processed: 1, acted: 1, failed: 0, deferred: 0 });

    expect(names()).toEqual(['due.due', 'carts.read', 'events.publish', 'due.put', 'due.remove']);
    expect(entryTimes()).toEqual([EXPIRES - HOUR]);
    expect(world.events).toMatchObject([{ type: 'cart.expiring', data: { threshold: 'P1D' } }]);
  });

  it('is published once after an outage, with the remaining time that is true then', async () => {
    world.nowMs = EXPIRES - 30 * MINUTE;

    await run();

    expect(world.events.map(({ data }) => data)).toMatchObject([{ threshold: 'PT1H', remaining: 'PT30M' }]);
    expect(entryTimes()).toEqual([EXPIRES]);
  });

  it.each(['carts.read', 'events.publish', 'due.put', 'due.remove'])(
    'is published again under the same id after a crash at %s, and its entry is never lost',
    async (crash) => {
      for (const when of ['before', 'after'] as const) {
        await begin(EXPIRES - DAY);
        world.around = async (effect, go) => {
          if (effect.name !== crash) return go();
          if (when === 'after') await go();
          throw new Error('Crash.');
        };
        expect(await run()).toMatchObject({ failed: 1 });
        expect(entryTimes().length).toBeGreaterThan(0);
        world.around = (_, go) => go();

        await run();

        expect(entryTimes()).toEqual([EXPIRES - HOUR]);
        expect(world.events).toHaveLength(1);
      }
    },
  );
});

it('processes nothing that is not due', async () => {
  world.nowMs -= 1;

  expect(await run()).toEqual(QUIET);
  expect(names()).toEqual(['due.due']);
});

it('deletes the due entry of a cart that was never created', async () => {
  world.hints.clear();
  await world.ports.due.put({ ...KEY, cartId: '00000000-0000-4000-8000-000000000000', atMs: world.nowMs });
  world.effects = [];

  expect(await run()).toEqual({ processed: 1, acted: 1, failed: 0, deferred: 0 });

  expect(names()).toEqual(['due.due', 'carts.read', 'orders.purge', 'due.remove']);
});

it('takes a cart from its first threshold to its purge, with one due entry at a time', async () => {
  for (let rounds = 0; world.hints.size > 0 && rounds < 10; rounds++) {
    world.nowMs = Math.max(...entryTimes());
    await run();
    expect(world.hints.size).toBeLessThanOrEqual(1);
  }

  expect(world.events.map(({ type }) => type)).toEqual(['cart.expiring', 'cart.expiring', 'cart.expired']);
  expect(world.cart(KEY)).toBeUndefined();
  expect(world.nowMs).toBe(EXPIRES + 30 * DAY);
});

describe('a checkout', () => {
  const running = inCheckout({ traceparent: '00-a-b-01' });
  const { watchdogAtMs, id } = running.checkout;

  it('is sent again under a separate id when it is overdue, with a due entry for the next watchdog check', async () => {
    await begin(watchdogAtMs, running);

    await run();

    expect(names()).toEqual(['due.due', 'carts.read', 'checkouts.send', 'due.put', 'due.remove']);
    expect(world.sent).toEqual([
      {
        id: `${id}.1.watchdog.${watchdogAtMs}`,
        atMs: undefined,
        message: { ...KEY, checkoutId: id, attempt: 1, traceparent: '00-a-b-01' },
      },
    ]);
    expect(entryTimes()).toEqual([watchdogAtMs + LIFECYCLE.watchdogMs]);
  });

  it('has one due entry and one message per watchdog check while no worker runs it, however often callers join it', async () => {
    world = newWorld(NOW);
    await world.ports.carts.insert(cartOf());
    world.around = async (_, go) => {
      world.nowMs += 3; // no two effects have the same time
      return go();
    };
    const context = { watchdogMs: LIFECYCLE.watchdogMs, uuidV8 };

    for (let minute = 0; minute < 60; minute++) {
      for (let times = 0; times < 5; times++) {
        await requestCheckout(world.ports, KEY, context);
        world.nowMs += 12_000;
      }
      await run();
      expect(world.hints.size).toBe(1);
    }

    expect(world.sent.length).toBeLessThanOrEqual(31); // the first, and one every two minutes
    expect(world.sent.length).toBeGreaterThan(28);
  });

  it('keeps its due entry when it cannot be sent again', async () => {
    await begin(watchdogAtMs, running);
    world.around = async (effect, go) => {
      if (effect.name === 'checkouts.send') throw new Error('The broker is away.');
      return go();
    };

    expect(await run()).toEqual({ processed: 1, acted: 0, failed: 1, deferred: 0 });

    expect(entryTimes()).toEqual([watchdogAtMs]);
    expect(world.warnings).toHaveLength(1);
  });

  it('is published when it has ended, and parked when its attempts are exhausted', async () => {
    const groups = running.checkout.groups.map((group) => ({
      ...group,
      state: 'refused' as const,
      problem: TROUBLE,
    }));
    const ended = { state: 'failed' as const, endedMs: NOW + SECOND, exhausted: true, groups };
    await begin(watchdogAtMs, inCheckout(ended));

    await run();

    expect(world.events).toMatchObject([{ type: 'cart.checkoutFailed', id: `${id}.failed` }]);
    expect(world.parked).toMatchObject([{ why: { id: `${id}.exhausted` } }]);
    expect(entryTimes()).toEqual([EXPIRES - DAY]);
  });

  it.each(['purged as usual', 'purged by a run that crashed then'])(
    'leaves its orders for their own retention when its cart is %s',
    async (how) => {
      const order = placedOrder();
      const groups = running.checkout.groups.map((group) => ({ ...group, state: 'placed' as const, order }));
      await begin(NOW + 30 * DAY, inCheckout({ state: 'ordered', endedMs: NOW, groups }));
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
        world.around = async (effect, go) => {
          if (effect.name === 'due.put') throw new Error('Crash.');
          return go();
        };
        await run();
        world.around = (_, go) => go();
      }

      await run();
      expect([world.cart(KEY), world.orders.size, entryTimes()]).toEqual([
        undefined,
        1,
        [NOW + LIFECYCLE.orderRetentionMs],
      ]);
      world.nowMs = NOW + LIFECYCLE.orderRetentionMs;
      await run();

      expect([world.orders.size, entryTimes()]).toEqual([0, []]);
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

  it('costs in proportion to those that are due', async () => {
    for (const { cartId } of many) await world.ports.due.put({ ...KEY, cartId, atMs: EXPIRES });
    world.effects = [];

    expect(await run()).toEqual({ processed: 100, acted: 100, failed: 0, deferred: 0 });
    expect(names().filter((name) => name === 'carts.read')).toHaveLength(100);
  });

  it('processes at most sixteen at a time, and beside them at most eight that publish', async () => {
    const isPublishing = new Set<unknown>();
    let [at, most] = [
      { processing: 0, publishing: 0 },
      { processing: 0, publishing: 0 },
    ];
    world.around = async (effect, go) => {
      if (effect.name === 'due.due') return go();
      const [about] = effect.args as [{ cartId?: string; data?: { cartId: string } }];
      const cartId = about.cartId ?? about.data?.cartId;
      if (effect.name === 'events.publish') isPublishing.add(cartId);
      const kind = isPublishing.has(cartId) ? 'publishing' : 'processing';
      at = { ...at, [kind]: at[kind] + 1 };
      most = { ...most, [kind]: Math.max(most[kind], at[kind]) };
      await nextTurn();
      const done = await go();
      at = { ...at, [kind]: at[kind] - 1 };
      return done;
    };

    await run();

    expect(most).toEqual({ processing: 16, publishing: 8 });
  });

  it('processes the others when one fails, which keeps its due entry', async () => {
    const bad = many[50];
    world.around = async (effect, go) => {
      if (effect.name === 'carts.read' && (effect.args[0] as DueEntry).cartId === bad?.cartId)
        throw new Error('Bad.');
      return go();
    };

    expect(await run()).toEqual({ processed: 100, acted: 99, failed: 1, deferred: 0 });
    expect([...world.hints.values()].filter(({ atMs }) => atMs <= world.nowMs)).toEqual([bad]);
  });

  it('ends the entries that it has started when the due index stops responding', async () => {
    const due = world.ports.due.due(world.nowMs);
    world.ports.due.due = async function* () {
      yield* due;
      throw new Error('Storage is away.');
    };

    await expect(run()).rejects.toThrow('away');

    expect(entryTimes()).toEqual(many.map(() => EXPIRES - HOUR));
  });
});

it('uses the watchdog time of the policy', async () => {
  await begin(NOW + MINUTE, inCheckout({ watchdogAtMs: NOW + MINUTE }));

  await sweep(world.ports, { ...LIFECYCLE, watchdogMs: MINUTE });

  expect(entryTimes()).toEqual([NOW + 2 * MINUTE]);
});
