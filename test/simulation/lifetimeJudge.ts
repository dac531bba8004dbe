/** The invariants of several bulk orders that may order the same items. Each function returns descriptions of the violations. */
import { type BulkItem, type BulkKey, type ItemOutcome, isEnded } from '../../shared/bulk/bulkOrder.ts';
import type { Repeats } from '../../shared/bulk/itemIdentity.ts';
import { KEY, LIFECYCLE } from '../support/samples.ts';
import { isRowRejected, itemKey, type LifetimeWorld, type MadeOrder } from './lifetimeWorld.ts';

/** A list that was submitted. */
export interface Submission {
  key: BulkKey;
  repeats: Repeats;
  label: string | undefined;
  items: readonly BulkItem[];
}

/** The bulk orders that exist and have not ended. */
export async function unfinished(
  world: LifetimeWorld,
  submissions: readonly Submission[],
): Promise<string[]> {
  const orders = await Promise.all(
    submissions.map(async ({ key }) => (await world.ports.bulk.read(key))?.order),
  );
  return orders
    .filter((order) => order && !isEnded(order))
    .map((order) => `bulk order ${order?.bulkOrderId} has not ended`);
}

/** What is wrong with the orders, as the gateway made them and as the items report them. */
export async function brokenOrders(
  world: LifetimeWorld,
  submissions: readonly Submission[],
  { isQuiet }: { isQuiet: boolean },
): Promise<string[]> {
  const reports = await Promise.all(
    submissions.map(async (submission) => {
      const outcomes = await world.ports.bulk.outcomes(submission.key, { from: 0, to: 99 });
      return outcomes.map((outcome) => ({ submission, outcome }));
    }),
  );
  return [
    ...orderedAgain(world, reports.flat()),
    ...wronglyReported(world, reports.flat()),
    ...(await unreported(world, submissions, reports.flat())),
    ...unrecorded(world, { isQuiet }),
  ];
}

interface Report {
  submission: Submission;
  outcome: ItemOutcome;
}

/** What an item is, whatever bulk order it is in: two items with one identity are ordered once. */
function identityOf({ submission: { key, repeats, label = '', items }, outcome: { n } }: Report): string {
  const { reference, draft } = items[n] ?? {};
  const content = JSON.stringify(draft?.lineItems);
  return [reference, content, label, repeats === 'skip' ? '' : key.bulkOrderId].join(' ');
}

/**
 * No order group of an item is ordered twice by one bulk order, and none is ordered twice by bulk orders that skip repeats
 * while the first order's cart is retained.
 */
function orderedAgain({ made }: LifetimeWorld, reports: readonly Report[]): string[] {
  const identities = new Map(
    reports.flatMap((report) => report.outcome.orders.map(({ id }) => [id, identityOf(report)] as const)),
  );
  const groups = Map.groupBy(
    made,
    ({ orderId, cartId, group }) => `${identities.get(orderId) ?? cartId} ${group}`,
  );
  return [...groups].flatMap(([group, orders]) =>
    orders.slice(1).flatMap((order, n) => {
      const before = orders[n] as MadeOrder;
      const isRetained = order.atMs - before.atMs < LIFECYCLE.retentionMs;
      return isRetained || order.bulkOrderId === before.bulkOrderId ? [`${group} was ordered again`] : [];
    }),
  );
}

/** An item reports orders of exactly its content, and items that differ report different orders. */
function wronglyReported({ made }: LifetimeWorld, reports: readonly Report[]): string[] {
  const identities = new Map<string, string>();
  return reports.flatMap((report) => {
    const { submission, outcome } = report;
    const name = itemKey(submission.key, outcome.n);
    const wanted = submission.items[outcome.n]?.draft?.lineItems ?? [];
    const quantity = wanted.reduce((sum, line) => sum + line.quantity, 0);
    const orders = outcome.orders.map(({ id }) => made.find(({ orderId }) => orderId === id));
    const ordered = orders.reduce((sum, order) => sum + (order?.quantity ?? Number.NaN), 0);
    const isWrong = outcome.state === 'succeeded' ? ordered !== quantity : !(ordered < quantity);
    const foreign = outcome.orders.filter(({ id }) => {
      const before = identities.get(id) ?? identityOf(report);
      identities.set(id, before);
      return before !== identityOf(report);
    });
    return [
      ...(isWrong ? [`item ${name} is ${outcome.state} with ${ordered} of ${quantity}`] : []),
      ...foreign.map(({ id }) => `item ${name} reports order ${id} of another item`),
    ];
  });
}

/**
 * Each order whose cart knows it is reported by an item of that cart, and by the bulk order that asked for it as its own. An
 * order that was ambiguous belongs to whichever bulk order found it.
 */
async function unreported(
  { made, ports, states, doubtful }: LifetimeWorld,
  submissions: readonly Submission[],
  reports: readonly Report[],
): Promise<string[]> {
  const problems: string[] = [];
  const certain = made.filter(({ requestId }) => !doubtful.has(requestId));
  for (const { orderId, requestId, cartId, bulkOrderId } of made) {
    const state = states.get(requestId);
    const exists = await ports.bulk.read({ tenant: KEY.tenant, bulkOrderId: String(bulkOrderId) });
    const isReported = reports.some(
      ({ outcome }) => outcome.cartId === cartId && outcome.orders.some(({ id }) => id === orderId),
    );
    if (state !== 'placed' && state !== 'ambiguous')
      problems.push(`order ${orderId} is ${state} on its cart`);
    if (state === 'placed' && exists && !isReported) problems.push(`no item reports order ${orderId}`);
  }
  for (const { key } of submissions) {
    const own = certain
      .filter(({ bulkOrderId }) => bulkOrderId === key.bulkOrderId)
      .map(({ orderId }) => orderId);
    for (const { submission, outcome } of reports) {
      if (
        submission.key !== key ||
        outcome.orders.some(({ id }) => !certain.some(({ orderId }) => orderId === id))
      )
        continue;
      const [isOwn, areAllOwn] = [
        outcome.orders.some(({ id }) => own.includes(id)),
        outcome.orders.every(({ id }) => own.includes(id)),
      ];
      const isRepeat = outcome.firstOrderedMs !== undefined;
      if (outcome.state === 'succeeded' && (isRepeat ? areAllOwn : !isOwn))
        problems.push(`item ${itemKey(key, outcome.n)} calls its orders ${isRepeat ? 'a repeat' : 'new'}`);
    }
  }
  return problems;
}

/** Each order that its cart knows has a row, or storage rejected it: then it is on the cart and, unless a worker died, parked. */
function unrecorded(
  { made, states, orders, parked, cart }: LifetimeWorld,
  { isQuiet }: { isQuiet: boolean },
): string[] {
  const rows = new Set([...orders.values()].map(({ orderId }) => orderId));
  const known = JSON.stringify(parked);
  return made
    .filter(({ requestId }) => states.get(requestId) === 'placed')
    .flatMap(({ orderId, cartId, atMs }) => {
      if (!isRowRejected(orderId)) return rows.has(orderId) ? [] : [`order ${orderId} has no row`];
      const stored = cart({ ...KEY, cartId })?.cart;
      const isSameCart = stored && stored.createdMs <= atMs; // not one that was created after its purge
      const isMissing =
        isSameCart && stored.checkout?.groups.every(({ order }) => order?.orderId !== orderId);
      return [
        ...(isMissing ? [`order ${orderId}, whose row storage rejects, is not on its cart`] : []),
        ...(isQuiet && !known.includes(orderId)
          ? [`order ${orderId}, whose row storage rejects, was not parked`]
          : []),
      ];
    });
}
