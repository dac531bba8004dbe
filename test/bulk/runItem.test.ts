/** What becomes of one item, and what is said of it. */
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
/** An item that is the sample's cart. */
const THERE: BulkItem = { index: 0, reference: 'there', customer: KEY.customer, cartId: KEY.cartId };
/** An item of two order groups. */
const TWO: BulkItem = { ...itemOf(0), draft: { lineItems: TWO_GROUPS } };

/** A bulk order of one item, of a cart that is there if there is one. */
async function worldOf(item: BulkItem, { cart, ...more }: Submitted & { cart?: Cart } = {}): Promise<World> {
  const world = await submitted({ list: [item], ...more });
  if (cart) await world.ports.carts.insert(cart);
  return world;
}

/** Works the item off as far as it goes now, and gives its outcome, if it has one. */
async function outcomeIn(world: World): Promise<ItemOutcome | undefined> {
  await deliver(world);
  return (await outcomesIn(world))[0];
}

/** Lets time pass, delivers what the checkouts wait for, and looks again. */
async function later(world: World, passMs: number): Promise<ItemOutcome | undefined> {
  world.nowMs += passMs;
  for (const { message } of world.sent.splice(0)) await runAttempt(world.ports, message, ATTEMPT_POLICY);
  return outcomeIn(world);
}

describe('an item that is a cart which is there', () => {
  it('has its checkout', async () => {
    const world = await worldOf(THERE, { cart: cartOf() });

    expect(await outcomeIn(world)).toMatchObject({ state: 'succeeded', orders: [{}, {}], errors: [] });
    expect(world.cart(KEY)?.cart.checkout?.state).toBe('ordered');
  });

  it('has the orders that were made of it before, and no others', async () => {
    const world = await worldOf(THERE, { cart: cartOf() });
    const first = await outcomeIn(world);
    const again = await submitted({ list: [THERE], gateway: gatewayOf(REFUSED) });
    await again.ports.carts.insert(world.cart(KEY)?.cart as Cart);

    expect(await outcomeIn(again)).toMatchObject({ state: 'succeeded', orders: first?.orders });
    expect(again.orders.size).toBe(0);
  });

  it('joins the checkout that a storefront has asked for', async () => {
    const claimed = inCheckout({ leaseUntilMs: NOW + MINUTE });
    const world = await worldOf(THERE, { cart: claimed });
    expect(await outcomeIn(world)).toBeUndefined();

    const { id: checkoutId, attempt } = claimed.checkout;
    world.nowMs += 2 * MINUTE;
    await runAttempt(world.ports, { ...KEY, checkoutId, attempt }, ATTEMPT_POLICY);

    expect(await outcomeIn(world)).toMatchObject({ state: 'succeeded', orders: [{}, {}] });
    expect(world.orders.size).toBe(2);
  });

  it.each([
    ['is gone', undefined, '800008', /was not found/],
    ['has expired', cartOf(TWO_GROUPS, { expiresMs: NOW - 1 }), '800008', /has expired/],
  ])('and %s fails for good, with the reason', async (_, cart, code, description) => {
    const world = await worldOf(THERE, cart && { cart });

    expect(await outcomeIn(world)).toMatchObject({
      state: 'failed',
      orders: [],
      errors: [{ code, description: expect.stringMatching(description) }],
    });
  });
});

describe('an item whose cart is made for it', () => {
  it('names each line item that cannot be bought, and why', async () => {
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

  it('keeps the order of one group when the other is refused, and says of which', async () => {
    const world = await worldOf(TWO, { gateway: gatewayOf(REFUSED) });

    const outcome = await outcomeIn(world);

    expect(outcome).toMatchObject({ state: 'failed', orders: [{}] });
    expect(outcome?.errors).toMatchObject([{ code: REFUSAL.code, description: REFUSAL.description }]);
    const labels = [...(outcome?.orders ?? []), ...(outcome?.errors ?? [])].map((one) => one.orderGroupId);
    expect(labels.sort()).toEqual(['0', '1']);
  });

  it('fails without an attestation that its line items need', async () => {
    const participants = [{ key: 'additional_transaction_reseller' as const, value: '5357564' }];
    const world = await worldOf({ ...itemOf(0), draft: { lineItems: [line({ participants })] } });

    expect(await outcomeIn(world)).toMatchObject({ state: 'failed', errors: [{ code: '900206' }] });
  });

  it('is made by whoever submitted the bulk order, once', async () => {
    const world = await worldOf(TWO, { gateway: gatewayOf(RETRY_LATER) });
    expect(await outcomeIn(world)).toBeUndefined();

    expect(await later(world, 3 * MINUTE)).toMatchObject({ state: 'succeeded', orders: [{}, {}] });
    const inserted = world.effects.filter(({ name }) => name === 'carts.insert');
    expect(inserted).toHaveLength(1);
    expect(inserted[0]?.args).toMatchObject([{ modifiedBy: CREATE.modifiedBy }]);
  });
});

describe('an item that meets with trouble', () => {
  const UNAVAILABLE = new ServiceError({ name: 'serviceUnavailable', description: 'Storage is away.' });

  it('waits for as long as storage does not answer', async () => {
    const world = await worldOf(itemOf(0));
    fail(world, is('carts.insert'), 'before', UNAVAILABLE);
    for (let n = 0; n < 20; n++) expect(await later(world, MINUTE)).toBeUndefined();

    heal(world);

    expect(await later(world, MINUTE)).toMatchObject({ state: 'succeeded' });
  });

  it('is given up after a few surprises, so that the bulk order ends', async () => {
    const world = await worldOf(itemOf(0));
    fail(world, is('carts.insert'), 'before', new TypeError('A bug.'));
    let outcome: ItemOutcome | undefined;
    let looks = 0;
    while (!outcome && looks < 20) {
      looks++;
      outcome = await later(world, MINUTE);
    }

    expect(outcome).toMatchObject({ state: 'failed', errors: [{ code: '800003' }] });
    expect(JSON.stringify(outcome)).not.toContain('A bug');
    expect(looks).toBe(6);
    expect(await orderIn(world)).toMatchObject({ state: 'completed' });
  });
});
