/** A checkout request writes the due entry, starts the checkout, sends the message and waits, in this order. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Checkout } from '../../shared/cart/checkoutState.ts';
import {
  type CheckoutRequest,
  requestCheckout,
  waitForCompletion,
} from '../../shared/checkout/requestCheckout.ts';
import { uuidV8 } from '../../shared/ids.ts';
import { newWorld, type World } from '../support/ports.ts';
import { cartOf, DAY, inCheckout, KEY, LIFECYCLE, line, MINUTE, NOW } from '../support/samples.ts';

const CONTEXT: CheckoutRequest = { watchdogMs: LIFECYCLE.watchdogMs, uuidV8, traceparent: '00-a-b-01' };

let world: World;
let etag: string;
beforeEach(async () => {
  world = newWorld(NOW);
  await store(cartOf());
});

/** Stores a cart and clears the recorded effects. */
async function store(cart: ReturnType<typeof cartOf>) {
  const stored = world.cart(KEY);
  const written = stored
    ? await world.ports.carts.replace(cart, stored.etag)
    : await world.ports.carts.insert(cart);
  etag = written?.etag ?? '';
  world.effects = [];
}
const names = () => world.effects.map(({ name }) => name);
const request = (more: Partial<CheckoutRequest> = {}) =>
  requestCheckout(world.ports, KEY, { ...CONTEXT, ...more });
const checkoutIn = (requested: Awaited<ReturnType<typeof request>>): Checkout => {
  if ('error' in requested) throw new Error(requested.error.description);
  return requested.checkout;
};

describe('a request for an active cart', () => {
  it('A checkout request writes the due entry, starts the checkout and sends the message, in this order', async () => {
    const checkout = checkoutIn(await request());

    expect(names()).toEqual(['carts.read', 'due.put', 'carts.replace', 'checkouts.send']);
    expect([...world.dueEntries.values()]).toEqual([{ ...KEY, atMs: NOW + 2 * MINUTE }]);
    expect(world.cart(KEY)?.cart.checkout).toEqual(checkout);
    expect(world.sent).toEqual([
      {
        message: { ...KEY, checkoutId: checkout.id, attempt: 1, traceparent: '00-a-b-01' },
        id: `${checkout.id}.1`,
        atMs: undefined,
      },
    ]);
  });

  it('A checkout request succeeds when the message cannot be sent, because the due entry exists', async () => {
    world.around = async (effect, run) => {
      if (effect.name === 'checkouts.send') throw new Error('The broker is unavailable.');
      return run();
    };

    expect(checkoutIn(await request()).state).toBe('running');
    expect(world.warnings).toHaveLength(1);
    expect(world.dueEntries.size).toBe(1);
  });

  it('A due entry exists wherever a checkout request crashes after the start', async () => {
    for (const lost of ['carts.replace', 'checkouts.send']) {
      world = newWorld(NOW);
      await store(cartOf());
      world.around = async (effect, run) => {
        const done = await run();
        if (effect.name === lost) throw new Error('The response is lost.');
        return done;
      };

      await request().catch(() => undefined);

      expect(world.cart(KEY)?.cart.checkout?.watchdogAtMs).toBe([...world.dueEntries.values()][0]?.atMs);
    }
  });

  it('A checkout does not start when the due entry cannot be written', async () => {
    world.around = async (effect, run) => {
      if (effect.name === 'due.put') throw new Error('Storage is unavailable.');
      return run();
    };

    await expect(request()).rejects.toThrow('unavailable');

    expect(world.cart(KEY)?.cart.checkout).toBeUndefined();
  });
});

describe('repeated requests', () => {
  it('A repeated request joins the checkout in progress: the same due entry and message, once', async () => {
    const first = checkoutIn(await request());
    world.effects = [];

    const second = checkoutIn(await request());

    expect(second).toEqual(first);
    expect(names()).toEqual(['carts.read', 'due.put', 'checkouts.send']);
    expect(world.dueEntries.size).toBe(1);
    expect(world.sent).toHaveLength(1);
  });

  it('A repeated request writes a future due entry, the same one as an overdue watchdog check', async () => {
    await request();
    world.dueEntries.clear();
    world.nowMs += 5 * MINUTE;

    await request();

    expect([...world.dueEntries.values()]).toEqual([{ ...KEY, atMs: NOW + 6 * MINUTE }]);
  });

  it('Concurrent requests start one checkout, and those that lose the race join it', async () => {
    const requested = await Promise.all([request(), request(), request()]);

    expect(new Set(requested.map((one) => checkoutIn(one).id)).size).toBe(1);
    expect(world.sent).toHaveLength(1);
  });

  it('A repeated request sends the message of an attempt that is not due yet for the time when it is due', async () => {
    const waiting = inCheckout({ attempt: 2, dueMs: NOW + MINUTE });
    await store(waiting);

    await request();

    expect(world.sent).toMatchObject([{ id: `${waiting.checkout.id}.2`, atMs: NOW + MINUTE }]);
  });

  it('A request for an ordered cart returns the checkout without writing or sending, also after the expiry', async () => {
    const ordered = inCheckout({ state: 'ordered' });
    await store(ordered);
    world.nowMs += 8 * DAY;

    expect(checkoutIn(await request())).toEqual(ordered.checkout);
    expect(names()).toEqual(['carts.read']);
  });
});

