/** What must be true of a bulk order in memory, at any moment and when it has come to rest, in words of what is not. */
import { isEnded } from '../../shared/bulk/bulkOrder.ts';
import { type Counts, countItems } from '../../shared/bulk/progress.ts';
import { BULK, listedIn, orderIn, outcomesIn } from '../bulk/submitting.ts';
import type { World } from '../support/ports.ts';
import { DAY } from '../support/samples.ts';

const countsIn = async ({ ports }: World): Promise<Counts | undefined> => {
  const order = (await ports.bulk.read(BULK))?.order;
  return order && countItems(order, await ports.bulk.lanes(order));
};

/** Its hint is there, each item is in one of its counters, and no lane does more at a time than it may. Of one whose items come by themselves nobody knows how many there are. */
export async function brokenNow({ ports, hints }: World, items: number | undefined): Promise<string[]> {
  const order = (await ports.bulk.read(BULK))?.order;
  if (!order) return items === undefined ? [] : ['the bulk order is gone'];
  const lanes = await ports.bulk.lanes(order);
  const { total, ...parts } = countItems(order, lanes);
  const sum = Object.values(parts).reduce((all, part) => all + part, 0);
  return [
    ...([...hints.values()].some((hint) => 'bulkOrderId' in hint) ? [] : ['the bulk order has no hint']),
    ...(sum === total && sum === (items ?? total) ? [] : [`the counters are ${JSON.stringify(parts)}`]),
    ...(lanes.some(({ lane }) => lane.running.length > order.slots)
      ? ['a lane does too much at a time']
      : []),
  ];
}

/** Whether it has ended, and nobody is to look at it again before its retention ends. */
export async function isDrained(world: World): Promise<boolean> {
  const counts = await countsIn(world);
  const isDone = isEnded(await orderIn(world)) && counts?.waiting === 0 && counts.running === 0;
  return isDone && [...world.hints.values()].every(({ atMs }) => atMs > world.nowMs + DAY);
}

/** Its counters are those of its outcomes, its outcomes those of the orders that there are, and its end was told as it is. */
export async function brokenAtRest(world: World): Promise<string[]> {
  const outcomes = await outcomesIn(world);
  const counts = await countsIn(world);
  const numberOf = (state: string) => outcomes.filter((outcome) => outcome.state === state).length;
  const said = outcomes.flatMap(({ cartId, orders }) => orders.map(({ id }) => `${id} of cart ${cartId}`));
  const made = [...world.orders.values()].map(({ orderId, cartId }) => `${orderId} of cart ${cartId}`);
  const carts = [...world.orders.values()].map(({ cartId }) => cartId);
  const told = world.events.filter(({ type }) => type === 'bulkorder.completed').at(-1)?.data;
  const how = JSON.stringify(counts);
  const listed = (await listedIn(world)).length;
  return [
    ...((await isDrained(world)) ? [] : ['it never came to rest']),
    ...(counts?.succeeded === numberOf('succeeded')
      ? []
      : [`${numberOf('succeeded')} succeeded, not ${how}`]),
    ...(counts?.failed === numberOf('failed') ? [] : [`${numberOf('failed')} failed, not ${how}`]),
    ...(listed === 1 ? [] : [`it is listed ${listed} times`]),
    ...made
      .filter((order) => !said.includes(order))
      .map((order) => `no item says that it has order ${order}`),
    ...said.filter((order) => !made.includes(order)).map((order) => `there is no order ${order}`),
    ...carts.filter((cart, n) => carts.indexOf(cart) !== n).map((cart) => `cart ${cart} was ordered twice`),
    ...(JSON.stringify(told?.counts) === how
      ? []
      : [`it was told ${JSON.stringify(told?.counts)}, and is ${how}`]),
  ];
}

/** Items that came by themselves, were taken in, and are nowhere. */
export async function lostItems({ ports }: World, takenIn: ReadonlySet<number>): Promise<string[]> {
  const order = (await ports.bulk.read(BULK))?.order;
  if (!order) return [];
  const { length: missing } = [...takenIn].slice(countItems(order, await ports.bulk.lanes(order)).total);
  return missing > 0 ? [`${missing} items were taken in, and are nowhere`] : [];
}
