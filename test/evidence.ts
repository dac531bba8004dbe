/**
 * What a history has left behind, and what must be true of it whatever went wrong on the way. The invariants
 * know the stored shapes and nothing of how they came about: crash suite and simulation share them.
 */
import { type Cart, type CartKey, phaseOf } from '../shared/cart/cart.ts';
import { type CloudEvent, checkoutEnded } from '../shared/notices/event.ts';
import { type Order, orderRequests } from '../shared/orders/order.ts';
import type { Hint } from '../shared/ports.ts';

export interface Evidence {
  /** Every version of a cart that was written, in order. */
  writes: readonly Cart[];
  /** Carts as they stand; purged ones are absent. */
  carts: readonly Cart[];
  hints: readonly Hint[];
  /** Order rows. */
  orders: readonly Order[];
  /** What a gateway outside has made, by its own ledger; absent when there is none. */
  made?: readonly { requestId: string; orderId: string }[] | undefined;
  /** What came out of the topic; absent when the topic has lost some of it. */
  events?: readonly CloudEvent[] | undefined;
  /** Carts whose creation was answered. */
  created: readonly CartKey[];
  /** Ids of checkouts that somebody was promised. */
  asked: readonly string[];
  /** How far clocks were apart and a write was on its way, in milliseconds; absent when nothing happened at once. */
  blurMs?: number | undefined;
}

/** What else the checkouts of a history have seen, by name: a suite that never sees it proves nothing about it. */
export function sights(
  { writes }: Pick<Evidence, 'writes'>,
  { maxAttempts }: { maxAttempts: number },
): string[] {
  const checkouts = writes.flatMap(({ checkout }) => checkout ?? []);
  const seen = {
    refused: checkouts.some(({ state, exhausted }) => state === 'failed' && !exhausted),
    refusedInPart: checkouts.some(({ state, exhausted }) => state === 'partlyOrdered' && !exhausted),
    paused: checkouts.some(({ pausedUntilMs }) => pausedUntilMs !== undefined),
    givenUp: checkouts.some(({ exhausted, attempt }) => exhausted && attempt < maxAttempts),
    heldBack: checkouts.some(({ state, attempt, dueMs, startedMs }) => {
      return state === 'running' && attempt === 1 && dueMs > startedMs;
    }),
  };
  return Object.entries(seen).flatMap(([name, isSeen]) => (isSeen ? [name] : []));
}

/** What is wrong at any moment, in words; empty when nothing is. */
export function brokenNow(evidence: Evidence): string[] {
  return [...unhinted(evidence), ...changedAfterOrder(evidence), ...doubled(evidence)];
}

/** What is wrong once everything has come to rest, in words; empty when nothing is. */
export function brokenAtRest(evidence: Evidence): string[] {
  return [
    ...brokenNow(evidence),
    ...lost(evidence),
    ...notEnded(evidence),
    ...wronglyTold(evidence),
    ...notTold(evidence),
  ];
}

/** No cart is without a hint, and no running checkout without one that its sweep will heed. */
export function unhinted({ carts, hints }: Pick<Evidence, 'carts' | 'hints'>): string[] {
  return carts
    .filter(({ cartId, checkout }) => {
      const soonestMs = checkout?.state === 'running' ? checkout.lookMs : 0;
      return !hints.some((hint) => hint.cartId === cartId && hint.atMs >= soonestMs);
    })
    .map((cart) => `cart ${cart.cartId} (${phaseOf(cart, 0)}) has no hint`);
}

function changedAfterOrder({ writes }: Evidence): string[] {
  const ordered = new Set<string>();
  return writes.flatMap(({ cartId, checkout }) => {
    if (ordered.has(cartId)) return [`cart ${cartId} was written after it was ordered`];
    if (checkout?.state === 'ordered') ordered.add(cartId);
    return [];
  });
}

/** One order per request id outside, and per order group inside. */
function doubled({ made = [], orders }: Evidence): string[] {
  const groupOf = ({ cartId, isLegacy, billingCycle, currencyCode }: Order) =>
    `${cartId} ${isLegacy} ${billingCycle} ${currencyCode}`;
  return [
    ...repeated(made.map(({ requestId }) => `the gateway's order of request ${requestId}`)),
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
      return !row || linesOf(row) !== linesOf(requests.get(key));
    });
    const { made } = evidence;
    const unmade = made
      ? said.filter(({ requestId }) => !made.some((one) => one.requestId === requestId))
      : [];
    return [
      ...missing.map(({ key }) => `cart ${cart.cartId}: the order of ${key} is not there as it was placed`),
      ...unmade.map(({ key }) => `cart ${cart.cartId}: the gateway knows nothing of the order of ${key}`),
      ...(rows.length > said.length ? [`cart ${cart.cartId} has more orders than it says`] : []),
      ...(cart.checkout?.state === 'ordered' && said.length !== requests.size
        ? [`cart ${cart.cartId} is ordered, but not every group of it`]
        : []),
    ];
  });
}

const linesOf = (order: { lineItems: readonly { offerId: string; quantity: number }[] } | undefined) =>
  JSON.stringify(order?.lineItems.map(({ offerId, quantity }) => [offerId, quantity]));

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
function wronglyTold({ events = [], writes, blurMs = 0 }: Evidence): string[] {
  const told = new Map<string, string>();
  const problems = events.flatMap(({ subject, type, id, data }) => {
    const about = `${subject} ${type} ${data.threshold ?? data.checkoutId ?? ''}`;
    const before = told.get(about) ?? id;
    told.set(about, id);
    return before === id ? [] : [`${about} was told as ${before} and as ${id}`];
  });
  const expired = new Set(events.flatMap(({ type, data }) => (type === 'cart.expired' ? [data.cartId] : [])));
  const both = writes.filter(
    ({ cartId, checkout, expiresMs }) =>
      checkout?.state === 'ordered' &&
      expired.has(cartId) &&
      // Nobody can tell which came first of an expiry and a checkout that begins at that moment.
      !(checkout.startedMs < expiresMs && checkout.startedMs >= expiresMs - blurMs),
  );
  return [
    ...problems,
    ...repeated([...told.values()]).map((id) => `the event id ${id} means two things`),
    ...both.map(({ cartId }) => `cart ${cartId} is ordered, and was told to have expired`),
  ];
}

/** Every cart's last outcome was told; one that a new checkout has covered since may be told or not. */
function notTold(evidence: Evidence): string[] {
  if (!evidence.events) return [];
  const told = new Set(evidence.events.map(({ id }) => id));
  return endedCheckouts({ ...evidence, writes: latest(evidence) })
    .map(({ cart, checkout }) => checkoutEnded(cart, checkout).id)
    .filter((id) => !told.has(id))
    .map((id) => `nobody was told ${id}`);
}

function endedCheckouts({ writes }: Evidence) {
  return writes.flatMap((cart) =>
    cart.checkout?.endedMs === undefined ? [] : [{ cart, checkout: cart.checkout }],
  );
}

/** Each cart as it was written last. */
function latest({ writes }: Evidence): Cart[] {
  return [...new Map(writes.map((cart) => [cart.cartId, cart])).values()];
}
