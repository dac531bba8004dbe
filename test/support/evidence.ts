/**
 * The state after a history, and the invariants that hold for it after any failure. The invariants know the stored
 * shapes but not the protocols that wrote them; the crash suites and the simulation share them.
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
  /** The stored carts; purged ones are absent. */
  carts: readonly Cart[];
  dueEntries: readonly DueEntry[];
  /** Order rows. */
  orders: readonly Order[];
  /** The orders in the ledger of an external gateway; absent without one. */
  made?: readonly Made[] | undefined;
  /** The events of the topic; absent when the topic has lost some. */
  events?: readonly CloudEvent[] | undefined;
  /** Carts whose creation a response has confirmed. */
  created: readonly CartKey[];
  /** Ids of checkouts that a response has confirmed. */
  asked: readonly string[];
  /** Whether only the last version of each cart is known. */
  isPartial?: boolean | undefined;
  /** The end of the history, by the clock that carts expire by (epoch milliseconds); absent where none expires. */
  nowMs?: number | undefined;
  /** Notices that were due in good time, in milliseconds before expiry; absent where sweeps may have come too late. */
  noticesMs?: readonly number[] | undefined;
}

/** An order in the ledger of an external gateway. */
export interface Made {
  requestId: string;
  orderId: string;
  lines: readonly Pick<OrderLineItem, 'offerId' | 'quantity'>[];
}

/** The evidence that the events are compared with. */
export type Published = Pick<Evidence, 'writes' | 'events' | 'isPartial' | 'nowMs' | 'noticesMs'>;

/** The special outcomes that occur in a history, by name: a suite without an outcome proves nothing about it. */
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

/** The violations of invariants that hold at any time; empty when all hold. */
export function brokenNow(evidence: Evidence): string[] {
  return [
    ...withoutDueEntry(evidence, evidence.nowMs ?? 0),
    ...keptForever(evidence),
    ...changedAfterOrder(evidence),
    ...doubled(evidence),
  ];
}

/** The violations of invariants after all work has ended; empty when all hold. */
export function brokenAtRest(evidence: Evidence): string[] {
  return [
    ...brokenNow(evidence),
    ...lost(evidence),
    ...stray(evidence),
    ...notEnded(evidence),
    ...malformedEvents(evidence),
  ];
}

/** The violations of the events, compared with the carts; empty when the topic has lost some. */
export function malformedEvents(evidence: Published): string[] {
  return [
    ...wrongEvents(evidence),
    ...contradictory(evidence),
    ...missingEvents(evidence),
    ...missingExpiryEvents(evidence),
    ...outdatedNotices(evidence),
  ];
}

/** The latest time of a watchdog check, in milliseconds: the watchdog's interval and the clock skew. */
const SOON_MS = 600_000;

/** Every cart has a due entry, and every running checkout one that the sweeper applies soon after `nowMs`. */
export function withoutDueEntry(
  { carts, dueEntries }: Pick<Evidence, 'carts' | 'dueEntries'>,
  nowMs: number,
): string[] {
  return carts
    .filter(({ cartId, checkout }) => {
      const [fromMs, toMs] =
        checkout?.state === 'running'
          ? [checkout.watchdogAtMs, Math.max(checkout.watchdogAtMs, nowMs) + SOON_MS]
          : [0, Number.POSITIVE_INFINITY];
      return !dueEntries.some(
        (dueEntry) => dueEntry.cartId === cartId && dueEntry.atMs >= fromMs && dueEntry.atMs <= toMs,
      );
    })
    .map((cart) => `cart ${cart.cartId} (${cartStatus(cart, 0)}) has no due entry`);
}

function changedAfterOrder({ writes }: Evidence): string[] {
  const ordered = new Set<string>();
  return writes.flatMap(({ cartId, checkout }) => {
    if (ordered.has(cartId)) return [`cart ${cartId} was written after it was ordered`];
    if (checkout?.state === 'ordered') ordered.add(cartId);
    return [];
  });
}

/** One order per request id and group at the gateway, and one order row per order group. */
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
      ...missing.map(
        ({ key }) => `cart ${cart.cartId}: the order of ${key} is missing or differs from its group`,
      ),
      ...unmade.map(({ key }) => `cart ${cart.cartId}: the gateway has no record of the order of ${key}`),
      ...madeOtherwise.map(
        ({ key }) => `cart ${cart.cartId}: the gateway's order of ${key} has other line items`,
      ),
      ...(rows.length > said.length ? [`cart ${cart.cartId} has more orders than placed groups`] : []),
      ...(cart.checkout?.state === 'ordered' && said.length !== requests.size
        ? [`cart ${cart.cartId} is ordered, but not every group of it`]
        : []),
    ];
  });
}

