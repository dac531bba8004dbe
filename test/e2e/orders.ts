/** The carts that the end-to-end tests are about. */
import { randomUUID } from 'node:crypto';
import type { CallService } from './running.ts';

export const RESERVATION = {
  catalogItemId: 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB',
  friendlyName: 'A_sample_Azure_RI',
  quantity: 2,
  billingCycle: 'one_time',
};
export const SEATS = {
  catalogItemId: 'CFQ7TTC0LFLS:0002:CFQ7TTC0KDLJ',
  friendlyName: 'Azure Active Directory Premium P1',
  quantity: 5,
  billingCycle: 'monthly',
  termDuration: 'P1Y',
};

/** Creates a cart for a new customer; returns its path and where its orders are. */
export async function createCart(call: CallService, lineItems: object[] = [RESERVATION]) {
  const customer = randomUUID();
  const created = await call('POST', `/v1/customers/${customer}/carts`, { body: { lineItems } });
  if (created.status !== 201) throw new Error(`The cart was not created: ${JSON.stringify(created.body)}`);
  const cartId = String(created.body.id);
  return {
    customer,
    cartId,
    created,
    path: `/v1/customers/${customer}/carts/${cartId}`,
    ordersPath: `/v1/customers/${customer}/orders`,
  };
}
