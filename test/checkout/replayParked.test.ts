/** A replay of an exhausted checkout starts exactly one new checkout, only if the cart is unchanged, and is never lost. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { GroupProgress } from '../../shared/cart/checkoutState.ts';
import { replayParkedCheckout } from '../../shared/checkout/replayParked.ts';
import { apiError, ServiceError } from '../../shared/errors.ts';
import { uuidV8 } from '../../shared/ids.ts';
import type { World } from '../support/ports.ts';
import { DAY, inCheckout, KEY, MINUTE, NOW, placedOrder, SECOND, TROUBLE } from '../support/samples.ts';
import { checkoutIn, deliver, fail, heal, ID, is, worldOf } from './attemptFixture.ts';

const groups = inCheckout().checkout.groups.map((group) => ({
  ...group,
  state: 'refused' as const,
  problem: TROUBLE,
}));
const EXHAUSTED = { state: 'failed' as const, attempt: 12, endedMs: NOW, exhausted: true, groups };
const MESSAGE = { ...KEY, checkoutId: ID, attempt: 12 };
const ETAG = 'W/"1"';
const LATER = NOW + MINUTE;

let world: World;
const reset = async (more: Parameters<typeof inCheckout>[0] = {}, cart: object = {}) => {
  world = await worldOf();
  // The end of the checkout is a later version of the cart than the one that was checked out.
  await world.ports.carts.replace({ ...inCheckout({ ...EXHAUSTED, ...more }), ...cart }, ETAG);
  world.effects = [];
  world.nowMs = LATER;
};
const replay = () => replayParkedCheckout(world.ports, MESSAGE, { watchdogMs: 2 * MINUTE, uuidV8 });
beforeEach(() => reset());

it('A replay is a new checkout: due entry, start, then a new message', async () => {
  await replay();

  const { id, state, attempt } = checkoutIn(world);
  expect(id).not.toBe(ID);
  expect({ state, attempt }).toEqual({ state: 'running', attempt: 1 });
  expect(world.sent).toMatchObject([{ id: `${id}.1`, message: { ...KEY, checkoutId: id, attempt: 1 } }]);
  expect(world.effects.map(({ name }) => name).filter((name) => name !== 'carts.read')).toEqual([
    'due.put',
    'carts.replace',
    'checkouts.send',
  ]);
});

it('A replay orders the groups of the exhausted checkout that have no order, and keeps the existing orders', async () => {
  const [first, ...rest] = groups as [GroupProgress, ...GroupProgress[]];
  const order = placedOrder({ orderId: '0123456789ab' });
  await reset({
    state: 'partlyOrdered',
    groups: [{ ...first, state: 'placed', order, problem: undefined }, ...rest],
  });

  await replay();
  await deliver(world, { checkoutId: checkoutIn(world).id });
  await replay();

  expect(checkoutIn(world).state).toBe('ordered');
  expect(checkoutIn(world).groups[0]?.order).toEqual(order);
  expect(world.effects.filter(is('gateway.place'))).toHaveLength(rest.length);
});

it('Several replays of one message, concurrent or not, start one checkout', async () => {
  await Promise.all([replay(), replay()]);
  await replay();

  expect(world.sent.map(({ message }) => message.checkoutId)).toEqual([checkoutIn(world).id]);
});

describe('replays that change nothing', () => {
  it.each([
    ['of another checkout', { id: '11111111-2222-8333-8444-555555555555' }, {}],
    [
      'whose checkout is running',
      { state: 'running' as const, exhausted: undefined, endedMs: undefined },
      {},
    ],
    ['whose orders the gateway rejected', { exhausted: undefined }, {}],
    ['whose cart has been replaced since', {}, { modifiedMs: NOW + SECOND }],
    ['whose cart has expired', {}, { expiresMs: NOW + SECOND }],
  ])('A replay of a message %s changes nothing', async (_, checkout, cart) => {
    await reset(checkout, cart);
    const before = world.cart(KEY);

    await replay();

    expect(world.cart(KEY)).toEqual(before);
    expect(world.sent).toEqual([]);
    expect(world.parked).toEqual([]);
  });

  it('A replay of a message whose cart has been purged changes nothing', async () => {
    await world.ports.carts.purge(KEY, String(world.cart(KEY)?.etag));

    await replay();

    expect(world.sent).toEqual([]);
    expect(world.parked).toEqual([]);
  });

  it('A replay starts nothing when the cart is replaced between the read and the start', async () => {
    let isReplaced = false;
    world.around = async ({ name }, run) => {
      const outcome = await run();
      const stored = world.cart(KEY);
      if (name !== 'carts.read' || isReplaced || !stored) return outcome;
      isReplaced = true;
      await world.ports.carts.replace({ ...stored.cart, modifiedMs: LATER }, stored.etag);
      return outcome;
    };

    await replay();

    expect(checkoutIn(world).id).toBe(ID);
    expect(world.sent).toEqual([]);
  });
});

describe('errors during a replay', () => {
  const UNAVAILABLE = new ServiceError(apiError('serviceUnavailable', 'Storage does not respond.'));

  it('A replay while storage is unavailable parks the message again, under an id that differs from the first', async () => {
    fail(world, is('carts.read'), 'before', UNAVAILABLE);

    await replay();

    expect(world.parked).toMatchObject([
      { body: MESSAGE, why: { id: `${ID}.exhausted.${LATER}`, source: 'checkout' } },
    ]);
  });

  it('An unexpected error of a replay is thrown to the broker, and the redelivery completes the replay', async () => {
    fail(world, is('carts.replace'), 'after', new TypeError('A bug.'));
    await expect(replay()).rejects.toThrow('A bug.');
    heal(world);

    await replay();

    expect(checkoutIn(world).state).toBe('running');
    expect([...world.dueEntries.values()]).toEqual([{ ...KEY, atMs: checkoutIn(world).watchdogAtMs }]);
  });

  it('A replay whose cart has too many concurrent writes throws, so that the broker redelivers the message', async () => {
    fail(world, is('due.put'), 'before', new ServiceError(apiError('cartBusy', 'Busy.')));

    await expect(replay()).rejects.toThrow('Busy.');
  });
});

it('A replay a day later starts a checkout of the current cart', async () => {
  world.nowMs = NOW + DAY;

  await replay();

  expect(checkoutIn(world)).toMatchObject({ state: 'running', startedMs: NOW + DAY });
});
