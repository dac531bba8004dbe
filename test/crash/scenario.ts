/**
 * The histories in which a process is made to fail: what callers, the worker and the timer do one after the
 * other, and what the gateway answers. Data only.
 */

import type { CheckoutState } from '../../shared/cart/checkoutState.ts';
import type { LineItemDraft } from '../../shared/cart/lineItem.ts';
import { DAY, HOUR, LIFECYCLE, line, MINUTE, SECOND, TWO_GROUPS } from '../support/samples.ts';

/** What happens: a caller's call, the worker until the queue is empty, the timer, time, or the loss of a message. */
export type Step = CallerStep | 'work' | 'sweep' | 'loseMessage' | { passMs: number };
export type CallerStep = 'create' | 'replace' | 'order' | 'ask' | 'outcome';

/** How the gateway answers before it does its work; the ledger plays the same part. */
export interface Behavior {
  /** Of which orders; absent for a look-up of orders, which the ledger does not need. */
  billingCycle?: string;
  times: number | 'always';
  /** `cut`: the order is made, and its answer never comes home. */
  status: number | 'cut';
  retryAfterSeconds?: number;
}

export interface Scenario {
  name: string;
  lineItems: LineItemDraft[];
  behaviors?: Behavior[];
  /** The limit of the gateway's own; without one it has none. */
  perMinute?: number;
  steps: Step[];
  /** How the last checkout may end, whatever fails; absent when there is none. */
  ends?: CheckoutState[];
}

const CHECKOUT: Step[] = ['create', 'ask', 'work', 'outcome'];
const pass = (passMs: number): Step => ({ passMs });
/** Through every threshold of a cart to the end of its retention. */
const UNTIL_PURGE = [6 * DAY, DAY - HOUR, HOUR, LIFECYCLE.retentionMs].flatMap((ms): Step[] => [
  pass(ms),
  'sweep',
]);
/** With line separators in its name, which a transaction of Table Storage cannot carry as they are. */
const MONTHLY_ONLY = [line({ quantity: 3, friendlyName: 'Seats\u2028for\u2029all' })];

export const SCENARIOS: Scenario[] = [
  {
    name: 'one order group, replaced before its checkout',
    lineItems: MONTHLY_ONLY,
    steps: ['create', 'replace', 'ask', 'work', 'outcome'],
    ends: ['ordered'],
  },
  { name: 'two order groups', lineItems: TWO_GROUPS, steps: CHECKOUT, ends: ['ordered'] },
  {
    name: 'an order without a cart, and a repeat of it',
    lineItems: MONTHLY_ONLY,
    steps: ['order', 'work', 'outcome', 'order', 'work', 'outcome'],
    ends: ['ordered'],
  },
  {
    name: 'an order without a cart that is refused, a repeat of it, and its purge',
    lineItems: MONTHLY_ONLY,
    behaviors: [{ billingCycle: 'monthly', times: 'always', status: 400 }],
    steps: ['order', 'work', 'outcome', 'order', 'work', ...UNTIL_PURGE],
    ends: ['failed'],
  },
  {
    name: 'a retry after a 503',
    lineItems: TWO_GROUPS,
    behaviors: [{ billingCycle: 'one_time', times: 1, status: 503 }],
    steps: ['create', 'ask', 'work', pass(10 * SECOND), 'work', pass(MINUTE), 'work', 'outcome'],
    ends: ['ordered'],
  },
  {
    name: 'a partial refusal, and a checkout of the rest',
    lineItems: TWO_GROUPS,
    behaviors: [{ billingCycle: 'one_time', times: 1, status: 400 }],
    steps: [...CHECKOUT, 'ask', 'work', 'outcome'],
    ends: ['partlyOrdered', 'ordered'],
  },
  {
    name: 'a 429 that asks for half a minute',
    lineItems: TWO_GROUPS,
    behaviors: [{ billingCycle: 'one_time', times: 1, status: 429, retryAfterSeconds: 30 }],
    steps: ['create', 'ask', 'work', pass(40 * SECOND), 'work', 'outcome'],
    ends: ['ordered'],
  },
  {
    name: 'a limit that lets two requests through a minute',
    lineItems: [...TWO_GROUPS, line({ billingCycle: 'annual' })],
    perMinute: 2,
    steps: ['create', 'ask', 'work', pass(2 * MINUTE), 'work', pass(2 * MINUTE), 'work', 'outcome'],
    ends: ['ordered'],
  },
  {
    name: 'an answer that is cut off, and a look-up that is turned away',
    lineItems: TWO_GROUPS,
    behaviors: [
      { billingCycle: 'one_time', times: 1, status: 'cut' },
      { times: 1, status: 503 },
    ],
    steps: ['create', 'ask', 'work', pass(10 * SECOND), 'work', pass(MINUTE), 'work', 'outcome'],
    ends: ['ordered', 'partlyOrdered'],
  },
  {
    name: 'exhausted attempts',
    lineItems: MONTHLY_ONLY,
    behaviors: [{ billingCycle: 'monthly', times: 'always', status: 503 }],
    steps: ['create', 'ask', 'work', pass(MINUTE), 'work', pass(MINUTE), 'work'],
    ends: ['failed'],
  },
  {
    name: 'a checkout that no worker received until it was too old',
    lineItems: MONTHLY_ONLY,
    steps: ['create', 'ask', 'loseMessage', pass(DAY + MINUTE), 'sweep', 'work'],
    ends: ['failed'],
  },
  {
    name: 'expiry with notices, and the purge',
    lineItems: MONTHLY_ONLY,
    steps: ['create', ...UNTIL_PURGE],
  },
  {
    name: 'a checkout without an end, found by the sweeper',
    lineItems: TWO_GROUPS,
    steps: [
      'create',
      'ask',
      'loseMessage',
      pass(LIFECYCLE.watchdogMs),
      'sweep',
      'work',
      pass(LIFECYCLE.watchdogMs),
      'sweep',
    ],
    ends: ['ordered'],
  },
];

/** What the scenarios must have seen between them, or they prove nothing about it. */
export const SIGHTS = ['refused', 'refusedInPart', 'paused', 'givenUp', 'heldBack'];

/** Whether a step is a caller's, who may be gone after a crash. */
export const isCallers = (step: Step): step is CallerStep =>
  ['create', 'replace', 'order', 'ask', 'outcome'].includes(step as string);

/** Every kind of effect that the scenarios with a checkout have between them. */
export const EFFECTS = [
  ...['carts.insert', 'carts.read', 'carts.replace', 'carts.commit'],
  ...['due.put', 'due.read', 'due.remove'],
  ...['checkouts.send', 'queue.complete', 'events.publish', 'parked.parkExpired', 'gateway.place'],
];
