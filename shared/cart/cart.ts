/**
 * A cart: what a customer is about to buy, who may change it and until when. The row in the table is
 * this object; its phase is never stored but follows from the checkout and the clock, so that a cart is
 * expired to the millisecond whatever the sweep has done.
 */
import type { Checkout } from './checkoutState.ts';
import type { LineItem, LineItemDraft } from './lineItem.ts';

/** Where a cart is: its partition (partner tenant, customer) and its id, all lower-case GUIDs. */
export interface CartKey {
  tenant: string;
  customer: string;
  cartId: string;
}

/** What a caller says about a cart; everything else is the service's. */
export interface CartDraft {
  lineItems: LineItemDraft[];
  partnerOnRecordAttestationAccepted?: boolean | undefined;
}

export interface Cart extends CartKey {
  /** Epoch milliseconds, as all times inside. */
  createdMs: number;
  modifiedMs: number;
  expiresMs: number;
  /** Object id of the user, or of the application's service principal, that wrote last. */
  modifiedBy: string;
  /** The bulk order that created the cart: the cart is kept for as long as that bulk order can return to it. */
  bulkOrderId?: string | undefined;
  /** How often the cart was made anew under its id, after it had expired without an order. */
  renewals?: number | undefined;
  lineItems: LineItem[];
  partnerOnRecordAttestationAccepted?: boolean | undefined;
  /** The latest checkout: in progress, or how it ended. */
  checkout?: Checkout | undefined;
  /** Keys of the last {@link IDEMPOTENCY_KEYS_KEPT} writes, newest first: a repeated call is known by its key. */
  idempotencyKeys: string[];
}

/** How many write keys a cart remembers; a caller repeats a call within seconds, not eight writes later. */
export const IDEMPOTENCY_KEYS_KEPT = 8;

export type CartStatus = 'active' | 'expired' | 'inCheckout' | 'ordered';

/**
 * The phase of a cart at a time. A cart in checkout does not expire, and an ordered one stays readable.
 *
 *   active ──── checkout ───▶ inCheckout ── all groups ordered ──▶ ordered
 *     │  ▲                        │
 *     │  └──── some group not ────┘
 *     └── expiresMs ──▶ expired
 */
export function cartStatus(cart: Cart, nowMs: number): CartStatus {
  if (cart.checkout?.state === 'ordered') return 'ordered';
  if (cart.checkout?.state === 'running') return 'inCheckout';
  return nowMs >= cart.expiresMs ? 'expired' : 'active';
}

/** Whether the cart has been edited since its checkout ended; the end is a change of its own. */
export function isEditedSinceCheckout({ modifiedMs, checkout }: Cart): boolean {
  return checkout?.endedMs !== modifiedMs;
}

/** The write keys after one more write. */
export function rememberKey(writes: readonly string[], key: string | undefined): string[] {
  return key === undefined ? [...writes] : [key, ...writes].slice(0, IDEMPOTENCY_KEYS_KEPT);
}
