/** The asking side of a checkout: hint, mark, send, wait, in this order. */
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
  await put(cartOf());
});

/** Puts a cart in, unrecorded. */
async function put(cart: ReturnType<typeof cartOf>) {
  const stored = world.cart(KEY);
  const written = stored
    ? await world.ports.carts.replace(cart, stored.etag)
    : await world.ports.carts.insert(cart);
  etag = written?.etag ?? '';
  world.effects = [];
}
const names = () => world.effects.map(({ name }) => name);
const ask = (more: Partial<CheckoutRequest> = {}) =>
  requestCheckout(world.ports, KEY, { ...CONTEXT, ...more });
const checkoutIn = (asked: Awaited<ReturnType<typeof ask>>): Checkout => {
  if ('error' in asked) throw new Error(asked.error.description);
  return asked.checkout;
};

describe('asking for an active cart', () => {
  it('A checkout request writes the due entry, starts the checkout and sends the message, in this order', async () => {
    const checkout = checkoutIn(await ask());

    expect(names()).toEqual(['carts.read', 'due.put', 'carts.replace', 'checkouts.send']);
    expect([...world.hints.values()]).toEqual([{ ...KEY, atMs: NOW + 2 * MINUTE }]);
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
      if (effect.name === 'checkouts.send') throw new Error('The broker is away.');
      return run();
    };

    expect(checkoutIn(await ask()).state).toBe('running');
    expect(world.warnings).toHaveLength(1);
    expect(world.hints.size).toBe(1);
  });

  it('A due entry exists wherever a checkout request crashes after the start', async () => {
    for (const lost of ['carts.replace', 'checkouts.send']) {
      world = newWorld(NOW);
      await put(cartOf());
      world.around = async (effect, run) => {
        const done = await run();
        if (effect.name === lost) throw new Error('The answer is lost.');
        return done;
      };

      await ask().catch(() => undefined);

      expect(world.cart(KEY)?.cart.checkout?.watchdogAtMs).toBe([...world.hints.values()][0]?.atMs);
    }
  });

  it('A checkout does not start when the due entry cannot be written', async () => {
    world.around = async (effect, run) => {
      if (effect.name === 'due.put') throw new Error('Storage is away.');
      return run();
    };

    await expect(ask()).rejects.toThrow('away');

    expect(world.cart(KEY)?.cart.checkout).toBeUndefined();
  });
});

describe('asking twice', () => {
  it('A repeated request joins the checkout in progress: the same due entry and message, once', async () => {
    const first = checkoutIn(await ask());
    world.effects = [];

    const second = checkoutIn(await ask());

    expect(second).toEqual(first);
    expect(names()).toEqual(['carts.read', 'due.put', 'checkouts.send']);
    expect([world.hints.size, world.sent.length]).toEqual([1, 1]);
  });

  it('A repeated request writes a future due entry, the same one as an overdue watchdog check', async () => {
    await ask();
    world.hints.clear();
    world.nowMs += 5 * MINUTE;

    await ask();

    expect([...world.hints.values()]).toEqual([{ ...KEY, atMs: NOW + 6 * MINUTE }]);
  });

  it('at once makes one checkout, of which the one that loses the mark becomes part', async () => {
    const asked = await Promise.all([ask(), ask(), ask()]);

    expect(new Set(asked.map((one) => checkoutIn(one).id)).size).toBe(1);
    expect(world.sent).toHaveLength(1);
  });

  it('sends an attempt that is not due yet for when it is', async () => {
    const waiting = inCheckout({ attempt: 2, dueMs: NOW + MINUTE });
    await put(waiting);

    await ask();

    expect(world.sent).toMatchObject([{ id: `${waiting.checkout.id}.2`, atMs: NOW + MINUTE }]);
  });

  it('replays an ordered cart without writing or sending, past its expiry too', async () => {
    const ordered = inCheckout({ state: 'ordered' });
    await put(ordered);
    world.nowMs += 8 * DAY;

    expect(checkoutIn(await ask())).toEqual(ordered.checkout);
    expect(names()).toEqual(['carts.read']);
  });
});

