/**
 * Works off a lane, the only place where its order matters: take the lane, and then step after step write it,
 * run the items that the write has put on the list, and gather what they came to. A worker keeps a lane for
 * seconds and leaves it to the next message, so no message outlives its lock and no bulk order keeps others out.
 * Whoever's write is refused has lost the lane and stops: the items are safe with whoever has it.
 */
import type { Ports } from '../ports.ts';
import {
  type BulkItem,
  type BulkOrder,
  bulkKeyOf,
  type ItemOutcome,
  isEnded,
  isStopping,
} from './bulkOrder.ts';
import type { BulkMessage, StoredLane } from './bulkPorts.ts';
import { applyResults, decideStep, type ItemResult, nextCheckMs, numberOf } from './decideStep.ts';
import { decideLease, endOf, holdsLease, isDrained, itemAt, type Lane, laneOf, prepareLane } from './lane.ts';
import { laneMessage } from './laneMessage.ts';
import { finishBulkOrder, reopenBulkOrder } from './lifecycle.ts';
import { blockOf } from './partition.ts';
import { type ItemPolicy, runItem } from './runItem.ts';
import { dispatch } from './submitBulkOrder.ts';

export interface LanePolicy extends ItemPolicy {
  /** How long a lane is a worker's own after a write, in milliseconds: longer than an item mostly takes. */
  leaseMs: number;
}

/** How long a worker keeps a lane, in milliseconds. */
const RUN_MS = 20_000;
/** How old may be what a worker knows of the bulk order when it begins an item, in milliseconds. */
const FRESH_MS = 1_000;

/** Carries out what a lane message asks for, as far as the lane says there is something to be done. */
export async function runLane(
  ports: Ports,
  message: BulkMessage & { lane: number },
  policy: LanePolicy,
): Promise<void> {
  const order = (await ports.bulk.read(message))?.order;
  const stored = order && (await ports.bulk.readLane(order, message.lane));
  if (!order || !stored) return obsolete('there is no such lane');
  if (isEnded(order)) {
    if (isDrained(order, stored.lane, stored.length)) return obsolete('the bulk order has ended');
    await reopenBulkOrder(ports, order, policy.create.lifecycle);
    return runLane(ports, message, policy);
  }
  const take = decideLease(order, stored, ports.now());
  switch (take.kind) {
    case 'wait':
      return putOff(take.untilMs);
    case 'take':
      return processLane(
        ports,
        { ...stored, order, owner: ports.newId(), writes: 0, readMs: ports.now() },
        policy,
      );
  }

  function obsolete(why: string): void {
    ports.log.info('bulk lane message is obsolete', { ...message, why });
  }

  /** Every time: it may be the message over which the lane's worker has died, and then nobody else follows. */
  async function putOff(atMs: number): Promise<void> {
    const { traceparent } = message;
    await ports.bulkQueue.send([laneMessage(message, message.lane, { why: 'next', atMs }, { traceparent })]);
  }
}

interface Held extends StoredLane {
  order: BulkOrder;
  /** The id of this worker, and how often it has written the lane. */
  owner: string;
  writes: number;
  /** When the bulk order was read. */
  readMs: number;
}

/** Has the lane until time or work runs out. What is at work when the lane is lost is waited for, and forgotten. */
async function processLane(ports: Ports, taken: Held, policy: LanePolicy): Promise<void> {
  const atWork = new Map<number, Promise<void>>();
  try {
    if (await stepByStep(ports, taken, { policy, atWork })) return;
    const about = { ...bulkKeyOf(taken.order), lane: taken.lane.number };
    ports.log.info('bulk lane lost to another worker', about);
  } finally {
    await Promise.allSettled(atWork.values());
  }
}

/** False when the lane was lost. */
async function stepByStep(
  ports: Ports,
  taken: Held,
  { policy, atWork }: { policy: LanePolicy; atWork: Map<number, Promise<void>> },
): Promise<boolean> {
  const leaveMs = ports.now() + RUN_MS;
  const itemOf = itemReader(ports, taken.order);
  const gathered: ItemResult[] = [];
  let held = await prepared(ports, taken);
  for (let isFirst = true; ; isFirst = false) {
    const results = gathered.splice(0);
    for (const result of results) atWork.delete(numberOf(result)); // not before: what ends from here on is still at work
    held = await applySignals(ports, await refreshed(ports, held), results);
    const nowMs = ports.now();
    const context = { ...held, results, atWork: new Set(atWork.keys()), nowMs, hasTime: nowMs < leaveMs };
    const { lane, outcomes, work } = decideStep(held.lane, context);
    if (atWork.size === 0 && work.length === 0) {
      const left = { ...lane, leaseUntilMs: undefined, nextMs: nextCheckMs(lane, context) };
      const written = await write(ports, held, left, outcomes);
      if (written) await releaseLease(ports, written);
      return written !== undefined;
    }
    if (isFirst || lane !== held.lane) {
      const own = { ...lane, leaseUntilMs: nowMs + policy.leaseMs, nextMs: undefined };
      const written = await write(ports, held, own, outcomes);
      if (!written) return false;
      held = written;
    }
    for (const running of work) {
      const read = () => itemOf(running.n);
      const isOurs = () => holdsLease(held.lane, ports.now());
      const run = runItem(ports, held.order, { running, read, holdsLease: isOurs }, policy);
      const done = run.then((result) => void gathered.push(result));
      atWork.set(running.n, done);
    }
    await Promise.race(atWork.values());
  }
}

