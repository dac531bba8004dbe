/**
 * The checkout message and its ids. The broker drops a message whose id it has seen within ten minutes, so an id
 * identifies exactly what is to be sent once: an attempt, or an attempt sent again for a reason and a time.
 */
import type { CartKey } from '../cart/cart.ts';
import type { Checkout } from '../cart/checkoutState.ts';

export interface CheckoutMessage extends CartKey {
  checkoutId: string;
  attempt: number;
  traceparent?: string | undefined;
  correlationId?: string | undefined;
  /** How often this message was deferred because storage did not respond. */
  deferrals?: number | undefined;
}

/** The message that asks for the current attempt of a checkout. */
export const checkoutMessage = (
  { tenant, customer, cartId }: CartKey,
  {
    id: checkoutId,
    attempt,
    traceparent,
    correlationId,
  }: Pick<Checkout, 'id' | 'attempt' | 'traceparent' | 'correlationId'>,
): CheckoutMessage => ({ tenant, customer, cartId, checkoutId, attempt, traceparent, correlationId });

/** The id of the message of an attempt, whichever process sends it: the queue takes it once. */
export const attemptMessageId = ({ id, attempt }: Pick<Checkout, 'id' | 'attempt'>): string =>
  `${id}.${attempt}`;

/** The id of the same message sent again for a reason and a time: no duplicate of the first, and itself repeatable. */
export const resendMessageId = (
  { id, attempt }: Pick<Checkout, 'id' | 'attempt'>,
  reason: 'watchdog' | 'wait' | 'deferred' | 'unavailable',
  atMs: number,
): string => `${id}.${attempt}.${reason}.${atMs}`;
