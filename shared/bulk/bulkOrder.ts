/**
 * A bulk order: many items, each the checkout of a cart, worked off side by side in lanes. How far it is stands
 * in its lanes only, so that counting never gets in the way of working; the bulk order itself says what is
 * wanted of them.
 *
 *   running ─┬─ every item has ended ──────────────────────────▶ completed
 *      ▲     ├─ cancel ───────────────────▶ cancelling ─────────▶ cancelled   what runs ends first
 *      │     └─ an item failed, and that ─▶ stopping ───────────▶ stopped     likewise
 *      │        was to be the end
 *      └──────── retry, or another item over the queue ◀── completed, cancelled, stopped
 */
import type { CartDraft, CartKey } from '../cart/cart.ts';
import type { Repeats } from './itemIdentity.ts';

/** What states a bulk order may go to. */
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

/** States of an item that a retry may do again. */
export const RETRYABLE_STATES = ['failed', 'cancelled'] as const;
export type RetryableState = (typeof RETRYABLE_STATES)[number];

/** Where a bulk order is: the partner tenant and its id, lower-case GUIDs. */
export interface BulkKey {
  tenant: string;
  bulkOrderId: string;
}

export interface BulkOrder extends BulkKey {
  /** `list`: all items came at once. `queue`: an order desk sends them one by one, and nobody knows when the last. */
  source: 'list' | 'queue';
  reference?: string | undefined;
  errorPolicy: ErrorPolicy;
  /** Whether items are skipped that an earlier bulk order has ordered, and the label that tells its items from theirs. */
  repeats: Repeats;
  label?: string | undefined;
  state: BulkState;
  /** Epoch milliseconds, as all times inside. */
  createdMs: number;
  /** When this round began, and how many items had ended before it: what the rate is counted from. */
  startedMs: number;
  endedBefore: number;
  endedMs?: number | undefined;
  /** From 1; every retry is a round. A lane that is behind prepares itself before it goes on. */
  generation: number;
  /** What this round does again; empty in the first. */
  retryStates: readonly RetryableState[];
  /** Keys of the retries that began a round, the latest first: a repeat of one of them begins none. */
  retryKeys?: string[] | undefined;
  /** It was cancelled, and its cancelled items have not been done again since: of a lane that ended early nothing further is done. */
  wasCancelled?: boolean | undefined;
  /** No item begins before: the ordering gateway asked for a pause. */
  pausedUntilMs?: number | undefined;
  /** Items that can be worked on; of a `queue` the tails of its lanes know. */
  accepted: number;
  /** Items that were refused when the list was read. */
  rejected: number;
  lanes: number;
  /** How many items of a lane run at a time. */
  slots: number;
  /** How many items stand in a block of the list. */
  blockSize: number;
  /** Object id of whoever submitted it. */
  modifiedBy: string;
  traceparent?: string | undefined;
}

/** One item that can be worked on: which cart is to be checked out, and what it is made of if it is to be made. */
export interface BulkItem {
  /** Position in the caller's list, from 0. */
  index: number;
  /** The caller's own name for it, unique in a bulk order. */
  reference: string;
  customer: string;
  cartId: string;
  draft?: CartDraft | undefined;
}

/** What is wrong with a member of an item; `path` begins at the item. */
export interface FieldProblem {
  path: string;
  message: string;
}

/** An item that was refused when the list was read. */
export interface RejectedItem {
  index: number;
  reference?: string | undefined;
  problems: FieldProblem[];
}

/** Why an item failed: a code of Partner Center's or ours, and of which order group. */
export interface ItemError {
  code: string;
  description: string;
  orderGroupId?: string | undefined;
}

/** How an item ended. One that failed may have orders of some of its groups. */
export interface ItemOutcome {
  /** Its number among the items of the bulk order that can be worked on. */
  n: number;
  index: number;
  reference: string;
  customer: string;
  cartId: string;
  /** The checkout that the outcome is of; absent when none was started. */
  checkoutId?: string | undefined;
  state: 'succeeded' | 'failed';
  /** An earlier bulk order had ordered it at this time: this one ordered nothing. Epoch milliseconds. */
  firstOrderedMs?: number | undefined;
  orders: { id: string; orderGroupId: string }[];
  errors: ItemError[];
  startedMs: number;
  endedMs: number;
}

/** The most items of a bulk order. */
export const MAX_ITEMS = 10_000;

/** What a bulk order is like that begins at a time, in epoch milliseconds: nothing of it is done. */
export const initialState = (nowMs: number) =>
  ({
    state: 'running',
    createdMs: nowMs,
    startedMs: nowMs,
    endedBefore: 0,
    generation: 1,
    retryStates: [],
  }) as const satisfies Partial<BulkOrder>;

/** Whether nothing of it will happen any more, unless somebody asks. */
export const isEnded = ({ state }: Pick<BulkOrder, 'state'>): boolean =>
  state === 'completed' || state === 'cancelled' || state === 'stopped';

/** Whether no further item is to begin. */
export const isStopping = ({ state }: Pick<BulkOrder, 'state'>): boolean =>
  state === 'cancelling' || state === 'stopping';

/** The state that follows when every lane is at rest. */
export function endState({ state }: Pick<BulkOrder, 'state'>): BulkState {
  if (state === 'cancelling') return 'cancelled';
  return state === 'stopping' ? 'stopped' : 'completed';
}

/** The cart of an item. */
export const cartKeyOf = ({ tenant }: BulkKey, { customer, cartId }: BulkItem): CartKey => ({
  tenant,
  customer,
  cartId,
});

/** Its key alone. */
export const bulkKeyOf = ({ tenant, bulkOrderId }: BulkKey): BulkKey => ({ tenant, bulkOrderId });
