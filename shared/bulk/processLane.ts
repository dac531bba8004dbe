/**
 * Processes a lane: acquires its lease, and then, step by step, writes the lane, runs the items that the write added to
 * `running`, and collects their results. Every item starts only after the write of the lane that contains it. A worker
 * processes a lane for seconds and then schedules the next message, so that no message outlives its lock and large bulk
 * orders do not delay others. A worker whose write fails has lost the lease and stops; the next holder of the lease
 * continues the running items.
 */
import type { Ports } from '../ports.ts';
import { record } from '../telemetry/metrics.ts';
import { ATTRIBUTES } from '../telemetry/names.ts';
import {
  type BulkItem,
  type BulkOrder,
  bulkKeyOf,
  type ItemOutcome,
  isEnded,
  isStopping,
} from './bulkOrder.ts';
import type { BulkMessage, StoredLane } from './bulkPorts.ts';
import { customerLimit, shareOfLane } from './customerLimit.ts';
import { applyResults, decideStep, type ItemResult, nextCheckMs, numberOf } from './decideStep.ts';
import { decideLease, endOf, holdsLease, isDrained, itemAt, type Lane, laneOf, prepareLane } from './lane.ts';
import { laneMessage } from './laneMessage.ts';
import { finishBulkOrder, reopenBulkOrder } from './lifecycle.ts';
import { blockOf } from './partition.ts';
import { type ItemPolicy, runItem } from './runItem.ts';
import { dispatch } from './submitBulkOrder.ts';

export interface LanePolicy extends ItemPolicy {
  /** The length of a lease after each write, in milliseconds: longer than most items take. */
  leaseMs: number;
  /** How many items of one customer a bulk order runs at a time; absent for no limit. */
  inFlightOfCustomer?: number | undefined;
}

/** How long a worker processes a lane for one message, in milliseconds. */
export const RUN_MS = 20_000;
/** The maximum age of the bulk order that a worker has read when it starts an item, in milliseconds. */
const FRESH_MS = 1_000;

/** Processes the message of a lane. Schedules it again while another worker leases the lane, and ignores it when it is obsolete. */
export async function runLane(
  ports: Ports,
  message: BulkMessage & { lane: number },
  policy: LanePolicy,
): Promise<void> {
  const order = (await ports.bulk.read(message))?.order;
  const stored = order && (await ports.bulk.readLane(order, message.lane));
  if (!order || !stored) return obsolete('the lane does not exist');
  if (isEnded(order)) {
    if (isDrained(order, stored.lane, stored.length)) return obsolete('the bulk order has ended');
    await reopenBulkOrder(ports, order, policy.create.lifecycle);
    return runLane(ports, message, policy);
  }
  const decision = decideLease(order, stored, ports.now());
  switch (decision.kind) {
    case 'wait':
      return deferMessage(decision.untilMs);
    case 'acquire':
      return processLane(
        ports,
        { ...stored, order, owner: ports.newId(), writes: 0, readMs: ports.now() },
        policy,
      );
  }

  function obsolete(why: string): void {
    ports.log.info('bulk lane message is obsolete', { ...message, why });
  }

  /** Schedules the message again every time: if the worker that leases the lane has crashed, no other message follows. */
  async function deferMessage(atMs: number): Promise<void> {
    const { traceparent } = message;
    await ports.bulkQueue.send([laneMessage(message, message.lane, { why: 'next', atMs }, { traceparent })]);
  }
}

/** A lane as this worker wrote it last, or read it before its first write. */
interface LeasedLane extends StoredLane {
  order: BulkOrder;
  /** The id of this worker, and how many times it has written the lane. */
  owner: string;
  writes: number;
  /** When the bulk order was read, in epoch milliseconds. */
  readMs: number;
}

/** Processes the lane until time or work runs out. When the lease is lost, waits for the items in progress and drops their results. */
async function processLane(ports: Ports, leased: LeasedLane, policy: LanePolicy): Promise<void> {
  const inProgress = new Map<number, Promise<void>>();
  try {
    if (await runSteps(ports, leased, { policy, inProgress })) return;
    const about = { ...bulkKeyOf(leased.order), lane: leased.lane.number };
    ports.log.info('bulk lane lease lost to another worker', about);
  } finally {
    await Promise.allSettled(inProgress.values());
  }
}