describe('rejected requests', () => {
  it('A rejected request only reads', async () => {
    await store(cartOf([line({ catalogItemId: 'nonsense' })]));
    expect(await request()).toMatchObject({ error: { name: 'lineItemErrors' } });

    expect(await request({ ifMatch: ['W/"0"'] })).toMatchObject({ error: { name: 'etagMismatch' } });

    expect(new Set(names())).toEqual(new Set(['carts.read']));
  });

  it('A request for a cart that does not exist fails with cartNotFound', async () => {
    const unknown = { ...KEY, cartId: '00000000-0000-4000-8000-000000000000' };

    expect(await requestCheckout(world.ports, unknown, CONTEXT)).toMatchObject({
      error: { name: 'cartNotFound' },
    });
  });

  it('A request with If-Match fails when the cart is replaced before the checkout starts', async () => {
    world.around = async (effect, run) => {
      const now = world.cart(KEY);
      if (effect.name === 'due.put' && now) await store({ ...now.cart, modifiedBy: 'another' });
      return run();
    };

    expect(await request({ ifMatch: [etag] })).toMatchObject({ error: { name: 'etagMismatch' } });
    expect(world.sent).toEqual([]);
    expect(world.cart(KEY)?.cart.checkout).toBeUndefined();
  });

  it('A request for a cart that is replaced again and again fails with cartBusy', async () => {
    world.around = async (effect, run) => {
      const now = world.cart(KEY);
      if (effect.name === 'due.put' && now) await store({ ...now.cart, modifiedBy: 'another' });
      return run();
    };

    expect(await request()).toMatchObject({ error: { name: 'cartBusy', retryAfterMs: 1_000 } });
  });
});

describe('waiting for the completion', () => {
  const waitFor = async (waitMs: number) => {
    const requested = await request();
    if ('error' in requested) throw new Error(requested.error.description);
    world.effects = [];
    return waitForCompletion(world.ports, requested, waitMs);
  };
  /** A worker changes the checkout after `ms` milliseconds. */
  const changeAfter = (ms: number, change: Partial<Checkout>) => {
    world.around = async (effect, run) => {
      const now = world.cart(KEY);
      const checkout = now?.cart.checkout;
      if (effect.name === 'carts.read' && checkout && world.nowMs >= NOW + ms) {
        world.around = (_, next) => next();
        await world.ports.carts.replace({ ...now.cart, checkout: { ...checkout, ...change } }, now.etag);
      }
      return run();
    };
  };

  it('The wait ends when the checkout has ended', async () => {
    changeAfter(3_000, { state: 'ordered' });

    expect((await waitFor(25_000)).checkout.state).toBe('ordered');
    expect(world.nowMs).toBeLessThan(NOW + 4_100);
  });

  it('The wait reads with growing pauses of at most one second, and ends within the requested time', async () => {
    expect((await waitFor(25_000)).checkout.state).toBe('running');

    const pauses = world.effects.filter(({ name }) => name === 'pause').map(({ args }) => Number(args[0]));
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect({ first: pauses[0], last: pauses.at(-1) }).toEqual({ first: 4, last: 1_000 });
    expect(pauses.length).toBeLessThan(40);
    expect(world.nowMs).toBeLessThanOrEqual(NOW + 25_000);
    expect(world.nowMs).toBeGreaterThan(NOW + 23_000);
  });

  it('A wait of zero does not read', async () => {
    expect((await waitFor(0)).checkout.state).toBe('running');
    expect(names()).toEqual([]);
  });

  it('The wait ends when the next attempt starts after the end of the wait', async () => {
    changeAfter(100, { attempt: 2, dueMs: NOW + MINUTE });

    expect((await waitFor(25_000)).checkout.attempt).toBe(2);
    expect(world.nowMs).toBeLessThan(NOW + 1_000);
  });

  it('The wait ends when the cart is in another checkout', async () => {
    changeAfter(0, { id: KEY.cartId, state: 'ordered' });

    const latest = await waitFor(25_000);

    expect(latest.checkout).toMatchObject({ state: 'running' });
    expect(world.nowMs).toBeLessThan(NOW + 100);
  });
});
