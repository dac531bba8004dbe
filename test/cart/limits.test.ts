/** The limits of a cart, with line items from a request and from frozen groups. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Cart } from '../../shared/cart/cart.ts';
import type { Checkout, GroupProgress } from '../../shared/cart/checkoutState.ts';
import { createCart } from '../../shared/cart/createCart.ts';
import { decideReplace } from '../../shared/cart/decideReplace.ts';
import {
  checkLimits,
  MAX_LINE_ITEM_BYTES,
  MAX_LINE_ITEMS,
  MAX_ORDER_GROUPS,
} from '../../shared/cart/limits.ts';
import type { LineItemDraft } from '../../shared/cart/lineItem.ts';
import { decideStart } from '../../shared/checkout/decideStart.ts';
import { toCartRow } from '../../shared/storage/cartRow.ts';
import { newWorld } from '../support/ports.ts';
import {
  BEGIN,
  CREATE,
  cartOf,
  inCheckout,
  KEY,
  line,
  NOW,
  placedOrder,
  REFUSAL,
  RULES,
  TROUBLE,
} from '../support/samples.ts';

const times = <Item>(count: number, item: (n: number) => Item): Item[] =>
  Array.from({ length: count }, (_, n) => item(n));
/** Line items of `count` order groups: one currency each, from the currency with number `from` on. */
const groups = (count: number, from = 0) =>
  times(count, (n) => {
    const at = from + n;
    return line({ currencyCode: String.fromCharCode(65 + at / 676, 65 + ((at / 26) % 26), 65 + (at % 26)) });
  });
const noise = (chars: number) => randomBytes(chars).toString('base64').slice(0, chars);
/** `count` line items with a name of `chars` characters that compresses badly. */
const fat = (count: number, chars: number, more: Partial<LineItemDraft> = {}) =>
  times(count, () => line({ friendlyName: noise(chars), ...more }));

/** The cart after a checkout that ended partly ordered; `state` gives the state of each group. */
function partlyOrdered(
  lineItems: LineItemDraft[],
  state: (group: GroupProgress) => GroupProgress['state'],
): Cart {
  const cart = inCheckout({ state: 'partlyOrdered', endedMs: NOW }, lineItems);
  for (const group of cart.checkout.groups) {
    group.state = state(group);
    if (group.state === 'placed') group.order = placedOrder();
    else group.problem = TROUBLE;
  }
  return cart;
}
const replace = (cart: Cart, lineItems: LineItemDraft[]) =>
  decideReplace(cart, { lineItems }, { nowMs: NOW + 1, etag: '', rules: RULES, modifiedBy: 'another user' });

const TOO_MANY = { name: 'invalidInput', data: [{ path: 'lineItems' }] };

describe('limits of a cart with frozen groups', () => {
  it.each(['placed', 'ambiguous'] as const)(
    'The limit of the order groups counts frozen groups that are %s',
    (state) => {
      const cart = partlyOrdered(groups(MAX_ORDER_GROUPS - 9), () => state);

      expect(replace(cart, groups(9, 200)).kind).toBe('write');
      expect(replace(cart, groups(10, 200))).toMatchObject({
        kind: 'refuse',
        error: { ...TOO_MANY, description: 'A cart has at most 99 order groups; this one has 100.' },
      });
    },
  );

  it('The limit of the line items counts the line items of frozen groups', () => {
    const cart = partlyOrdered(
      times(150, () => line()),
      () => 'placed',
    );
    const others = (count: number) => times(count, () => line({ billingCycle: 'annual' }));

    expect(replace(cart, others(50)).kind).toBe('write');
    expect(replace(cart, others(51))).toMatchObject({ kind: 'refuse', error: TOO_MANY });
  });

  it('The limit of the bytes counts the line items of frozen groups', () => {
    const cart = partlyOrdered(fat(100, 5_000), () => 'placed');

    expect(replace(cart, fat(100, 3_000, { billingCycle: 'annual' })).kind).toBe('write');
    expect(replace(cart, fat(100, 5_000, { billingCycle: 'annual' }))).toMatchObject({
      kind: 'refuse',
      error: TOO_MANY,
    });
  });
});

it('A create beyond the limits writes neither a cart nor a due entry', async () => {
  const world = newWorld(NOW);

  expect(await createCart(world.ports, KEY, { lineItems: fat(200, 5_000) }, CREATE)).toMatchObject({
    error: TOO_MANY,
  });
  expect(world.effects).toEqual([]);
});

describe('a cart at its limits', () => {
  const drafts = fat(MAX_LINE_ITEMS, 4_200).map((item, n) => ({
    ...item,
    ...groups(MAX_ORDER_GROUPS)[n % 99],
  }));
  const cart = cartOf(drafts);
  const room = MAX_LINE_ITEM_BYTES - Buffer.byteLength(JSON.stringify(cart.lineItems));
  const [first] = cart.lineItems;
  if (first) first.friendlyName += noise(room);

  it('A cart accepts line items of the maximum size, and not one byte more', () => {
    expect(checkLimits(cart.lineItems)).toBeUndefined();
    expect(
      checkLimits([{ ...first!, friendlyName: `${first?.friendlyName}x` }, ...cart.lineItems.slice(1)]),
    ).toMatchObject(TOO_MANY);
  });

  it.each<[string, Partial<GroupProgress>]>([
    [
      'ordered',
      { state: 'placed', order: placedOrder({ subscriptionIds: [KEY.cartId, KEY.customer, null] }) },
    ],
    ['refused', { state: 'refused', problem: { ...REFUSAL, description: noise(500) } }],
  ])(
    'The row of a cart at its limits fits into Table Storage, also when every order group is %s',
    (_, progress) => {
      const started = decideStart(cart, BEGIN);
      if (started.kind !== 'start') throw new Error(started.kind);
      const checkout: Checkout = {
        ...started.checkout,
        groups: started.checkout.groups.map((group) => ({ ...group, ...progress })),
      };

      expect(checkout.groups).toHaveLength(MAX_ORDER_GROUPS);
      expect(entityBytes(toCartRow({ ...cart, checkout }))).toBeLessThan(1_048_576);
    },
  );
});

/** The size of an entity in bytes by Azure's formula: two bytes a character for text and property names, plus overhead. */
function entityBytes({ partitionKey, rowKey, ...own }: ReturnType<typeof toCartRow>): number {
  return Object.entries(own).reduce(
    (sum, [name, value]) => {
      const bytes =
        (value as unknown) instanceof Uint8Array
          ? (value as unknown as Uint8Array).length
          : String(value).length * 2;
      return sum + 8 + name.length * 2 + 4 + bytes;
    },
    4 + (partitionKey.length + rowKey.length) * 2,
  );
}
