/**
 * A bulk order: many items, each the checkout of a cart, processed concurrently in lanes. Only the lanes record
 * progress, so workers of different lanes never write the same row to count an item. The bulk order records the state
 * that was requested.
 *
 *   running ─┬─ every item has ended ──────────────────────────▶ completed
 *      ▲     ├─ cancel ───────────────────▶ cancelling ─────────▶ cancelled   running items end first
 *      │     └─ an item failed and the ───▶ stopping ───────────▶ stopped     running items end first
 *      │        policy is stopOnFirstError
 *      └──────── retry, or another item from the queue ◀── completed, cancelled, stopped
 */
import type { CartDraft, CartKey } from '../cart/cart.ts';
import type { Repeats } from './itemIdentity.ts';

/** The states that each state can change to. */
export const TRANSITIONS = {
  running: ['completed', 'cancelling', 'stopping'],
  cancelling: ['cancelled'],
  stopping: ['stopped', 'cancelling'],
  completed: ['running'],
  cancelled: ['running'],
  stopped: ['running'],
} as const satisfies Record<string, readonly string[]>;

export type BulkState = keyof typeof TRANSITIONS;

export const ERROR_POLICIES = ['continue', 'stopOnFirstError'] as const;
export type ErrorPolicy = (typeof ERROR_POLICIES)[number];

/** States of the items that a retry can run again. */
export const RETRYABLE_STATES = ['failed', 'cancelled'] as const;
export type RetryableState = (typeof RETRYABLE_STATES)[number];

/** The key of a bulk order: the partner tenant and the id of the bulk order, both lower-case GUIDs. */
export interface BulkKey {
  tenant: string;
  bulkOrderId: string;
}

export interface BulkOrder extends BulkKey {
  /** `list`: submitted with all its items. `queue`: an order desk sends items one at a time, and more can follow. */
  source: 'list' | 'queue';
  reference?: string | undefined;
  errorPolicy: ErrorPolicy;
  /** Whether items that an earlier bulk order ordered are skipped, and the label that makes its items differ from theirs. */
  repeats: Repeats;
  label?: string | undefined;
  state: BulkState;
  /** Epoch milliseconds, as in every property whose name ends in `Ms` and that is a time. */
  createdMs: number;
  /** When this retry generation started, and how many items had ended before it: the base of the throughput. */
  startedMs: number;
  endedBefore: number;
  endedMs?: number | undefined;
  /** The retry generation, from 1; every retry adds one. A lane of an earlier generation is prepared before it continues. */
  generation: number;
  /** States of the items that this generation runs again; empty in the first generation. */
  retryStates: readonly RetryableState[];
  /** Idempotency keys of the retries that started a generation, latest first: a repeat of one of them starts none. */
  retryKeys?: string[] | undefined;
  /** The bulk order was cancelled, and its cancelled items have not been retried since: the limit of each lane holds. */
  wasCancelled?: boolean | undefined;
  /** No item starts before this time: the ordering gateway requested a pause. */
  pausedUntilMs?: number | undefined;
  /** The number of accepted items; 0 for a `queue`, where the tails of the lanes count them. */
  accepted: number;
  /** The number of items that were malformed when the list was read. */
  rejected: number;
  lanes: number;
  /** How many items of a lane run at the same time. */
  slots: number;
  /** How many items a block of the list holds. */
  blockSize: number;
  /** Object id of the submitter. */
  modifiedBy: string;
  traceparent?: string | undefined;
}

/** An accepted item: the cart to check out, with its content if the cart does not exist yet. */
export interface BulkItem {
  /** Position in the submitted list, from 0. */
  index: number;
  /** The order desk's name for the item, unique in a bulk order. */
  reference: string;
  customer: string;
  cartId: string;
  draft?: CartDraft | undefined;
}

/** A validation error of an item; `path` starts at the item. */
export interface FieldProblem {
  path: string;
  message: string;
}

/** An item that was malformed when the list was read. */
export interface RejectedItem {
  index: number;
  reference?: string | undefined;
  problems: FieldProblem[];
}

/** Why an item failed: the error code, from Partner Center or from Cartwright, and the order group that it concerns. */
export interface ItemError {
  code: string;
  description: string;
  orderGroupId?: string | undefined;
}

/** How an item ended. A failed item can have orders of some of its order groups. */
export interface ItemOutcome {
  /** The number of the item among the accepted items, from 0. */
  n: number;
  index: number;
  reference: string;
  customer: string;
  cartId: string;
  /** The checkout that the item ended with; absent when none was started. */
  checkoutId?: string | undefined;
  state: 'succeeded' | 'failed';
  /** When an earlier bulk order ordered the item; this one ordered nothing. Epoch milliseconds. */
  firstOrderedMs?: number | undefined;
  orders: { id: string; orderGroupId: string }[];
  errors: ItemError[];
  startedMs: number;
  endedMs: number;
}

/** The maximum number of items in a bulk order. */
export const MAX_ITEMS = 10_000;

/** The state of a bulk order that starts at `nowMs` (epoch milliseconds): no item has started. */
export const initialState = (nowMs: number) =>
  ({
    state: 'running',
    createdMs: nowMs,
    startedMs: nowMs,
    endedBefore: 0,
    generation: 1,
    retryStates: [],
  }) as const satisfies Partial<BulkOrder>;

/** Whether the bulk order has ended. Only a retry or another queued item changes it now. */
export const isEnded = ({ state }: Pick<BulkOrder, 'state'>): boolean =>
  state === 'completed' || state === 'cancelled' || state === 'stopped';

/** Whether no further item may start. */
export const isStopping = ({ state }: Pick<BulkOrder, 'state'>): boolean =>
  state === 'cancelling' || state === 'stopping';

/** The state that follows when every lane is drained. */
export function endState({ state }: Pick<BulkOrder, 'state'>): BulkState {
  if (state === 'cancelling') return 'cancelled';
  return state === 'stopping' ? 'stopped' : 'completed';
}

/** The key of an item's cart. */
export const cartKeyOf = ({ tenant }: BulkKey, { customer, cartId }: BulkItem): CartKey => ({
  tenant,
  customer,
  cartId,
});

/** The key of a bulk order, without its other properties. */
export const bulkKeyOf = ({ tenant, bulkOrderId }: BulkKey): BulkKey => ({ tenant, bulkOrderId });