/** The lane as the round of the bulk order wants it; it is written with the first step. */
async function prepared(ports: Ports, held: Held): Promise<Held> {
  const { order, lane } = held;
  if (lane.generation === order.generation) return held;
  const to = itemAt(order, lane.number, lane.cursor);
  const failed = await ports.bulk.failed(order, { from: 0, to }); // of all lanes: their numbers stand among each other
  const own = failed.filter((n) => laneOf(order, n) === lane.number);
  return { ...held, lane: prepareLane(lane, order, own) };
}

/** With the bulk order as it stands now, or did a moment ago. */
async function refreshed(ports: Ports, held: Held): Promise<Held> {
  const nowMs = ports.now();
  if (nowMs - held.readMs < FRESH_MS) return held;
  const order = (await ports.bulk.read(held.order))?.order ?? held.order;
  const length = await ports.bulk.laneLength(order, held.lane.number);
  return { ...held, order, length, readMs: nowMs };
}

/** What an item came to may concern all others: a pause that the gateway asked for, or the end of it all, of which every lane is told. */
async function applySignals(ports: Ports, held: Held, results: readonly ItemResult[]): Promise<Held> {
  for (let wanted = applyResults(held.order, results); wanted !== held.order; ) {
    const stored = await ports.bulk.read(held.order);
    if (stored?.order.generation !== held.lane.generation) return held; // the results are of a round that is over: the lane is lost
    wanted = applyResults(stored.order, results);
    const written = wanted === stored.order ? stored : await ports.bulk.replace(wanted, stored.etag);
    if (!written) continue;
    const isNews = isStopping(written.order) && !isStopping(stored.order);
    if (isNews) await dispatch(ports, written.order, 'stop');
    return { ...held, order: written.order };
  }
  return held;
}

/**
 * Writes the lane with its ETag; `undefined` when another worker has written it. When the response to a write is lost,
 * the storage client repeats it and gets 412: then the lane as stored carries this very write.
 */
async function write(
  ports: Ports,
  held: Held,
  lane: Lane,
  outcomes: readonly ItemOutcome[],
): Promise<Held | undefined> {
  const lastWrite = { owner: held.owner, n: held.writes + 1 };
  const next = { ...lane, lastWrite };
  const etag =
    (await ports.bulk.writeLane(held.order, next, held.etag, outcomes)) ??
    (await etagOfOwnWrite(ports, held, lastWrite));
  return etag === undefined ? undefined : { ...held, lane: next, etag, writes: lastWrite.n };
}

async function etagOfOwnWrite(
  ports: Ports,
  { order, lane }: Held,
  { owner, n }: NonNullable<Lane['lastWrite']>,
): Promise<string | undefined> {
  const stored = await ports.bulk.readLane(order, lane.number);
  const last = stored?.lane.lastWrite;
  return last?.owner === owner && last.n === n ? stored?.etag : undefined;
}

/** Sees to it that somebody follows, or that the bulk order ends. An item that came in the meantime has found the lane taken: it is looked for here. */
async function releaseLease(ports: Ports, { order, lane }: Held): Promise<void> {
  const length = await ports.bulk.laneLength(order, lane.number);
  const nextMs = lane.nextMs ?? (lane.cursor < endOf(lane, length) ? ports.now() : undefined);
  if (nextMs === undefined) {
    await finishBulkOrder(ports, order);
  } else {
    const { traceparent } = order;
    await ports.bulkQueue.send([
      laneMessage(order, lane.number, { why: 'next', atMs: nextMs }, { traceparent }),
    ]);
  }
}

/** Reads items block by block, and keeps the block at hand. */
function itemReader(ports: Ports, order: BulkOrder) {
  let block: { first: number; items: Promise<BulkItem[]> } | undefined;
  return async (n: number): Promise<BulkItem> => {
    const first = blockOf(order, n);
    if (block?.first !== first) block = { first, items: ports.bulk.block(order, first) };
    const items = await block.items.catch((error: unknown) => {
      block = undefined;
      throw error;
    });
    const item = items[n - first];
    if (!item) throw new Error(`Bulk order ${order.bulkOrderId} has no item ${n}.`);
    return item;
  };
}
