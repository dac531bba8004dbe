/** A checkout older than its maximum age is expired by the worker that receives the sweeper's message. */
import { describe, expect, it } from 'vitest';
import type { Checkout, GroupProgress } from '../../shared/cart/checkoutState.ts';
import { expireCheckout } from '../../shared/checkout/decideOutcome.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import type { World } from '../support/ports.ts';
import { DAY, inCheckout, KEY, LIFECYCLE, MINUTE, NOW, placedOrder, TROUBLE } from '../support/samples.ts';
import { checkoutIn, deliver, gatewayOf, ID, worldOf } from './attemptFixture.ts';

const LATE = NOW + DAY + 1;
const groupsIn = (...states: GroupProgress['state'][]) =>
  inCheckout().checkout.groups.map((group, n) => ({
    ...group,
    state: states[n] ?? 'pending',
    ...(states[n] === 'placed' ? { order: placedOrder() } : {}),
  }));

function expire(more: Partial<Checkout>) {
  const cart = inCheckout(more);
  const expired = expireCheckout(cart, cart.checkout, LATE);
  expect(expired.cart).toMatchObject({ modifiedMs: LATE, checkout: expired.checkout });
  return expired.checkout;
}
const states = ({ groups }: Checkout) => groups.map(({ state }) => state);

describe('expireCheckout', () => {
  it.each<[string, Checkout['state'], Partial<Checkout>, GroupProgress['state'][]]>([
    ['without an attempt', 'failed', {}, ['refused', 'refused']],
    [
      'with an expired lease and no recorded outcome',
      'failed',
      { leaseUntilMs: NOW },
      ['ambiguous', 'ambiguous'],
    ],
    [
      'with an ambiguous group',
      'failed',
      { groups: groupsIn('ambiguous', 'pending') },
      ['ambiguous', 'refused'],
    ],
    [
      'with a placed group',
      'partlyOrdered',
      { groups: groupsIn('placed', 'pending') },
      ['placed', 'refused'],
    ],
    [
      'with a placed and a refused group',
      'partlyOrdered',
      { groups: groupsIn('placed', 'refused') },
      ['placed', 'refused'],
    ],
  ])('Expiring a checkout %s ends it as %s', (_, state, more, groups) => {
    const checkout = expire(more);

    expect({ state: checkout.state, groups: states(checkout) }).toEqual({ state, groups });
    expect(checkout).toMatchObject({ endedMs: LATE, exhausted: true, leaseUntilMs: undefined });
  });

  it('A group is ambiguous since the end of an expired lease without a recorded outcome, otherwise as long as before', () => {
    const groups = groupsIn('ambiguous', 'placed').map((group) => ({ ...group, ambiguousSinceMs: NOW }));

    expect(expire({ groups, leaseUntilMs: NOW + MINUTE }).groups[0]?.ambiguousSinceMs).toBe(NOW + MINUTE);
    expect(expire({ groups }).groups[0]?.ambiguousSinceMs).toBe(NOW);
  });

  it('An expired checkout keeps the last problem, and without one reports the time limit', () => {
    expect(expire({}).lastProblem?.description).toMatch(/within the time limit/);
    expect(expire({}).groups[0]?.problem).toMatchObject({ code: '800005', status: 409 });
    expect(expire({ lastProblem: TROUBLE }).lastProblem).toEqual(TROUBLE);
  });
});

describe('a checkout whose attempts always throw', () => {
  const BUG = new TypeError('A bug.');
  const worldThatThrows = () =>
    worldOf(inCheckout(), {
      ...gatewayOf(),
      place: async () => {
        throw BUG;
      },
    });

  /** Sweeps, then delivers the message of the sweep. The sweep never writes a cart. */
  async function sweepAndDeliver(world: World) {
    world.sent = [];
    await sweep(world.ports, LIFECYCLE);
    expect(world.effects.filter(({ name }) => name.startsWith('carts.')).map(({ name }) => name)).toEqual([
      'carts.read',
    ]);
    expect(world.sent).toHaveLength(1);
    return deliver(world);
  }

  it('A checkout that is too old ends without the gateway; its outcome is published and its message parked', async () => {
    const world = await worldThatThrows();
    await expect(deliver(world)).rejects.toBe(BUG);
    world.nowMs = checkoutIn(world).watchdogAtMs;
    world.effects = [];
    await expect(sweepAndDeliver(world)).rejects.toBe(BUG);

    world.nowMs = LATE + MINUTE;
    world.effects = [];
    await sweepAndDeliver(world);

    expect(world.effects.map(({ name }) => name)).not.toContain('gateway.place');
    expect(checkoutIn(world)).toMatchObject({ state: 'failed', exhausted: true });
    expect(states(checkoutIn(world))).toEqual(['ambiguous', 'ambiguous']);
    expect(world.events).toMatchObject([{ type: 'cart.checkoutFailed.v1' }]);
    expect(world.parked).toMatchObject([
      { body: { ...KEY, checkoutId: ID }, why: { id: `${ID}.exhausted` } },
    ]);
  });

  it('A worker does not expire a checkout that another worker has changed meanwhile', async () => {
    const world = await worldOf();
    world.nowMs = LATE;
    world.around = async (effect, run) => {
      if (effect.name === 'carts.commit') {
        world.around = (_, next) => next();
        const { cart, etag } = world.cart(KEY)!;
        await world.ports.carts.replace(cart, etag);
      }
      return run();
    };

    await deliver(world);

    expect(checkoutIn(world).state).toBe('running');
    expect(world.events).toEqual([]);
  });
});
