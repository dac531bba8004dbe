/**
 * The checkout message and its ids. The broker drops a message whose id it has seen within ten minutes, so an id identifies
 * exactly what is to be sent once: an attempt, or an attempt resent for a reason and a time.
 */
import type { Checkout } from '../cart/checkoutState.ts';

/** The attempt itself: whoever sends it, the queue gets it once. */
export const attemptMessageId = ({ id, attempt }: Pick<Checkout, 'id' | 'attempt'>): string =>
  `${id}.${attempt}`;

/** The attempt once more, for a reason and a time: not swallowed as a repeat of the first, yet itself repeatable. */
export const resendMessageId = (
  { id, attempt }: Pick<Checkout, 'id' | 'attempt'>,
  reason: 'watchdog' | 'wait' | 'deferred' | 'unavailable',
  atMs: number,
): string => `${id}.${attempt}.${reason}.${atMs}`;

export interface CheckoutMessage {
  tenant: string;
  customer: string;
  cartId: string;
  checkoutId: string;
  attempt: number;
  traceparent?: string | undefined;
  /** How often this message was put off because storage did not answer. */
  deferrals?: number | undefined;
}
