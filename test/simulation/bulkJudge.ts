/** The invariants of a bulk order in memory, at any moment and after its end. Each function returns descriptions of the violations. */
import { isEnded } from '../../shared/bulk/bulkOrder.ts';
import { type Counts, countItems } from '../../shared/bulk/progress.ts';
import { BULK, listedIn, orderIn, outcomesIn } from '../bulk/submitting.ts';
import type { World } from '../support/ports.ts';
import { DAY } from '../support/samples.ts';

const countsIn = async ({ ports }: World): Promise<Counts | undefined> => {
  const order = (await ports.bulk.read(BULK))?.order;
  return order && countItems(order, await ports.bulk.lanes(order));
};

/** At any moment the bulk order has a due entry, each item is in one counter, and no lane runs more items than its slots. `items` is absent when they come from the queue. */
export async function brokenNow({ ports, dueEntries }: World, items: number | undefined): Promise<string[]> {
  const order = (await ports.bulk.read(BULK))?.order;
  if (!order) return items === undefined ? [] : ['the bulk order is missing'];
  const lanes = await ports.bulk.lanes(order);
  const { total, ...parts } = countItems(order, lanes);
  const sum = Object.values(parts).reduce((all, part) => all + part, 0);
  return [
    ...([...dueEntries.values()].some((entry) => 'bulkOrderId' in entry)
      ? []
      : ['the bulk order has no due entry']),
    ...(sum === total && sum === (items ?? total) ? [] : [`the counters are ${JSON.stringify(parts)}`]),
    ...(lanes.some(({ lane }) => lane.running.length > order.slots)
      ? ['a lane runs more items than its slots']
      : []),
  ];
}

/** Whether the bulk order has ended and its only due entry is the one for the end of its retention. */
export async function isDrained(world: World): Promise<boolean> {
  const counts = await countsIn(world);
  const isDone = isEnded(await orderIn(world)) && counts?.waiting === 0 && counts.running === 0;
  return isDone && [...world.dueEntries.values()].every(({ atMs }) => atMs > world.nowMs + DAY);
}

/** After the end, the counters match the outcomes, the outcomes match the orders, and the event has the final counters. */
export async function brokenAtRest(world: World): Promise<string[]> {
  const outcomes = await outcomesIn(world);
  const counts = await countsIn(world);
  const numberOf = (state: string) => outcomes.filter((outcome) => outcome.state === state).length;
  const reported = outcomes.flatMap(({ cartId, orders }) =>
    orders.map(({ id }) => `${id} of cart ${cartId}`),
  );
  const placed = [...world.orders.values()].map(({ orderId, cartId }) => `${orderId} of cart ${cartId}`);
  const carts = [...world.orders.values()].map(({ cartId }) => cartId);
  const published = world.events.filter(({ type }) => type === 'bulkorder.completed.v1').at(-1)?.data;
  const final = JSON.stringify(counts);
  const listed = (await listedIn(world)).length;
  return [
    ...((await isDrained(world)) ? [] : ['the bulk order never ended']),
    ...(counts?.succeeded === numberOf('succeeded')
      ? []
      : [`${numberOf('succeeded')} items succeeded, but the counters are ${final}`]),
    ...(counts?.failed === numberOf('failed')
      ? []
      : [`${numberOf('failed')} items failed, but the counters are ${final}`]),
    ...(listed === 1 ? [] : [`the bulk order is listed ${listed} times`]),
    ...placed.filter((order) => !reported.includes(order)).map((order) => `no item reports order ${order}`),
    ...reported
      .filter((order) => !placed.includes(order))
      .map((order) => `an item reports order ${order}, which does not exist`),
    ...carts.filter((cart, n) => carts.indexOf(cart) !== n).map((cart) => `cart ${cart} was ordered twice`),
    ...(JSON.stringify(published?.counts) === final
      ? []
      : [`the event has ${JSON.stringify(published?.counts)}, but the counters are ${final}`]),
  ];
}

/** Queued items that were ingested and that no counter includes. */
export async function lostItems({ ports }: World, ingested: ReadonlySet<number>): Promise<string[]> {
  const order = (await ports.bulk.read(BULK))?.order;
  if (!order) return [];
  const { length: missing } = [...ingested].slice(countItems(order, await ports.bulk.lanes(order)).total);
  return missing > 0 ? [`${missing} ingested items are in no counter`] : [];
}
