/** What a caller may say about a bulk order, and what is told of it when something is wrong. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { MAX_ITEMS } from '../../shared/bulk/bulkOrder.ts';
import { MAX_ITEM_BYTES } from '../../shared/bulk/partition.ts';
import { bulkQuery } from '../../shared/http/bulkHead.ts';
import { readBulkLines, readBulkRequest } from '../../shared/http/bulkRequest.ts';
import { MODERN } from '../support/samples.ts';

const CUSTOMER = 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d';
const CART_ID = '5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11';
const LINE = { catalogItemId: MODERN, quantity: 1, billingCycle: 'monthly' };
const context = { cartIdOf: (reference: string) => `cart of ${reference}` };

const item = (more: object = {}) => ({ reference: 'a', customerId: CUSTOMER, cartId: CART_ID, ...more });
const made = (reference: string, lineItems: object[] = [LINE]) => ({
  reference,
  customerId: CUSTOMER,
  cart: { lineItems },
});

/** So many members, each of which is wrong. */
const wrong = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, []]));

async function read(body: unknown) {
  const result = await readBulkRequest(body, context);
  if ('draft' in result) return result.draft;
  throw new Error(result.error.description);
}

/** The paths of what is wrong, and the words. */
async function problemsOf(body: unknown): Promise<[path: string, message: string][]> {
  const result = await readBulkRequest(body, context);
  if ('draft' in result) return [];
  const data = result.error.data as { path: string; message: string }[] | undefined;
  return (data ?? []).map(({ path, message }) => [path, message]);
}

describe('an item', () => {
  it('is a cart that is there', async () => {
    expect((await read({ items: [item()] })).items).toEqual([
      { index: 0, reference: 'a', customer: CUSTOMER, cartId: CART_ID },
    ]);
  });

  it('is what a new cart is made of, whose id is made of the reference', async () => {
    expect((await read({ items: [made('a')] })).items).toMatchObject([
      { cartId: 'cart of a', draft: { lineItems: [{ catalogItemId: MODERN, quantity: 1 }] } },
    ]);
  });

  it.each([
    ['members in any case', { Reference: 'a', CustomerId: CUSTOMER, CARTID: CART_ID }],
    ['capital letters and braces', item({ customerId: `{${CUSTOMER.toUpperCase()}}` })],
    ['spaces around its reference', item({ reference: '  a ' })],
    ['members that nobody knows', item({ comment: 'urgent' })],
  ])('may have %s', async (_, one) => {
    expect((await read({ items: [one] })).items).toEqual((await read({ items: [item()] })).items);
  });

  it.each([
    ['is no object', 7, 'items[0]'],
    ['has no reference', item({ reference: undefined }), 'items[0].reference'],
    ['has an empty reference', item({ reference: ' ' }), 'items[0].reference'],
    ['has a reference that is too long', item({ reference: 'x'.repeat(129) }), 'items[0].reference'],
    ['has half a character in its reference', item({ reference: 'a\ud83d' }), 'items[0].reference'],
    ['has a customer that is no GUID', item({ customerId: 'somebody' }), 'items[0].customerId'],
    ['has a cart id that is no GUID', item({ cartId: '17' }), 'items[0].cartId'],
    ['has neither a cart nor the id of one', item({ cartId: undefined }), 'items[0].cart'],
    ['has both', item({ cart: { lineItems: [LINE] } }), 'items[0].cart'],
    ['has a cart without line items', { ...made('a'), cart: {} }, 'items[0].cart.lineItems'],
    ['has a cart of another kind', { ...made('a'), cart: 'b' }, 'items[0].cart'],
    [
      'has a malformed line item',
      made('a', [LINE, { ...LINE, quantity: 'many' }]),
      'items[0].cart.lineItems[1].quantity',
    ],
    ['is too large', { ...item(), comment: 'x'.repeat(MAX_ITEM_BYTES) }, 'items[0]'],
    [
      'is too large, and wrong in every member',
      made('a', [{ provisioningContext: wrong(300_000) }]),
      'items[0]',
    ],
    [
      'has more bytes than characters, and too many',
      { ...item(), comment: '注'.repeat(MAX_ITEM_BYTES / 2) },
      'items[0]',
    ],
  ])('that %s is named', async (_, one, path) => {
    expect((await problemsOf({ items: [one] })).map(([where]) => where)).toContain(path);
  });
});