/** Every order row and every order of the gateway belongs to an order group; an ambiguous group may have an order or not. */
function stray(evidence: Evidence): string[] {
  const groups = latest(evidence).flatMap(({ checkout }) => checkout?.groups ?? []);
  const placed = new Set(groups.flatMap(({ order }) => order?.orderId ?? []));
  const ever = evidence.writes.flatMap(({ checkout }) => checkout?.groups ?? []);
  // The last state of every request: the next request of a refused group has another id.
  const states = new Map(ever.map(({ requestId, state }) => [requestId, state]));
  const made = (evidence.made ?? []).flatMap(({ requestId }) => {
    const state = states.get(requestId) ?? 'unknown';
    return ['placed', 'ambiguous'].includes(state)
      ? []
      : `the gateway's order of request ${requestId} is ${state} according to the carts`;
  });
  const rows = evidence.orders.filter(({ orderId }) => !placed.has(orderId));
  return [
    ...made,
    ...rows.map(({ orderId, cartId }) => `order ${orderId} of cart ${cartId} belongs to no cart`),
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
      .map(({ cartId }) => `cart ${cartId} was created according to a response, but never written`),
  ];
}

/** Each event has one id, and no ordered cart is published as expired. */
function wrongEvents({ events = [], writes }: Published): string[] {
  const published = new Map<string, string>();
  const problems = events.flatMap(({ subject, type, id, data }) => {
    const about = `${subject} ${type} ${data.threshold ?? data.checkoutId ?? ''}`;
    const before = published.get(about) ?? id;
    published.set(about, id);
    return before === id ? [] : [`${about} was published as ${before} and as ${id}`];
  });
  const expired = new Set(
    events.flatMap(({ type, data }) => (type === 'cart.expired.v1' ? [data.cartId] : [])),
  );
  const unknown = new Set(writes.flatMap(({ cartId, isDirectOrder }) => (isDirectOrder ? [cartId] : [])));
  const announced = events.filter(
    ({ type, data }) => /^cart\.expir/.test(type) && unknown.has(String(data.cartId)),
  );
  const both = writes.filter(({ cartId, checkout }) => checkout?.state === 'ordered' && expired.has(cartId));
  return [
    ...problems,
    ...repeated([...published.values()]).map((id) => `the event id ${id} has two meanings`),
    ...both.map(({ cartId }) => `cart ${cartId} is ordered, but was published as expired`),
    ...announced.map(({ id }) => `${id} is about a cart that its owner does not know`),
  ];
}

/** The event of an ended checkout agrees with the cart. */
function contradictory({ events = [], isPartial = false, ...evidence }: Published): string[] {
  const ends = new Map(
    endedCheckouts(evidence).map(({ cart, checkout }) => [checkout.id, checkoutEnded(cart, checkout)]),
  );
  return events
    .filter(({ type }) => type === 'cart.ordered.v1' || type === 'cart.checkoutFailed.v1')
    .filter((event) => {
      const end = ends.get(String(event.data.checkoutId));
      return end ? JSON.stringify(end) !== JSON.stringify(event) : !isPartial;
    })
    .map(({ id, type }) => `${id} was published as ${type}, which contradicts the cart`);
}

/** The last outcome of every cart was published; an outcome that a later checkout has replaced may be missing. */
function missingEvents({ events, ...evidence }: Published): string[] {
  if (!events) return [];
  const published = new Set(events.map(({ id }) => id));
  return endedCheckouts({ writes: latest(evidence) })
    .map(({ cart, checkout }) => checkoutEnded(cart, checkout).id)
    .filter((id) => !published.has(id))
    .map((id) => `${id} was not published`);
}

/** An expired cart was published as expired, and a cart without a checkout as expiring, when that was due. */
function missingExpiryEvents({ events, nowMs = 0, noticesMs = [], ...evidence }: Published): string[] {
  if (!events) return [];
  const published = new Set(events.map(({ id }) => id));
  return latest(evidence)
    .filter(({ isDirectOrder }) => !isDirectOrder)
    .flatMap((cart) => {
      const due = cart.checkout
        ? []
        : noticesMs.filter((ms) => cart.expiresMs - ms > cart.createdMs && cart.expiresMs - ms <= nowMs);
      const notices = due.map((thresholdMs) => cartExpiring(cart, { thresholdMs, remainingMs: thresholdMs }));
      return cartStatus(cart, nowMs) === 'expired' ? [...notices, cartExpired(cart)] : notices;
    })
    .filter(({ id }) => !published.has(id))
    .map(({ id, type }) => `${id} was not published (${type})`);
}

function endedCheckouts({ writes }: Pick<Evidence, 'writes'>) {
  return writes.flatMap((cart) =>
    cart.checkout?.endedMs === undefined ? [] : [{ cart, checkout: cart.checkout }],
  );
}

/** The last version of each cart. */
function latest({ writes }: Pick<Evidence, 'writes'>): Cart[] {
  return [...new Map(writes.map((cart) => [cart.cartId, cart])).values()];
}
