/** Running one item: the effects on its cart, and its outcome. */
import { describe, expect, it } from 'vitest';
import type { BulkItem, ItemOutcome } from '../../shared/bulk/bulkOrder.ts';
import type { Cart } from '../../shared/cart/cart.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import { ServiceError } from '../../shared/errors.ts';
import type { GroupOutcome } from '../../shared/orders/gateway.ts';
import { fail, gatewayOf, heal, is, RETRY_LATER } from '../checkout/attemptFixture.ts';
import type { World } from '../support/ports.ts';
import {
  CREATE,
  cartOf,
  inCheckout,
  KEY,
  line,
  MINUTE,
  NOW,
  REFUSAL,
  TWO_GROUPS,
} from '../support/samples.ts';
import {
  ATTEMPT_POLICY,
  deliver,
  itemOf,
  orderIn,
  outcomesIn,
  type Submitted,
  submitted,
} from './submitting.ts';

const REFUSED: GroupOutcome = { kind: 'refused', problem: REFUSAL };
/** An item that names the sample cart. */
const EXISTING: BulkItem = { index: 0, reference: 'existing', customer: KEY.customer, cartId: KEY.cartId };
/** An item with two order groups. */
const TWO_GROUP_ITEM: BulkItem = { ...itemOf(0), draft: { lineItems: TWO_GROUPS } };

/** A bulk order of one item; `cart` is stored if given. */
async function worldOf(item: BulkItem, { cart, ...more }: Submitted & { cart?: Cart } = {}): Promise<World> {
  const world = await submitted({ list: [item], ...more });
  if (cart) await world.ports.carts.insert(cart);
  return world;
}

/** Runs the item as far as possible now, and returns its outcome if it has ended. */
async function outcomeIn(world: World): Promise<ItemOutcome | undefined> {
  await deliver(world);
  return (await outcomesIn(world))[0];
}

/** Advances the clock, runs the checkout attempts in the queue and then the item, and returns its outcome if it has ended. */
async function outcomeAfter(world: World, passMs: number): Promise<ItemOutcome | undefined> {
  world.nowMs += passMs;
  for (const { message } of world.sent.splice(0)) await runAttempt(world.ports, message, ATTEMPT_POLICY);
  return outcomeIn(world);
}

describe('an item that names an existing cart', () => {
  it('An item that names an existing cart checks that cart out', async () => {
    const world = await worldOf(EXISTING, { cart: cartOf() });

    expect(await outcomeIn(world)).toMatchObject({ state: 'succeeded', orders: [{}, {}], errors: [] });
    expect(world.cart(KEY)?.cart.checkout?.state).toBe('ordered');
  });

  it('An item whose cart is already ordered has the existing orders and places none', async () => {
    const world = await worldOf(EXISTING, { cart: cartOf() });
    const first = await outcomeIn(world);
    const second = await submitted({ list: [EXISTING], gateway: gatewayOf(REFUSED) });
    await second.ports.carts.insert(world.cart(KEY)?.cart as Cart);

    expect(await outcomeIn(second)).toMatchObject({ state: 'succeeded', orders: first?.orders });
    expect(second.orders.size).toBe(0);
  });

  it('An item joins the running checkout of a storefront', async () => {
    const leased = inCheckout({ leaseUntilMs: NOW + MINUTE });
    const world = await worldOf(EXISTING, { cart: leased });
    expect(await outcomeIn(world)).toBeUndefined();

    const { id: checkoutId, attempt } = leased.checkout;
    world.nowMs += 2 * MINUTE;
    await runAttempt(world.ports, { ...KEY, checkoutId, attempt }, ATTEMPT_POLICY);

    expect(await outcomeIn(world)).toMatchObject({ state: 'succeeded', orders: [{}, {}] });
    expect(world.orders.size).toBe(2);
  });

  it.each([
    ['does not exist', undefined, '800008', /was not found/],
    ['has expired', cartOf(TWO_GROUPS, { expiresMs: NOW - 1 }), '800008', /has expired/],
  ])('An item whose cart %s fails with the reason', async (_, cart, code, description) => {
    const world = await worldOf(EXISTING, cart && { cart });

    expect(await outcomeIn(world)).toMatchObject({
      state: 'failed',
      orders: [],
      errors: [{ code, description: expect.stringMatching(description) }],
    });
  });
});

