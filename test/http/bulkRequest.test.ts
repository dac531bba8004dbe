/** The request of a bulk order, and the errors of an invalid one. */
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
const newCart = (reference: string, lineItems: object[] = [LINE]) => ({
  reference,
  customerId: CUSTOMER,
  cart: { lineItems },
});

/** This many members, each of which is invalid. */
const invalidMembers = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, []]));

async function read(body: unknown) {
  const result = await readBulkRequest(body, context);
  if ('draft' in result) return result.draft;
  throw new Error(result.error.description);
}

/** The path and message of every error. */
async function problemsOf(body: unknown): Promise<{ path: string; message: string }[]> {
  const result = await readBulkRequest(body, context);
  if ('draft' in result) return [];
  const data = result.error.data as { path: string; message: string }[] | undefined;
  return (data ?? []).map(({ path, message }) => ({ path, message }));
}

describe('An item of a bulk request', () => {
  it('An item names an existing cart by its id', async () => {
    expect((await read({ items: [item()] })).items).toEqual([
      { index: 0, reference: 'a', customer: CUSTOMER, cartId: CART_ID },
    ]);
  });

  it('An item can contain a new cart, whose id is derived from the reference', async () => {
    expect((await read({ items: [newCart('a')] })).items).toMatchObject([
      { cartId: 'cart of a', draft: { lineItems: [{ catalogItemId: MODERN, quantity: 1 }] } },
    ]);
  });

  it.each([
    ['member names in any letter case', { Reference: 'a', CustomerId: CUSTOMER, CARTID: CART_ID }],
    ['a customer id in capital letters and braces', item({ customerId: `{${CUSTOMER.toUpperCase()}}` })],
    ['spaces around its reference', item({ reference: '  a ' })],
    ['unknown members', item({ comment: 'urgent' })],
  ])('An item is accepted with %s', async (_, one) => {
    expect((await read({ items: [one] })).items).toEqual((await read({ items: [item()] })).items);
  });

  it.each([
    ['is not an object', 7, 'items[0]'],
    ['has no reference', item({ reference: undefined }), 'items[0].reference'],
    ['has an empty reference', item({ reference: ' ' }), 'items[0].reference'],
    ['has a reference that is too long', item({ reference: 'x'.repeat(129) }), 'items[0].reference'],
    ['has an unpaired surrogate in its reference', item({ reference: 'a\ud83d' }), 'items[0].reference'],
    ['has a customer id that is not a GUID', item({ customerId: 'contoso' }), 'items[0].customerId'],
    ['has a cart id that is not a GUID', item({ cartId: '17' }), 'items[0].cartId'],
    ['has neither a cart nor a cart id', item({ cartId: undefined }), 'items[0].cart'],
    ['has both a cart and a cart id', item({ cart: { lineItems: [LINE] } }), 'items[0].cart'],
    ['has a cart without line items', { ...newCart('a'), cart: {} }, 'items[0].cart.lineItems'],
    ['has a cart that is not an object', { ...newCart('a'), cart: 'b' }, 'items[0].cart'],
    [
      'has a malformed line item',
      newCart('a', [LINE, { ...LINE, quantity: 'many' }]),
      'items[0].cart.lineItems[1].quantity',
    ],
    ['is too large', { ...item(), comment: 'x'.repeat(MAX_ITEM_BYTES) }, 'items[0]'],
    [
      'is too large and has an invalid value in every member',
      newCart('a', [{ provisioningContext: invalidMembers(300_000) }]),
      'items[0]',
    ],
    [
      'has too many bytes but not too many characters',
      { ...item(), comment: '注'.repeat(MAX_ITEM_BYTES / 2) },
      'items[0]',
    ],
  ])('An item that %s is reported by its path', async (_, one, path) => {
    expect((await problemsOf({ items: [one] })).map((problem) => problem.path)).toContain(path);
  });
});