describe('a list', () => {
  it('has every malformed item named, and nothing of it is accepted', async () => {
    const items = [item(), item({ reference: 7 }), made('b'), { reference: 'c' }];

    expect((await problemsOf({ items })).map(([path]) => path)).toEqual([
      'items[1].reference',
      'items[3].customerId',
      'items[3].cart',
    ]);
  });

  it('has the valid ones accepted if that is wanted, but not when there is none', async () => {
    const bad = item({ reference: 7 });

    const draft = await read({
      items: [bad, made('b'), item({ reference: 'd' }), { reference: 'c' }],
      acceptValid: true,
    });
    expect(draft.items.map(({ index }) => index)).toEqual([1, 2]);
    expect(draft.rejected).toMatchObject([{ index: 0 }, { index: 3, reference: 'c' }]);
    expect(await problemsOf({ items: [bad], acceptValid: true })).not.toEqual([]);
  });

  it('The problems of an item are reported briefly, however long the names in the request are', async () => {
    const lines = Array.from({ length: 20 }, (_, n) => ({
      ...LINE,
      provisioningContext: { [`${n}${'x'.repeat(20_000)}`]: 'y' },
    }));
    const { rejected } = await read({ items: [item(), made('b', lines)], acceptValid: true });

    expect(rejected).toMatchObject([{ index: 1, reference: 'b' }]);
    expect(rejected[0]?.problems[0]?.path).toMatch(/^cart\.lineItems\[0\]\.provisioningContext\.0x/);
    expect(JSON.stringify(rejected).length).toBeLessThan(5_000);
  });

  it('that is wrong all over is looked at no further than people read, whatever else is wanted', async () => {
    const items = Array.from({ length: 500 }, (_, n) => made(`item ${n}`, Array(200).fill({})));

    const result = await readBulkRequest({ items: [item(), ...items], acceptValid: true }, context);

    expect(result).toMatchObject({
      error: { description: expect.stringMatching(/^\d+ of 501 .* were not validated/) },
    });
    expect((await problemsOf({ items })).length).toBeLessThan(items.length);
  });

  it('has no reference and no cart twice', async () => {
    const items = [item(), item({ reference: 'b' }), item({ cartId: randomUUID() }), made('c'), made('c')];

    expect(await problemsOf({ items })).toEqual([
      ['items[1].cartId', 'repeats items[0]'],
      ['items[2].reference', 'repeats items[0]'],
      ['items[4].reference', 'repeats items[3]'],
    ]);
  });

  it.each([
    ['no list of items', {}, 'items'],
    ['items that are no list', { items: {} }, 'items'],
    ['no item', { items: [] }, 'items'],
    ['too many items', { items: Array.from({ length: MAX_ITEMS + 1 }, () => 0) }, 'items'],
    ['an unknown policy', { items: [item()], errorPolicy: 'stop' }, 'errorPolicy'],
    ['a reference that is none', { items: [item()], reference: {} }, 'reference'],
    ['a wish that is neither yes nor no', { items: [item()], acceptValid: 'perhaps' }, 'acceptValid'],
  ])('with %s is refused', async (_, body, path) => {
    expect((await problemsOf(body)).map(([where]) => where)).toContain(path);
  });

  it.each([[[]], ['text'], [null], [7]])('is no %j', async (body) => {
    expect(await readBulkRequest(body, context)).toMatchObject({ error: { name: 'invalidInput' } });
  });

  it('may be as long as may be', async () => {
    const items = Array.from({ length: MAX_ITEMS }, (_, n) =>
      item({ reference: `item ${n}`, cartId: randomUUID() }),
    );

    expect((await read({ items })).items).toHaveLength(MAX_ITEMS);
  });
});

describe('NDJSON', () => {
  const linesOf = (...lines: string[]) => lines.join('\n');
  const query = (text = '') => bulkQuery.parse(Object.fromEntries(new URLSearchParams(text)));

  it('is an item a line; a byte-order mark, carriage returns and blank lines are passed over', async () => {
    const text = linesOf(`\uFEFF${JSON.stringify(item())}\r`, '', '  ', JSON.stringify(made('b')), '');

    expect(await readBulkLines(text, query(), context)).toEqual({
      draft: await read({ items: [item(), made('b')] }),
    });
  });

  it('has what is not about one item in the query', async () => {
    const said = query('reference=May&errorPolicy=stopOnFirstError&acceptValid=true');

    expect(await readBulkLines(linesOf(JSON.stringify(item()), '{"a"'), said, context)).toMatchObject({
      draft: { reference: 'May', errorPolicy: 'stopOnFirstError', rejected: [{ index: 1 }] },
    });
  });

  it('of too many lines has none of them looked at', async () => {
    const parse = vi.spyOn(JSON, 'parse');

    const result = await readBulkLines('1\n'.repeat(MAX_ITEMS + 1), query(), context);

    expect(result).toMatchObject({ error: { data: [{ path: 'items' }] } });
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });

  it('has a line that is no JSON named by its index', async () => {
    expect(await readBulkLines(linesOf(JSON.stringify(item()), '{"a'), query(), context)).toMatchObject({
      error: { name: 'invalidInput', data: [{ path: 'items[1]' }] },
    });
  });
});