describe('an item with the content of a new cart', () => {
  it('A failed item lists each invalid line item with its error', async () => {
    const lineItems = [line(), line({ catalogItemId: 'a:b' }), line({ catalogItemId: 'c' })];
    const world = await worldOf({ ...itemOf(0), draft: { lineItems } });

    expect(await outcomeIn(world)).toMatchObject({
      state: 'failed',
      orders: [],
      errors: [
        { code: '10001', description: expect.stringMatching(/^Line item 1: .*a:b/) },
        { code: '10001', description: expect.stringMatching(/^Line item 2: ./) },
      ],
    });
  });

  it('An item with one rejected order group fails with the order of the other group and names both groups', async () => {
    const world = await worldOf(TWO_GROUP_ITEM, { gateway: gatewayOf(REFUSED) });

    const outcome = await outcomeIn(world);

    expect(outcome).toMatchObject({ state: 'failed', orders: [{}] });
    expect(outcome?.errors).toMatchObject([{ code: REFUSAL.code, description: REFUSAL.description }]);
    const labels = [...(outcome?.orders ?? []), ...(outcome?.errors ?? [])].map((one) => one.orderGroupId);
    expect(labels.sort()).toEqual(['0', '1']);
  });

  it('An item without a required attestation fails', async () => {
    const participants = [{ key: 'additional_transaction_reseller' as const, value: '5357564' }];
    const world = await worldOf({ ...itemOf(0), draft: { lineItems: [line({ participants })] } });

    expect(await outcomeIn(world)).toMatchObject({ state: 'failed', errors: [{ code: '900206' }] });
  });

  it('The cart of an item is created once, with the submitter of the bulk order as its modifier', async () => {
    const world = await worldOf(TWO_GROUP_ITEM, { gateway: gatewayOf(RETRY_LATER) });
    expect(await outcomeIn(world)).toBeUndefined();

    expect(await outcomeAfter(world, 3 * MINUTE)).toMatchObject({ state: 'succeeded', orders: [{}, {}] });
    const inserted = world.effects.filter(({ name }) => name === 'carts.insert');
    expect(inserted).toHaveLength(1);
    expect(inserted[0]?.args).toMatchObject([{ modifiedBy: CREATE.modifiedBy }]);
  });
});

describe('an item that meets errors', () => {
  const UNAVAILABLE = new ServiceError({
    name: 'serviceUnavailable',
    description: 'Storage is unavailable.',
  });

  it('An item waits for as long as storage is unavailable', async () => {
    const world = await worldOf(itemOf(0));
    fail(world, is('carts.insert'), 'before', UNAVAILABLE);
    for (let n = 0; n < 20; n++) expect(await outcomeAfter(world, MINUTE)).toBeUndefined();

    heal(world);

    expect(await outcomeAfter(world, MINUTE)).toMatchObject({ state: 'succeeded' });
  });

  it('An item fails after five repeated unexpected errors, so that the bulk order ends', async () => {
    const world = await worldOf(itemOf(0));
    fail(world, is('carts.insert'), 'before', new TypeError('A bug.'));
    let outcome: ItemOutcome | undefined;
    let runs = 0;
    while (!outcome && runs < 20) {
      runs++;
      outcome = await outcomeAfter(world, MINUTE);
    }

    expect(outcome).toMatchObject({ state: 'failed', errors: [{ code: '800003' }] });
    expect(JSON.stringify(outcome)).not.toContain('A bug');
    expect(runs).toBe(6);
    expect(await orderIn(world)).toMatchObject({ state: 'completed' });
  });
});
