/** The histories of bulk orders in which a process is made to fail. Data only. */
import type { BulkState, ErrorPolicy, RetryableState } from '../../shared/bulk/bulkOrder.ts';
import type { LineItemDraft } from '../../shared/cart/lineItem.ts';
import { DAY, line, MINUTE, TWO_GROUPS } from '../support/samples.ts';
import type { Behavior } from './scenario.ts';

/** What happens: a caller's call, the next item put on the queue, the worker until the queues are empty, the timer, time, or the loss of every message. */
export type BulkStep = CallerStep | 'send' | 'work' | 'sweep' | 'loseMessages' | { passMs: number };
type CallerStep = 'submit' | 'cancel' | { retry: readonly RetryableState[] };

export interface BulkScenario {
  name: string;
  /** The line items of each item's cart. */
  items: readonly LineItemDraft[][];
  errorPolicy?: ErrorPolicy;
  /** How many items may run at a time; with one, the effects come in one order. */
  inFlight?: number;
  behaviors?: Behavior[];
  steps: BulkStep[];
  /** How it ends while its callers are there. */
  ends: BulkState;
}

const ONE = [line({ quantity: 3 })];
const ONCE = [line({ billingCycle: 'one_time' })];
const FIRST_LOOK: BulkStep[] = [{ passMs: 8 * MINUTE }, 'sweep', 'work'];

export const BULK_SCENARIOS: BulkScenario[] = [
  { name: 'a list of two items', items: [TWO_GROUPS, ONE], steps: ['submit', 'work'], ends: 'completed' },
  {
    name: 'a list that is cancelled, and done after all',
    items: [ONE, ONE],
    steps: ['submit', 'cancel', 'work', { retry: ['cancelled'] }, 'work'],
    ends: 'completed',
  },
  {
    name: 'a list that stops at its first error, and is done again',
    items: [ONCE, ONE],
    errorPolicy: 'stopOnFirstError',
    behaviors: [{ billingCycle: 'one_time', times: 1, status: 400 }],
    steps: ['submit', 'work', { retry: ['failed', 'cancelled'] }, 'work'],
    ends: 'completed',
  },
  {
    name: 'a list whose first item meets a 429 that asks for half a minute',
    items: [ONCE, ONE],
    behaviors: [{ billingCycle: 'one_time', times: 1, status: 429, retryAfterSeconds: 30 }],
    steps: ['submit', 'work', { passMs: MINUTE }, 'work', { passMs: MINUTE }, 'work'],
    ends: 'completed',
  },
  {
    name: 'a list of which every message is lost, seen by the sweep',
    items: [ONE],
    steps: ['submit', 'loseMessages', ...FIRST_LOOK, ...FIRST_LOOK],
    ends: 'completed',
  },
  {
    name: 'a list whose failed items are retried after their carts have expired',
    items: [TWO_GROUPS, ONCE],
    behaviors: [{ billingCycle: 'one_time', times: 2, status: 400 }],
    steps: ['submit', 'work', { passMs: 8 * DAY }, 'sweep', 'work', { retry: ['failed'] }, 'work'],
    ends: 'completed',
  },
  {
    name: 'items over the queue, the last after the end',
    items: [ONE, ONCE],
    inFlight: 8,
    steps: ['send', 'work', 'send', 'work'],
    ends: 'completed',
  },
];

export const isCallersOfBulk = (step: BulkStep): step is CallerStep =>
  step === 'submit' || step === 'cancel' || (typeof step === 'object' && 'retry' in step);

/** Every kind of effect that they have between them. */
export const BULK_EFFECTS = [
  ...[
    'bulk.reserve',
    'bulk.putList',
    'bulk.insert',
    'bulk.read',
    'bulk.replace',
    'bulk.readLane',
    'bulk.lanes',
  ],
  ...['bulk.laneLength', 'bulk.writeLane', 'bulk.block', 'bulk.failed', 'bulk.outcomes', 'bulk.append'],
  ...['bulkList.put', 'bulkQueue.send', 'carts.insert', 'carts.read', 'carts.replace', 'carts.commit'],
  ...['checkouts.send', 'due.put', 'due.read', 'due.remove', 'events.publish', 'gateway.place'],
  'queue.complete',
];
