/**
 * A storefront from product to order, in the steps of Partner Center's samples: products, SKUs, availabilities, cart,
 * checkout, order, provisioning status. All but the cart and the checkout are passed through.
 */
import { randomUUID } from 'node:crypto';
import { check } from './output.ts';
import type { SendRequest } from './storefront.ts';

/** How a client spells the names of a body. */
type Spelling = (name: string) => string;

/** `lineItems` as `LineItems`. */
export const pascalCase: Spelling = (name) => name.charAt(0).toUpperCase() + name.slice(1);

const named = (spell: Spelling, members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [spell(name), value]));

/** Buys the first product of a view for a new customer. */
export async function fromProductToOrder(send: SendRequest, spell: Spelling): Promise<void> {
  const customer = `/v1/customers/${randomUUID()}`;
  const products = await send('GET', '/v1/products?country=US&targetView=OnlineServices');
  const product = `/v1/products/${products.body.items?.[0]?.id}`;
  const skus = await send('GET', `${product}/skus?country=US&targetSegment=commercial`);
  const sku = `${product}/skus/${skus.body.items?.[0]?.id}`;
  const availabilities = await send('GET', `${sku}/availabilities?country=US&targetSegment=commercial`);
  const { catalogItemId, terms } = availabilities.body.items?.[0] ?? {};
  check(catalogItemId !== undefined, `an availability of ${products.body.items?.[0]?.title}`);

  const line = { catalogItemId, quantity: 1, billingCycle: 'monthly', termDuration: terms?.[0]?.duration };
  const cart = await send('POST', `${customer}/carts`, {
    body: named(spell, { lineItems: [named(spell, line)] }),
  });
  const result = await send('POST', `${customer}/carts/${cart.body.id}/checkout`, { body: 'success' });
  const [order] = result.body.orders ?? [];
  check(order !== undefined, `order ${order?.id}`);
  const listed = await send('GET', `${customer}/orders`);
  check(listed.body.items?.[0]?.id === order.id, 'Partner Center lists the order');
  const provisioned = await send('GET', `${customer}/orders/${order.id}/provisioningstatus`);
  check(provisioned.body.items?.[0]?.status === 'fulfilled', 'the order is provisioned');
}
