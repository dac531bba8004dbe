/** The end of a checkout that nothing else has ended: decided by its age, carried out by the worker that the sweep's message reaches. */
import { describe, expect, it } from 'vitest';
import type { Checkout, GroupProgress } from '../../shared/cart/checkoutState.ts';
import { expireCheckout } from '../../shared/checkout/decideOutcome.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import type { World } from '../support/ports.ts';
import { DAY, inCheckout, KEY, LIFECYCLE, MINUTE, NOW, placedOrder, TROUBLE } from '../support/samples.ts';
import { checkoutIn, gatewayOf, ID, perform, worldOf } from './attemptFixture.ts';

const LATE = NOW + DAY + 1;
const groupsIn = (...states: GroupProgress['state'][]) =>
  inCheckout().checkout.groups.map((group, n) => ({
    ...group,
    state: states[n] ?? 'pending',
    ...(states[n] === 'placed' ? { order: placedOrder() } : {}),
  }));

function given(more: Partial<Checkout>) {
  const cart = inCheckout(more);
  const conclusion = expireCheckout(cart, cart.checkout, LATE);
  expect(conclusion.cart).toMatchObject({ modifiedMs: LATE, checkout: conclusion.checkout });
  return conclusion.checkout;
}
const states = ({ groups }: Checkout) => groups.map(({ state }) => state);

describe('a checkout that expires', () => {
  it.each<[string, Partial<Checkout>, Checkout['state'], GroupProgress['state'][]]>([
    ['that nobody began', {}, 'failed', ['refused', 'refused']],
    ['that a worker claimed and never recorded', { leaseUntilMs: NOW }, 'failed', ['ambiguous', 'ambiguous']],
    [
      'of which a group may exist',
      { groups: groupsIn('ambiguous', 'pending') },
      'failed',
      ['ambiguous', 'refused'],
    ],
    [
      'of which a part is placed',
      { groups: groupsIn('placed', 'pending') },
      'partlyOrdered',
      ['placed', 'refused'],
    ],
    [
      'of which a part is refused',
      { groups: groupsIn('placed', 'refused') },
      'partlyOrdered',
      ['placed', 'refused'],
    ],
  ])('%s', (_, more, state, groups) => {
    const checkout = given(more);

    expect([checkout.state, states(checkout)]).toEqual([state, groups]);
    expect(checkout).toMatchObject({ endedMs: LATE, exhausted: true, leaseUntilMs: undefined });
  });

  it('A group is ambiguous since the end of an expired lease without a recorded outcome, otherwise as long as before', () => {
    const groups = groupsIn('ambiguous', 'placed').map((group) => ({ ...group, ambiguousSinceMs: NOW }));

    expect(given({ groups, leaseUntilMs: NOW + MINUTE }).groups[0]?.ambiguousSinceMs).toBe(NOW + MINUTE);
    expect(given({ groups }).groups[0]?.ambiguousSinceMs).toBe(NOW);
  });

  it('says why, unless something better is known', () => {
    expect(given({}).lastProblem?.description).toMatch(/within the time limit/);
    expect(given({}).groups[0]?.problem).toMatchObject({ code: '800005', status: 409 });
    expect(given({ lastProblem: TROUBLE }).lastProblem).toEqual(TROUBLE);
  });
});

describe('a checkout whose performing always throws', () => {
  const BUG = new TypeError('A bug.');
  const poisoned = () =>
    worldOf(inCheckout(), {
      ...gatewayOf(),
      place: async () => {
        throw BUG;
      },
    });

  /** The sweep, then its message: the sweep itself never writes a cart. */
  async function sweepAndPerform(world: World) {
    world.sent = [];
    await sweep(world.ports, LIFECYCLE);
    expect(world.effects.filter(({ name }) => name.startsWith('carts.')).map(({ name }) => name)).toEqual([
      'carts.read',
    ]);
    expect(world.sent).toHaveLength(1);
    return perform(world);
  }

  it('A checkout that is too old ends without the gateway; its outcome is published and its message parked', async () => {
    const world = await poisoned();
    await expect(perform(world)).rejects.toBe(BUG);
    world.nowMs = checkoutIn(world).watchdogAtMs;
    world.effects = [];
    await expect(sweepAndPerform(world)).rejects.toBe(BUG);

    world.nowMs = LATE + MINUTE;
    world.effects = [];
    await sweepAndPerform(world);

    expect(world.effects.map(({ name }) => name)).not.toContain('gateway.place');
    expect(checkoutIn(world)).toMatchObject({ state: 'failed', exhausted: true });
    expect(states(checkoutIn(world))).toEqual(['ambiguous', 'ambiguous']);
    expect(world.events).toMatchObject([{ type: 'cart.checkoutFailed' }]);
    expect(world.parked).toMatchObject([
      { body: { ...KEY, checkoutId: ID }, why: { id: `${ID}.exhausted` } },
    ]);
  });

  it('is not ended by a worker that comes too late: what another has written stands', async () => {
    const world = await worldOf();
    world.nowMs = LATE;
    world.around = async (effect, run) => {
      if (effect.name === 'carts.commit') {
        world.around = (_, go) => go();
        const { cart, etag } = world.cart(KEY)!;
        await world.ports.carts.replace(cart, etag);
      }
      return run();
    };

    await perform(world);

    expect([checkoutIn(world).state, world.events]).toEqual(['running', []]);
  });
});
