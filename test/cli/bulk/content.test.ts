/** The content hash of an item: two items have the same one if they order the same. */
import { describe, expect, it } from 'vitest';
import { contentOf } from '../../../cli/bulk/content.ts';
import { readItem } from '../../../shared/http/bulkRequest.ts';
import { CART, CUSTOMER, OTHER } from './files.ts';

const line = { catalogItemId: 'A:1', quantity: 2, billingCycle: 'one_time', termDuration: 'P1Y' };
const other = { ...line, catalogItemId: 'B:1', provisioningContext: { subscriptionId: CART, b: '1' } };
const item = (...lineItems: object[]) => ({ reference: 'r1', customerId: CUSTOMER, cart: { lineItems } });

/** The content of an item that is read from JSON. */
function contentIn(json: object): string {
  const read = readItem({ json }, 0, { cartIdOf: () => '' });
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return contentOf(read.item);
}
const same = contentIn(item(line, other));

describe('The content of an item', () => {
  it('The content hash of an item begins with a letter, so that a spreadsheet does not round it', () => {
    expect(same).toMatch(/^c[0-9a-f]{20}$/);
  });

  it.each<[string, object]>([
    ['the order of its line items', item(other, line)],
    ['the order of members', item(Object.fromEntries(Object.entries(line).reverse()), other)],
    [
      'the spelling of names and values',
      { ...item({ ...line, billingCycle: 'OneTime' }, other), Reference: 'r1' },
    ],
    ['the case of a term', item({ ...line, termDuration: 'p1y' }, other)],
    [
      'the case and braces of its customer',
      { ...item(line, other), customerId: `{${CUSTOMER.toUpperCase()}}` },
    ],
    [
      'the case of GUIDs in it',
      item(line, { ...other, provisioningContext: { b: 1, SubscriptionId: CART.toUpperCase() } }),
    ],
    ['its reference', { ...item(line, other), reference: 'r2' }],
    ['the ids of its line items', item({ id: 5, ...line }, { id: 1, ...other })],
    ['members that are null', item({ ...line, friendlyName: null }, other)],
  ])('The content hash of an item does not depend on %s', (_, json) => {
    expect(contentIn(json)).toBe(same);
  });

  it.each<[string, object]>([
    ['a quantity', item({ ...line, quantity: 3 }, other)],
    ['a name', item({ ...line, friendlyName: 'Seats' }, other)],
    ['the customer', { ...item(line, other), customerId: OTHER }],
    ['an additional line item', item(line, line, other)],
    ['a missing line item', item(line)],
    ['an existing cart in place of the content', { reference: 'r1', customerId: CUSTOMER, cartId: CART }],
  ])('The content hash of an item changes with %s', (_, json) => {
    expect(contentIn(json)).not.toBe(same);
  });
});