describe('The items of a bulk request', () => {
  it('Every malformed item is reported, and nothing is accepted, when acceptValid is not set', async () => {
    const items = [item(), item({ reference: 7 }), newCart('b'), { reference: 'c' }];

    expect((await problemsOf({ items })).map(({ path }) => path)).toEqual([
      'items[1].reference',
      'items[3].customerId',
      'items[3].cart',
    ]);
  });

  it('With acceptValid, the valid items are accepted, and a request without a valid item is rejected', async () => {
    const bad = item({ reference: 7 });

    const draft = await read({
      items: [bad, newCart('b'), item({ reference: 'd' }), { reference: 'c' }],
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
    const { rejected } = await read({ items: [item(), newCart('b', lines)], acceptValid: true });

    expect(rejected).toMatchObject([{ index: 1, reference: 'b' }]);
    expect(rejected[0]?.problems[0]?.path).toMatch(/^cart\.lineItems\[0\]\.provisioningContext\.0x/);
    expect(JSON.stringify(rejected).length).toBeLessThan(5_000);
  });

  it('A list with too many errors is rejected before all items are validated, even with acceptValid', async () => {
    const items = Array.from({ length: 500 }, (_, n) => newCart(`item ${n}`, Array(200).fill({})));

    const result = await readBulkRequest({ items: [item(), ...items], acceptValid: true }, context);

    expect(result).toMatchObject({
      error: { description: expect.stringMatching(/^\d+ of 501 .* were not validated/) },
    });
    expect((await problemsOf({ items })).length).toBeLessThan(items.length);
  });

  it('Two items with the same reference or the same cart are rejected', async () => {
    const items = [
      item(),
      item({ reference: 'b' }),
      item({ cartId: randomUUID() }),
      newCart('c'),
      newCart('c'),
    ];

    expect(await problemsOf({ items })).toEqual([
      { path: 'items[1].cartId', message: 'repeats items[0]' },
      { path: 'items[2].reference', message: 'repeats items[0]' },
      { path: 'items[4].reference', message: 'repeats items[3]' },
    ]);
  });

  it.each([
    ['no list of items', {}, 'items'],
    ['items that are not a list', { items: {} }, 'items'],
    ['an empty list of items', { items: [] }, 'items'],
    ['too many items', { items: Array.from({ length: MAX_ITEMS + 1 }, () => 0) }, 'items'],
    ['an unknown error policy', { items: [item()], errorPolicy: 'stop' }, 'errorPolicy'],
    ['a reference that is not text', { items: [item()], reference: {} }, 'reference'],
    ['an acceptValid that is not a boolean', { items: [item()], acceptValid: 'perhaps' }, 'acceptValid'],
  ])('A bulk request with %s is rejected', async (_, body, path) => {
    expect((await problemsOf(body)).map((problem) => problem.path)).toContain(path);
  });

  it.each([[[]], ['text'], [null], [7]])('The body %j is not a bulk request', async (body) => {
    expect(await readBulkRequest(body, context)).toMatchObject({ error: { name: 'invalidInput' } });
  });

  it('A bulk request may have the maximum number of items', async () => {
    const items = Array.from({ length: MAX_ITEMS }, (_, n) =>
      item({ reference: `item ${n}`, cartId: randomUUID() }),
    );

    expect((await read({ items })).items).toHaveLength(MAX_ITEMS);
  });
});

it.each<[string, unknown, string, string]>([
  ['a list', [], 'cart', 'must be a cart: a JSON object with lineItems'],
  [
    'too many line items',
    { lineItems: Array(201).fill({}) },
    'cart.lineItems',
    'must have at most 200 line items, add-ons included',
  ],
])('The problem of a cart that is %s is named at the item', async (_, cart, path, message) => {
  const one = { reference: 'a', customerId: CUSTOMER, cart };

  expect(await problemsOf({ items: [one] })).toEqual([{ path: `items[0].${path}`, message }]);
});

describe('Bulk requests as NDJSON', () => {
  const linesOf = (...lines: string[]) => lines.join('\n');
  const query = (text = '') => bulkQuery.parse(Object.fromEntries(new URLSearchParams(text)));

  it('An NDJSON body has one item per line; a byte-order mark, carriage returns and blank lines are ignored', async () => {
    const text = linesOf(`\uFEFF${JSON.stringify(item())}\r`, '', '  ', JSON.stringify(newCart('b')), '');

    expect(await readBulkLines(text, query(), context)).toEqual({
      draft: await read({ items: [item(), newCart('b')] }),
    });
  });

  it('The lines of a JSON text sequence begin with a record separator, which is ignored', async () => {
    const text = `\u001e${JSON.stringify(item())}\n\u001e${JSON.stringify(newCart('b'))}\n`;

    expect(await readBulkLines(text, query(), context)).toEqual({
      draft: await read({ items: [item(), newCart('b')] }),
    });
  });

  it('The members of an NDJSON request other than its items are query parameters', async () => {
    const parameters = query('reference=May&errorPolicy=stopOnFirstError&acceptValid=true');

    expect(await readBulkLines(linesOf(JSON.stringify(item()), '{"a"'), parameters, context)).toMatchObject({
      draft: { reference: 'May', errorPolicy: 'stopOnFirstError', rejected: [{ index: 1 }] },
    });
  });

  it('The names of policies are read in any spelling, in a body as in a query', async () => {
    const spelled = { errorPolicy: 'StopOnFirstError', repeats: 'SKIP' };
    const expected = { errorPolicy: 'stopOnFirstError', repeats: 'skip' };

    expect(await read({ ...spelled, items: [item()] })).toMatchObject(expected);
    expect(query(`${new URLSearchParams(spelled)}`)).toMatchObject(expected);
  });

  it('An NDJSON body with too many lines is rejected before any line is parsed', async () => {
    const parse = vi.spyOn(JSON, 'parse');

    const result = await readBulkLines('1\n'.repeat(MAX_ITEMS + 1), query(), context);

    expect(result).toMatchObject({ error: { data: [{ path: 'items' }] } });
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });

  it('A line that is not JSON is reported by its index', async () => {
    expect(await readBulkLines(linesOf(JSON.stringify(item()), '{"a'), query(), context)).toMatchObject({
      error: { name: 'invalidInput', data: [{ path: 'items[1]', message: 'is not valid JSON' }] },
    });
  });
});
