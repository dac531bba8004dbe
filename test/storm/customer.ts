/** A customer in a storm: makes a cart and asks for its checkout. */
import { randomUUID } from 'node:crypto';
import { createCart } from '../../shared/cart/createCart.ts';
import type { LineItemDraft } from '../../shared/cart/lineItem.ts';
import type { CheckoutMessage } from '../../shared/checkout/message.ts';
import { requestCheckout } from '../../shared/checkout/requestCheckout.ts';
import { uuidV8 } from '../../shared/ids.ts';
import type { Ports } from '../../shared/ports.ts';
import type { Random } from '../support/random.ts';
import { CREATE, KEY, LIFECYCLE } from '../support/samples.ts';
import type { Ordered } from '../support/tally.ts';
import type { Witness } from '../support/witness.ts';

export interface Promised {
  /** The message that was sent to have it carried out. */
  message: CheckoutMessage;
  content: Ordered[];
}

/** Lets one customer check out a cart of this id and these line items, in any quantity; throws when the service refuses. */
export async function checkOut(
  ports: Ports,
  cartId: string,
  drafts: readonly LineItemDraft[],
  { witness, random }: { witness: Witness; random: Random },
): Promise<Promised> {
  const key = { ...KEY, customer: randomUUID(), cartId };
  const lineItems = drafts.map((item) => ({ ...item, quantity: 1 + random.below(9) }));
  const created = await createCart(ports, key, { lineItems }, CREATE);
  if ('error' in created) throw new Error(created.error.description);
  witness.created.push(key);
  const asked = await requestCheckout(ports, key, { watchdogMs: LIFECYCLE.watchdogMs, uuidV8 });
  if ('error' in asked) throw new Error(asked.error.description);
  const { id: checkoutId, attempt } = asked.checkout;
  witness.asked.push(checkoutId);
  return {
    message: { ...key, checkoutId, attempt },
    content: lineItems.map(({ billingCycle = '', quantity }) => ({
      customer: key.customer,
      billingCycle,
      quantity,
    })),
  };
}
