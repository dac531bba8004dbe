/** The friendly name of an order line. */
import { expect, it } from 'vitest';
import { decideReplace } from '../../shared/cart/decideReplace.ts';
import { cartBody } from '../../shared/http/cartResponse.ts';
import { clientOf } from '../../shared/http/clients.ts';
import { orderRequests } from '../../shared/orders/order.ts';
import { cartOf, line, NOW, RULES } from '../support/samples.ts';
import { ADDON, CATALOG, composed, SEATS } from './samples.ts';

const names = (cart: Parameters<typeof orderRequests>[0]) =>
  [...orderRequests(cart).values()].flatMap(({ lineItems }) => lineItems.map((each) => each.friendlyName));

it('An order line is named as the customer named it, else by the title in the catalog, else not at all', () => {
  const drafts = [
    line({ catalogItemId: SEATS, friendlyName: 'Mine', addonItems: [line({ catalogItemId: ADDON })] }),
    line(),
  ];

  expect(names({ ...cartOf(), lineItems: composed(drafts) })).toEqual(['Mine', 'Add-on', undefined]);
});

it('A cart response has no title from the catalog', () => {
  const cart = { ...cartOf(), lineItems: composed([line({ catalogItemId: SEATS })]) };

  const body = cartBody({ cart, etag: '"1"' }, { client: clientOf(null), country: 'US' });

  expect(JSON.stringify(body)).not.toContain('Seats');
});

it('An order line has no property for the title', () => {
  const cart = { ...cartOf(), lineItems: composed([line({ catalogItemId: SEATS })]) };

  const [request] = orderRequests(cart).values();

  expect(request?.lineItems[0]).not.toHaveProperty('title');
});

it('A replace takes the title from the catalog again', () => {
  const context = { nowMs: NOW, etag: '"1"', modifiedBy: 'me', rules: { ...RULES, catalog: CATALOG } };

  const replaced = decideReplace(cartOf(), { lineItems: [line({ catalogItemId: SEATS })] }, context);

  expect(replaced.kind === 'write' && names(replaced.cart)).toEqual(['Seats']);
});
