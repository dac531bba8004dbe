/** The term of a line item, named or implied. */
import { describe, expect, it } from 'vitest';
import { termOf } from '../../shared/cart/term.ts';
import { orderRequests } from '../../shared/orders/order.ts';
import { cartOf, line } from '../support/samples.ts';

describe('term', () => {
  it.each([
    ['1Year', 'P1Y'],
    ['3Years', 'P3Y'],
    ['1MONTH', 'P1M'],
    ['soon', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
  ])('The duration %s in the provisioning context implies the term %s', (duration, term) => {
    expect(termOf({ provisioningContext: { duration } })).toBe(term);
  });

  it('The term of the caller takes precedence over an implied one', () => {
    expect(termOf({ termDuration: 'P1M', provisioningContext: { duration: '3Years' } })).toBe('P1M');
  });

  it('An order has the named or implied term of each line item', () => {
    const cart = cartOf([
      line({ provisioningContext: { duration: '3Years' } }),
      line({ termDuration: 'P1Y' }),
    ]);
    const [request] = orderRequests(cart).values();

    expect(request?.lineItems.map(({ termDuration }) => termDuration)).toEqual(['P3Y', 'P1Y']);
  });
});