describe('refusals', () => {
  it('do nothing but read', async () => {
    await put(cartOf([line({ catalogItemId: 'nonsense' })]));
    expect(await ask()).toMatchObject({ error: { name: 'lineItemErrors' } });

    expect(await ask({ ifMatch: ['W/"0"'] })).toMatchObject({ error: { name: 'etagMismatch' } });

    expect(new Set(names())).toEqual(new Set(['carts.read']));
  });

  it('of a cart that is not there', async () => {
    const nowhere = { ...KEY, cartId: '00000000-0000-4000-8000-000000000000' };

    expect(await requestCheckout(world.ports, nowhere, CONTEXT)).toMatchObject({
      error: { name: 'cartNotFound' },
    });
  });

  it('of a version that is replaced just before the mark', async () => {
    world.around = async (effect, run) => {
      const now = world.cart(KEY);
      if (effect.name === 'due.put' && now) await put({ ...now.cart, modifiedBy: 'another' });
      return run();
    };

    expect(await ask({ ifMatch: [etag] })).toMatchObject({ error: { name: 'etagMismatch' } });
    expect(world.sent).toEqual([]);
    expect(world.cart(KEY)?.cart.checkout).toBeUndefined();
  });

  it('of a cart that others keep changing', async () => {
    world.around = async (effect, run) => {
      const now = world.cart(KEY);
      if (effect.name === 'due.put' && now) await put({ ...now.cart, modifiedBy: 'another' });
      return run();
    };

    expect(await ask()).toMatchObject({ error: { name: 'cartBusy', retryAfterMs: 1_000 } });
  });
});

describe('waiting for the outcome', () => {
  const awaitMs = async (waitMs: number) => {
    const asked = await ask();
    if ('error' in asked) throw new Error(asked.error.description);
    world.effects = [];
    return waitForCompletion(world.ports, asked, waitMs);
  };
  /** Somebody changes the checkout once so much time has passed. */
  const changeAfter = (ms: number, change: Partial<Checkout>) => {
    world.around = async (effect, run) => {
      const now = world.cart(KEY);
      const checkout = now?.cart.checkout;
      if (effect.name === 'carts.read' && checkout && world.nowMs >= NOW + ms) {
        world.around = (_, go) => go();
        await world.ports.carts.replace({ ...now.cart, checkout: { ...checkout, ...change } }, now.etag);
      }
      return run();
    };
  };

  it('returns when the checkout has ended', async () => {
    changeAfter(3_000, { state: 'ordered' });

    expect((await awaitMs(25_000)).checkout.state).toBe('ordered');
    expect(world.nowMs).toBeLessThan(NOW + 4_100);
  });

  it('reads with growing pauses, at most a second apart, and stops in time', async () => {
    expect((await awaitMs(25_000)).checkout.state).toBe('running');

    const pauses = world.effects.filter(({ name }) => name === 'pause').map(({ args }) => Number(args[0]));
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect([pauses[0], pauses.at(-1)]).toEqual([4, 1_000]);
    expect(pauses.length).toBeLessThan(40);
    expect(world.nowMs).toBeLessThanOrEqual(NOW + 25_000);
    expect(world.nowMs).toBeGreaterThan(NOW + 23_000);
  });

  it('does not read at all when it is not to wait', async () => {
    expect((await awaitMs(0)).checkout.state).toBe('running');
    expect(names()).toEqual([]);
  });

  it('does not wait for an attempt that begins after the wait is over', async () => {
    changeAfter(100, { attempt: 2, dueMs: NOW + MINUTE });

    expect((await awaitMs(25_000)).checkout.attempt).toBe(2);
    expect(world.nowMs).toBeLessThan(NOW + 1_000);
  });

  it('stops when the cart has gone into another checkout', async () => {
    changeAfter(0, { id: KEY.cartId, state: 'ordered' });

    const latest = await awaitMs(25_000);

    expect(latest.checkout).toMatchObject({ state: 'running' });
    expect(world.nowMs).toBeLessThan(NOW + 100);
  });
});
