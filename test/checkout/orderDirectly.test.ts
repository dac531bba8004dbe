/** Ordering line items without a cart of the caller's: one order however often it is repeated, and nothing stored for what cannot be bought. */
import { beforeEach, expect, it } from 'vitest';
import type { LineItemDraft } from '../../shared/cart/lineItem.ts';
import { orderDirectly } from '../../shared/checkout/orderDirectly.ts';
import { uuidV8 } from '../../shared/ids.ts';
import { newWorld, type World } from '../support/ports.ts';
import { CREATE, KEY, LEGACY, line, NOW, RULES } from '../support/samples.ts';

let world: World;
beforeEach(() => {
  world = newWorld(NOW);
});
const order = (lineItems: LineItemDraft[] = [line()], rules = RULES) =>
  orderDirectly(
    world.ports,
    KEY,
    { lineItems },
    {
      create: { ...CREATE, rules, idempotencyKey: 'first' },
      checkout: { watchdogMs: 60_000, idempotencyKey: 'first', uuidV8 },
    },
  );
const names = () => world.effects.map(({ name }) => name);

it('An order starts the checkout of one order group, with a due entry before each state', async () => {
  expect(await order([line(), line({ quantity: 3 })])).toMatchObject({
    checkout: { state: 'running', groups: [{ state: 'pending' }] },
  });
  expect(names()).toEqual([
    'due.put',
    'carts.insert',
    'carts.read',
    'due.put',
    'carts.replace',
    'checkouts.send',
  ]);
});

it('A repeat joins the checkout and starts no other', async () => {
  const first = await order();
  const second = await order();

  expect(second).toMatchObject({ checkout: { id: 'checkout' in first ? first.checkout.id : '' } });
  expect(world.sent).toHaveLength(1);
});

it('Legacy and modern catalog items are two orders, so they are rejected and nothing is stored', async () => {
  expect(await order([line(), line({ catalogItemId: LEGACY })])).toMatchObject({
    error: { name: 'invalidInput', data: [{ path: 'lineItems' }] },
  });
  expect(world.effects.filter(({ name }) => name !== 'carts.read')).toEqual([]);
});

it('A line that cannot be bought is rejected and nothing is stored', async () => {
  expect(await order([line({ catalogItemId: 'no id' })])).toMatchObject({
    error: { name: 'lineItemErrors', data: [{ lineItemId: 0, errorCode: 10001 }] },
  });
  expect(world.effects.filter(({ name }) => name !== 'carts.read')).toEqual([]);
});

it('A repeat returns the checkout even when the line could not be bought any more', async () => {
  await order([line({ participants: [{ key: 'transaction_reseller', value: '1' }] })]);

  const repeat = await order([line({ participants: [{ key: 'transaction_reseller', value: '1' }] })], {
    ...RULES,
    isIndirectProvider: false,
  });

  expect(repeat).toMatchObject({ checkout: { state: 'running' } });
});

it('Additional resellers without an attestation are rejected', async () => {
  expect(
    await order([line({ participants: [{ key: 'additional_transaction_reseller', value: '1' }] })]),
  ).toMatchObject({ error: { name: 'attestationMissing' } });
});
