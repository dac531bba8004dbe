/**
 * Ids of checkout messages. The broker drops a message whose id it has seen within minutes, so an id says
 * exactly as much as should be sent once: an attempt, or an attempt looked after at a certain time.
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
