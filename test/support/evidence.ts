/**
 * What a history has left behind, and what must be true of it whatever went wrong on the way. The invariants
 * know the stored shapes and nothing of how they came about: crash suite and simulation share them.
 */
import { type Cart, type CartKey, cartStatus } from '../../shared/cart/cart.ts';
import { cartExpired, cartExpiring } from '../../shared/cart/events.ts';
import { checkoutEnded } from '../../shared/checkout/events.ts';
import type { CloudEvent } from '../../shared/events/cloudEvent.ts';
import { type Order, type OrderLineItem, orderRequests } from '../../shared/orders/order.ts';
import type { DueEntry } from '../../shared/ports.ts';
import { keptForever, outdatedNotices } from './lifecycleEvidence.ts';

export interface Evidence {
  /** Every version of a cart that was written, in order. */
  writes: readonly Cart[];
  /** Carts as they stand; purged ones are absent. */
  carts: readonly Cart[];
  hints: readonly DueEntry[];
  /** Order rows. */
  orders: readonly Order[];
  /** What a gateway outside has made, by its own ledger; absent when there is none. */
  made?: readonly Made[] | undefined;
  /** What came out of the topic; absent when the topic has lost some of it. */
  events?: readonly CloudEvent[] | undefined;
  /** Carts whose creation was answered. */
  created: readonly CartKey[];
  /** Ids of checkouts that somebody was promised. */
  asked: readonly string[];
  /** Whether only the last version of each cart is known, as from outside. */
  isPartial?: boolean | undefined;
  /** When it was over, by the clock that carts expire by (epoch milliseconds); absent where none expires. */
  nowMs?: number | undefined;
  /** Notices that were due in good time, in milliseconds before expiry; absent where sweeps may have come too late. */
  noticesMs?: readonly number[] | undefined;
}

/** An order in the ledger of a gateway outside. */
export interface Made {
  requestId: string;
  orderId: string;
  lines: readonly Pick<OrderLineItem, 'offerId' | 'quantity'>[];
}

/** What the events are held against. */
export type Told = Pick<Evidence, 'writes' | 'events' | 'isPartial' | 'nowMs' | 'noticesMs'>;

/** What else the checkouts of a history have seen, by name: a suite that never sees it proves nothing about it. */
export function sights(
  { writes }: Pick<Evidence, 'writes'>,
  { maximumAttempts }: { maximumAttempts: number },
): string[] {
  const checkouts = writes.flatMap(({ checkout }) => checkout ?? []);
  const seen = {
    refused: checkouts.some(({ state, exhausted }) => state === 'failed' && !exhausted),
    refusedInPart: checkouts.some(({ state, exhausted }) => state === 'partlyOrdered' && !exhausted),
    paused: checkouts.some(({ pausedUntilMs }) => pausedUntilMs !== undefined),
    givenUp: checkouts.some(({ exhausted, attempt }) => exhausted && attempt < maximumAttempts),
    leftUnknown: checkouts.some(({ exhausted, groups }) => {
      return exhausted && groups.some(({ state }) => state === 'ambiguous');
    }),
    heldBack: checkouts.some(({ state, attempt, dueMs, startedMs }) => {
      return state === 'running' && attempt === 1 && dueMs > startedMs;
    }),
  };
  return Object.entries(seen).flatMap(([name, isSeen]) => (isSeen ? [name] : []));
}

/** What is wrong at any moment, in words; empty when nothing is. */
export function brokenNow(evidence: Evidence): string[] {
  return [
    ...unhinted(evidence, evidence.nowMs ?? 0),
    ...keptForever(evidence),
    ...changedAfterOrder(evidence),
    ...doubled(evidence),
  ];
}

/** What is wrong once everything has come to rest, in words; empty when nothing is. */
export function brokenAtRest(evidence: Evidence): string[] {
  return [
    ...brokenNow(evidence),
    ...lost(evidence),
    ...stray(evidence),
    ...notEnded(evidence),
    ...brokenlyTold(evidence),
  ];
}

/** What is wrong with the events alone, held against the carts, in words; nothing when the topic has lost some of it. */
export function brokenlyTold(evidence: Told): string[] {
  return [
    ...wronglyTold(evidence),
    ...contradictory(evidence),
    ...notTold(evidence),
    ...expiryNotTold(evidence),
    ...outdatedNotices(evidence),
  ];
}

/** How soon somebody looks after a checkout at the latest, in milliseconds: the watchdog's time, and clocks that stand apart. */
const SOON_MS = 600_000;