/** Runs the steps of the lane; false when the lease was lost. */
async function runSteps(
  ports: Ports,
  unprepared: LeasedLane,
  { policy, inProgress }: { policy: LanePolicy; inProgress: Map<number, Promise<void>> },
): Promise<boolean> {
  const endMs = ports.now() + RUN_MS;
  const itemOf = itemReader(ports, unprepared.order);
  const finished: ItemResult[] = [];
  const { inFlightOfCustomer = Number.POSITIVE_INFINITY } = policy;
  const limitCustomer = customerLimit(shareOfLane(inFlightOfCustomer, unprepared.order));
  let leased = await prepare(ports, unprepared);
  for (let isFirst = true; ; isFirst = false) {
    const results = finished.splice(0);
    for (const result of results) inProgress.delete(numberOf(result)); // items that finish from here on remain in progress until the next step
    leased = await applySignals(ports, await refresh(ports, leased), results);
    const nowMs = ports.now();
    const context = {
      ...leased,
      results,
      inProgress: new Set(inProgress.keys()),
      nowMs,
      hasTime: nowMs < endMs,
    };
    const { lane, outcomes, work } = decideStep(leased.lane, context);
    if (inProgress.size === 0 && work.length === 0) {
      const released = { ...lane, leaseUntilMs: undefined, nextMs: nextCheckMs(lane, context) };
      const written = await write(ports, leased, released, outcomes);
      if (written) await scheduleNext(ports, written);
      return written !== undefined;
    }
    if (isFirst || lane !== leased.lane) {
      const renewed = { ...lane, leaseUntilMs: nowMs + policy.leaseMs, nextMs: undefined };
      const written = await write(ports, leased, renewed, outcomes);
      if (!written) return false;
      leased = written;
    }
    for (const running of work) {
      const read = () => itemOf(running.n);
      const holdsLaneLease = () => holdsLease(leased.lane, ports.now());
      const about = { running, read, holdsLease: holdsLaneLease, limitCustomer };
      const run = runItem(ports, leased.order, about, policy);
      const done = run.then((result) => void finished.push(result));
      inProgress.set(running.n, done);
    }
    await Promise.race(inProgress.values());
  }
}

/** Prepares the lane for the retry generation of the bulk order; the first step writes it. */
async function prepare(ports: Pick<Ports, 'bulk'>, leased: LeasedLane): Promise<LeasedLane> {
  const { order, lane } = leased;
  if (lane.generation === order.generation) return leased;
  const to = itemAt(order, lane.number, lane.cursor);
  const failed = await ports.bulk.failed(order, { from: 0, to }); // of all lanes, because their numbers interleave
  const own = failed.filter((n) => laneOf(order, n) === lane.number);
  return { ...leased, lane: prepareLane(lane, order, own) };
}

/** Reads the bulk order and the length of the lane again, unless they were read less than `FRESH_MS` ago. */
async function refresh(ports: Pick<Ports, 'bulk' | 'now'>, leased: LeasedLane): Promise<LeasedLane> {
  const nowMs = ports.now();
  if (nowMs - leased.readMs < FRESH_MS) return leased;
  const order = (await ports.bulk.read(leased.order))?.order ?? leased.order;
  const length = await ports.bulk.laneLength(order, leased.lane.number);
  return { ...leased, order, length, readMs: nowMs };
}

/** Writes the bulk order when a result affects every lane: a pause that the gateway requested, or a stop, which is sent to all lanes. */
async function applySignals(
  ports: Pick<Ports, 'bulk' | 'bulkQueue' | 'log'>,
  leased: LeasedLane,
  results: readonly ItemResult[],
): Promise<LeasedLane> {
  for (let changed = applyResults(leased.order, results); changed !== leased.order; ) {
    const stored = await ports.bulk.read(leased.order);
    if (stored?.order.generation !== leased.lane.generation) return leased; // the results are of an earlier generation: the lease is lost
    changed = applyResults(stored.order, results);
    const written = changed === stored.order ? stored : await ports.bulk.replace(changed, stored.etag);
    if (!written) continue;
    const isNewStop = isStopping(written.order) && !isStopping(stored.order);
    if (isNewStop) await dispatch(ports, written.order, 'stop');
    return { ...leased, order: written.order };
  }
  return leased;
}

/**
 * Writes the lane, conditional on its ETag; `undefined` when another worker has written it. When the response to a write
 * is lost, the storage client repeats it and gets 412: then `lastWrite` of the stored lane identifies this write.
 */
async function write(
  ports: Pick<Ports, 'bulk'>,
  leased: LeasedLane,
  lane: Lane,
  outcomes: readonly ItemOutcome[],
): Promise<LeasedLane | undefined> {
  const lastWrite = { owner: leased.owner, n: leased.writes + 1 };
  const next = { ...lane, lastWrite };
  const etag =
    (await ports.bulk.writeLane(leased.order, next, leased.etag, outcomes)) ??
    (await etagOfOwnWrite(ports, leased, lastWrite));
  if (etag === undefined) return undefined;
  for (const { state } of outcomes) record('bulkItems', 1, { [ATTRIBUTES.outcome]: state });
  return { ...leased, lane: next, etag, writes: lastWrite.n };
}

async function etagOfOwnWrite(
  ports: Pick<Ports, 'bulk'>,
  { order, lane }: LeasedLane,
  { owner, n }: NonNullable<Lane['lastWrite']>,
): Promise<string | undefined> {
  const stored = await ports.bulk.readLane(order, lane.number);
  const last = stored?.lane.lastWrite;
  return last?.owner === owner && last.n === n ? stored?.etag : undefined;
}

/**
 * Schedules the lane's next message after its release, or ends the bulk order. An item that was appended while the lane
 * was leased sent no message, so the length is read again here.
 */
async function scheduleNext(
  ports: Pick<Ports, 'bulk' | 'bulkQueue' | 'events' | 'log' | 'now'>,
  { order, lane }: LeasedLane,
): Promise<void> {
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

/** Returns a function that reads an item by number and caches the block of the last one. Throws when the item is missing. */
function itemReader(ports: Pick<Ports, 'bulk'>, order: BulkOrder) {
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
