/** What becomes of one item, and what is said of it. */
import { expect, it } from 'vitest';
import { line } from '../samples.ts';
import { deliver, itemOf, outcomesIn, submitted } from './submitting.ts';

it('an item whose cart holds line items that cannot be bought names each of them, and why', async () => {
  const lineItems = [line(), line({ catalogItemId: 'a:b' }), line({ catalogItemId: 'c' })];
  const world = await submitted({ list: [{ ...itemOf(0), draft: { lineItems } }] });

  await deliver(world);

  expect(await outcomesIn(world)).toMatchObject([
    {
      state: 'failed',
      orders: [],
      errors: [
        { code: '10001', description: expect.stringMatching(/^Line item 1: .*a:b/) },
        { code: '10001', description: expect.stringMatching(/^Line item 2: ./) },
      ],
    },
  ]);
});