/** No cart is without a hint, and no running checkout without one that its sweep will heed, soon after `nowMs`. */
export function unhinted({ carts, hints }: Pick<Evidence, 'carts' | 'hints'>, nowMs: number): string[] {
  return carts
    .filter(({ cartId, checkout }) => {
      const [fromMs, toMs] =
        checkout?.state === 'running'
          ? [checkout.watchdogAtMs, Math.max(checkout.watchdogAtMs, nowMs) + SOON_MS]
          : [0, Number.POSITIVE_INFINITY];
      return !hints.some((hint) => hint.cartId === cartId && hint.atMs >= fromMs && hint.atMs <= toMs);
    })
    .map((cart) => `cart ${cart.cartId} (${cartStatus(cart, 0)}) has no hint`);
}

function changedAfterOrder({ writes }: Evidence): string[] {
  const ordered = new Set<string>();
  return writes.flatMap(({ cartId, checkout }) => {
    if (ordered.has(cartId)) return [`cart ${cartId} was written after it was ordered`];
    if (checkout?.state === 'ordered') ordered.add(cartId);
    return [];
  });
}

/** One order per request id and group outside, and per order group inside. */
function doubled({ made = [], orders, writes }: Evidence): string[] {
  const groupOf = ({ cartId, isLegacy, billingCycle, currencyCode }: Order) =>
    `${cartId} ${isLegacy} ${billingCycle} ${currencyCode}`;
  const asked = new Map(
    writes.flatMap(({ cartId, checkout }) =>
      (checkout?.groups ?? []).map(({ requestId, key }) => [requestId, `${cartId} ${key}`] as const),
    ),
  );
  return [
    ...repeated(made.map(({ requestId }) => `the gateway's order of request ${requestId}`)),
    ...repeated(made.flatMap(({ requestId }) => asked.get(requestId) ?? [])).map(
      (group) => `the gateway's order of group ${group}`,
    ),
    ...repeated(orders.map((order) => `the order of group ${groupOf(order)}`)),
  ].map((what) => `${what} was made twice`);
}

const repeated = (names: readonly string[]) => names.filter((name, n) => names.indexOf(name) !== n);

/** Every placed group has its order row with the lines of the cart, and nothing else has one. */
function lost(evidence: Evidence): string[] {
  return latest(evidence).flatMap((cart) => {
    const requests = orderRequests(cart);
    const groups = cart.checkout?.groups ?? [];
    const rows = evidence.orders.filter(({ cartId }) => cartId === cart.cartId);
    const said = groups.filter(({ state }) => state === 'placed');
    const missing = said.filter(({ key, order }) => {
      const row = rows.find(({ orderId }) => orderId === order?.orderId);
      return !row || linesOf(row.lineItems) !== linesOf(requests.get(key)?.lineItems);
    });
    const { made } = evidence;
    const madeOf = new Map(made?.map((one) => [one.requestId, linesOf(one.lines)]));
    const unmade = said.filter(({ requestId }) => made && !madeOf.has(requestId));
    const madeOtherwise = said.filter(({ requestId, key }) => {
      const lines = madeOf.get(requestId);
      return lines !== undefined && lines !== linesOf(requests.get(key)?.lineItems);
    });
    return [
      ...missing.map(({ key }) => `cart ${cart.cartId}: the order of ${key} is not there as it was placed`),
      ...unmade.map(({ key }) => `cart ${cart.cartId}: the gateway knows nothing of the order of ${key}`),
      ...madeOtherwise.map(
        ({ key }) => `cart ${cart.cartId}: the gateway's order of ${key} is of other line items`,
      ),
      ...(rows.length > said.length ? [`cart ${cart.cartId} has more orders than it says`] : []),
      ...(cart.checkout?.state === 'ordered' && said.length !== requests.size
        ? [`cart ${cart.cartId} is ordered, but not every group of it`]
        : []),
    ];
  });
}

/** Every order is one that its cart speaks of, inside and outside; of a group that may have been ordered nobody knows. */
function stray(evidence: Evidence): string[] {
  const groups = latest(evidence).flatMap(({ checkout }) => checkout?.groups ?? []);
  const placed = new Set(groups.flatMap(({ order }) => order?.orderId ?? []));
  const ever = evidence.writes.flatMap(({ checkout }) => checkout?.groups ?? []);
  // The last word on every request: a group that was refused is asked for under another id the next time.
  const states = new Map(ever.map(({ requestId, state }) => [requestId, state]));
  const made = (evidence.made ?? []).flatMap(({ requestId }) => {
    const state = states.get(requestId) ?? 'none of';
    return ['placed', 'ambiguous'].includes(state)
      ? []
      : `the gateway's order of request ${requestId} is ${state}, say the carts`;
  });
  const rows = evidence.orders.filter(({ orderId }) => !placed.has(orderId));
  return [
    ...made,
    ...rows.map(({ orderId, cartId }) => `order ${orderId} of cart ${cartId} is one that no cart knows of`),
  ];
}

