/**
 * The envelope of every queue message: a type, a version, and the rest inside `data`, because the Functions
 * host lets members of a body overwrite what it says about the message. A message of a type or version that
 * is not known, or whose data is wrong, is told apart from one that can be worked on.
 */
import * as z from 'zod';
import type { CheckoutMessage } from '../checkout/attempt.ts';

const guid = z.guid();

export const checkoutEnvelope = z.object({
  type: z.literal('checkout'),
  version: z.literal(1),
  data: z.object({
    tenant: guid,
    customer: guid,
    cartId: guid,
    checkoutId: guid,
    attempt: z.int().min(1),
    traceparent: z.string().optional(),
    postponed: z.int().min(0).optional(),
  }),
});

/** The body of a checkout message. */
export function toEnvelope(message: CheckoutMessage): z.input<typeof checkoutEnvelope> {
  return { type: 'checkout', version: 1, data: message };
}

/** The message in a body, or a sentence that says why it cannot be read. */
export function readCheckoutMessage(body: unknown): { message: CheckoutMessage } | { unreadable: string } {
  const parsed = checkoutEnvelope.safeParse(body);
  if (parsed.success) return { message: parsed.data.data };
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  return { unreadable: issues.join('; ') };
}
