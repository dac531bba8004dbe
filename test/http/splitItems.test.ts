/** Large bulk orders are read without parsing the body as a whole, with the same result. */
import { expect, it } from 'vitest';
import { MAX_ITEMS } from '../../shared/bulk/bulkOrder.ts';
import { splitItems } from '../../shared/http/splitItems.ts';
import { readBulkBody } from '../support/bulkBody.ts';
import { MODERN } from '../support/samples.ts';

it.each([
  ['{"items":[1,{"a":[2,3]},"x,]"]}', ['1', '{"a":[2,3]}', '"x,]"']],
  ['{"a":{"items":[9]},"Items":[1 , 2 ,]}', ['1 ', ' 2 ']],
  ['{"it\\u0065ms":[1]}', ['1']],
  ['{"items":[1],"ITEMS":[2]}', ['2']],
  ['{"items":[]}', []],
  ['{"x":"items","items":["\\"",{}]}', ['"\\""', '{}']],
])('The items of %s are split', async (text, items) => {
  const split = await splitItems(text, 10);

  expect(split).toMatchObject({ items });
  expect(JSON.parse((split as { head: string }).head)).toMatchObject({});
});

it.each(['{"items":{"a":1}}', '[1,2]', '"', '{', '{"items":[1', ''])(
  'The body %s has no items',
  async (text) => {
    expect(await splitItems(text, 10)).toHaveProperty('error');
  },
);

it('A body of more than 1 MiB is read to the same draft as its parts', async () => {
  const items = Array.from({ length: 2_000 }, (_, n) => ({
    Reference: `PO-${n}`,
    customerId: 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d',
    cart: {
      lineItems: [
        { catalogItemId: MODERN, quantity: 1, billingCycle: 'monthly', friendlyName: `"[${'é'.repeat(400)}` },
      ],
    },
  }));
  const large = await readBulkBody(
    JSON.stringify({ reference: 'May', items, errorPolicy: 'stopOnFirstError' }, null, 1),
  );
  const small = await readBulkBody(
    JSON.stringify({ reference: 'May', items: items.slice(0, 3), errorPolicy: 'stopOnFirstError' }),
  );

  if ('error' in large || 'error' in small) throw new Error('The body was rejected.');
  expect(large.body.draft.items).toHaveLength(2_000);
  expect(large.body.draft.errorPolicy).toBe('stopOnFirstError');
  const contents = ({ items: all }: typeof large.body.draft) => all.slice(0, 3).map(({ draft }) => draft);
  expect(contents(large.body.draft)).toEqual(contents(small.body.draft));
});

it(`The items of a body are counted up to one more than ${MAX_ITEMS}`, async () => {
  const split = await splitItems(`{"items":[${'{},'.repeat(2 * MAX_ITEMS)}]}`, MAX_ITEMS);

  expect((split as { items: string[] }).items).toHaveLength(MAX_ITEMS + 1);
});