const linesOf = (lines: Made['lines'] | undefined) =>
  JSON.stringify(lines?.map(({ offerId, quantity }) => [offerId, quantity]));

function notEnded(evidence: Evidence): string[] {
  const ended = new Set(endedCheckouts(evidence).map(({ checkout }) => checkout.id));
  const known = new Set(evidence.writes.map(({ cartId }) => cartId));
  return [
    ...evidence.asked.filter((id) => !ended.has(id)).map((id) => `checkout ${id} never ended`),
    ...latest(evidence)
      .filter(({ checkout }) => checkout?.state === 'running')
      .map(({ cartId }) => `cart ${cartId} is still in checkout`),
    ...evidence.created
      .filter(({ cartId }) => !known.has(cartId))
      .map(({ cartId }) => `cart ${cartId} was promised and never written`),
  ];
}

/** One id per thing told, and nothing told of a cart that is not so. */
function wronglyTold({ events = [], writes }: Told): string[] {
  const told = new Map<string, string>();
  const problems = events.flatMap(({ subject, type, id, data }) => {
    const about = `${subject} ${type} ${data.threshold ?? data.checkoutId ?? ''}`;
    const before = told.get(about) ?? id;
    told.set(about, id);
    return before === id ? [] : [`${about} was told as ${before} and as ${id}`];
  });
  const expired = new Set(events.flatMap(({ type, data }) => (type === 'cart.expired' ? [data.cartId] : [])));
  const both = writes.filter(({ cartId, checkout }) => checkout?.state === 'ordered' && expired.has(cartId));
  return [
    ...problems,
    ...repeated([...told.values()]).map((id) => `the event id ${id} means two things`),
    ...both.map(({ cartId }) => `cart ${cartId} is ordered, and was told to have expired`),
  ];
}

/** Whoever is told how a checkout ended is told how it ended. */
function contradictory({ events = [], isPartial = false, ...evidence }: Told): string[] {
  const ends = new Map(
    endedCheckouts(evidence).map(({ cart, checkout }) => [checkout.id, checkoutEnded(cart, checkout)]),
  );
  return events
    .filter(({ type }) => type === 'cart.ordered' || type === 'cart.checkoutFailed')
    .filter((event) => {
      const end = ends.get(String(event.data.checkoutId));
      return end ? JSON.stringify(end) !== JSON.stringify(event) : !isPartial;
    })
    .map(({ id, type }) => `${id} was told as ${type}, and the cart says otherwise`);
}

/** Every cart's last outcome was told; one that a new checkout has covered since may be told or not. */
function notTold({ events, ...evidence }: Told): string[] {
  if (!events) return [];
  const told = new Set(events.map(({ id }) => id));
  return endedCheckouts({ writes: latest(evidence) })
    .map(({ cart, checkout }) => checkoutEnded(cart, checkout).id)
    .filter((id) => !told.has(id))
    .map((id) => `nobody was told ${id}`);
}

/** A cart that has outlived its time was told to have expired, and one that nobody wanted to order was told to be about to. */
function expiryNotTold({ events, nowMs = 0, noticesMs = [], ...evidence }: Told): string[] {
  if (!events) return [];
  const told = new Set(events.map(({ id }) => id));
  return latest(evidence)
    .flatMap((cart) => {
      const due = cart.checkout
        ? []
        : noticesMs.filter((ms) => cart.expiresMs - ms > cart.createdMs && cart.expiresMs - ms <= nowMs);
      const notices = due.map((thresholdMs) => cartExpiring(cart, { thresholdMs, remainingMs: thresholdMs }));
      return cartStatus(cart, nowMs) === 'expired' ? [...notices, cartExpired(cart)] : notices;
    })
    .filter(({ id }) => !told.has(id))
    .map(({ id, type }) => `nobody was told ${id} (${type})`);
}

function endedCheckouts({ writes }: Pick<Evidence, 'writes'>) {
  return writes.flatMap((cart) =>
    cart.checkout?.endedMs === undefined ? [] : [{ cart, checkout: cart.checkout }],
  );
}

/** Each cart as it was written last. */
function latest({ writes }: Pick<Evidence, 'writes'>): Cart[] {
  return [...new Map(writes.map((cart) => [cart.cartId, cart])).values()];
}
