/**
 * A cart: what a customer is about to buy. The row in the table holds this object. Its status is not stored but follows
 * from the checkout and the clock, so that a cart expires to the millisecond, whether or not the sweeper has run.
 */
import type { Checkout } from './checkoutState.ts';
import type { LineItem, LineItemDraft } from './lineItem.ts';

/** The key of a cart: partner tenant, customer and cart id, all lower-case GUIDs. */
export interface CartKey {
  tenant: string;
  customer: string;
  cartId: string;
}

/** The properties of a cart that a caller sets; the service owns all others. */
export interface CartDraft {
  lineItems: LineItemDraft[];
  partnerOnRecordAttestationAccepted?: boolean | undefined;
}

export interface Cart extends CartKey {
  /** Epoch milliseconds, like all times in the service. */
  createdMs: number;
  modifiedMs: number;
  expiresMs: number;
  /** When the sweeper recorded that the cart has expired, before it published that: no checkout can start any more. */
  expiredMs?: number | undefined;
  /** Object id of the user, or of the application's service principal, that wrote the cart last. */
  modifiedBy: string;
  /** The bulk order that created the cart: the cart is kept for as long as that bulk order can return to it. */
  bulkOrderId?: string | undefined;
  /** Made for an order that was requested without a cart: its owner does not know it, so its expiry is not published. */
  isDirectOrder?: true | undefined;
  /** How often the cart was made anew under its id, after it had expired without an order. */
  renewals?: number | undefined;
  lineItems: LineItem[];
  partnerOnRecordAttestationAccepted?: boolean | undefined;
  /** The latest checkout: in progress, or how it ended. */
  checkout?: Checkout | undefined;
  /**
   * The keys of the latest writes, newest first: a repeated call is recognized by its key. The last
   * {@link IDEMPOTENCY_KEYS_KEPT} of calls with a client request id, after that of a later call without one.
   */
  idempotencyKeys: string[];
}

/** How many idempotency keys a cart keeps. A caller repeats a call within seconds, not eight writes later. */
export const IDEMPOTENCY_KEYS_KEPT = 8;

const GENERATED = '~';

/** The key of a call without a client request id. Only the storage client can repeat such a call, at once. */
export const generatedKey = (key: string): string => `${GENERATED}${key}`;

export type CartStatus = 'active' | 'expired' | 'inCheckout' | 'ordered';

/**
 * The status of a cart at a time. A cart in checkout does not expire, and an ordered one stays readable.
 *
 *   active ──── checkout ───▶ inCheckout ── all groups ordered ──▶ ordered
 *     │  ▲                        │
 *     │  └──── some group not ────┘
 *     └── expiresMs ──▶ expired
 */
export function cartStatus(cart: Cart, nowMs: number): CartStatus {
  if (cart.checkout?.state === 'ordered') return 'ordered';
  if (cart.checkout?.state === 'running') return 'inCheckout';
  return cart.expiredMs !== undefined || nowMs >= cart.expiresMs ? 'expired' : 'active';
}

/** Whether the cart has been edited since its checkout ended. The end of a checkout also sets `modifiedMs`. */
export function isEditedSinceCheckout({ modifiedMs, checkout }: Cart): boolean {
  return checkout?.endedMs !== modifiedMs;
}

/** The keys after one more write. A generated key replaces an earlier generated one, and no other (docs/contract.md 3.7). */
export function rememberKey(keys: readonly string[], key: string | undefined): string[] {
  if (key === undefined) return [...keys];
  const fromClients = keys.filter((one) => !one.startsWith(GENERATED));
  const kept = key.startsWith(GENERATED) ? IDEMPOTENCY_KEYS_KEPT : IDEMPOTENCY_KEYS_KEPT - 1;
  return [key, ...fromClients.slice(0, kept)];
}
