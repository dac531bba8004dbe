/** A checkout that was given up, begun again: once, of the very cart that was given up, and never lost. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { GroupProgress } from '../../shared/cart/checkoutState.ts';
import { replayParkedCheckout } from '../../shared/checkout/replayParked.ts';
import { apiError, ServiceError } from '../../shared/errors.ts';
import { uuidV8 } from '../../shared/ids.ts';
import type { World } from '../support/ports.ts';
import { DAY, inCheckout, KEY, MINUTE, NOW, placedOrder, SECOND, TROUBLE } from '../support/samples.ts';
import { checkoutIn, fail, heal, ID, is, perform, worldOf } from './attemptFixture.ts';

const groups = inCheckout().checkout.groups.map((group) => ({
  ...group,
  state: 'refused' as const,
  problem: TROUBLE,
}));
const GIVEN_UP = { state: 'failed' as const, attempt: 12, endedMs: NOW, exhausted: true, groups };
const MESSAGE = { ...KEY, checkoutId: ID, attempt: 12 };
const ETAG = 'W/"1"';
const LATER = NOW + MINUTE;

let world: World;
const begin = async (more: Parameters<typeof inCheckout>[0] = {}, cart: object = {}) => {
  world = await worldOf();
  // The checkout is of the version that was read when it began; its end is another.
  await world.ports.carts.replace({ ...inCheckout({ ...GIVEN_UP, ...more }), ...cart }, ETAG);
  world.effects = [];
  world.nowMs = LATER;
};
const again = () => replayParkedCheckout(world.ports, MESSAGE, { watchdogMs: 2 * MINUTE, uuidV8 });
beforeEach(() => begin());

it('A replay is a new checkout: due entry, start, then a new message', async () => {
  await again();

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

it('A replay orders what had expired, and keeps what was ordered', async () => {
  const [first, ...rest] = groups as [GroupProgress, ...GroupProgress[]];
  const order = placedOrder({ orderId: '0123456789ab' });
  await begin({
    state: 'partlyOrdered',
    groups: [{ ...first, state: 'placed', order, problem: undefined }, ...rest],
  });

  await again();
  await perform(world, { checkoutId: checkoutIn(world).id });
  await again();

  expect(checkoutIn(world).state).toBe('ordered');
  expect(checkoutIn(world).groups[0]?.order).toEqual(order);
  expect(world.effects.filter(is('gateway.place'))).toHaveLength(rest.length);
});

it('twice, one after the other or at once, is one checkout', async () => {
  await Promise.all([again(), again()]);
  await again();

  expect(world.sent.map(({ message }) => message.checkoutId)).toEqual([checkoutIn(world).id]);
});

describe('does nothing', () => {
  it.each([
    ['of another checkout', { id: '11111111-2222-8333-8444-555555555555' }, {}],
    ['that has gone on since', { state: 'running' as const, exhausted: undefined, endedMs: undefined }, {}],
    ['that the gateway refused', { exhausted: undefined }, {}],
    ['whose cart has been edited since', {}, { modifiedMs: NOW + SECOND }],
    ['whose cart has expired', {}, { expiresMs: NOW + SECOND }],
  ])('for a message %s', async (_, checkout, cart) => {
    await begin(checkout, cart);
    const before = world.cart(KEY);

    await again();

    expect(world.cart(KEY)).toEqual(before);
    expect([world.sent, world.parked]).toEqual([[], []]);
  });

  it('for a cart that has been purged', async () => {
    await world.ports.carts.purge(KEY, String(world.cart(KEY)?.etag));

    await again();

    expect([world.sent, world.parked]).toEqual([[], []]);
  });

  it('when the cart is edited between the look and the mark', async () => {
    let edited = false;
    world.around = async ({ name }, run) => {
      const outcome = await run();
      const stored = world.cart(KEY);
      if (name !== 'carts.read' || edited || !stored) return outcome;
      edited = true;
      await world.ports.carts.replace({ ...stored.cart, modifiedMs: LATER }, stored.etag);
      return outcome;
    };

    await again();

    expect(checkoutIn(world).id).toBe(ID);
    expect(world.sent).toEqual([]);
  });
});

describe('trouble', () => {
  const AWAY = new ServiceError(apiError('serviceUnavailable', 'Storage does not answer.'));

  it('of storage brings the message back to where it was parked, under an id that is not taken for a repeat', async () => {
    fail(world, is('carts.read'), 'before', AWAY);

    await again();

    expect(world.parked).toMatchObject([
      { body: MESSAGE, why: { id: `${ID}.exhausted.${LATER}`, source: 'checkout' } },
    ]);
  });

  it('An unexpected error is thrown, so that the broker shows it', async () => {
    fail(world, is('carts.replace'), 'after', new TypeError('A bug.'));
    await expect(again()).rejects.toThrow('A bug.');
    heal(world);

    await again();

    expect(checkoutIn(world).state).toBe('running');
    expect([...world.hints.values()]).toEqual([{ ...KEY, atMs: checkoutIn(world).watchdogAtMs }]);
  });

  it('of a cart that others change all the time is thrown, for the broker to deliver it again', async () => {
    fail(world, is('due.put'), 'before', new ServiceError(apiError('cartBusy', 'Busy.')));

    await expect(again()).rejects.toThrow('Busy.');
  });
});

it('a day later is still one checkout of the cart as it stands', async () => {
  world.nowMs = NOW + DAY;

  await again();

  expect(checkoutIn(world)).toMatchObject({ state: 'running', startedMs: NOW + DAY });
});
