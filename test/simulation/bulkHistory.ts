/**
 * One random history of a bulk order, from one seed and in memory: concurrent workers that stall past the end of their
 * lease, crash and lose responses, while the bulk order is cancelled and retried; then a calm period until it has ended.
 * Returns a description of every violated invariant.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { isLaneMessage } from '../../shared/bulk/bulkPorts.ts';
import { cancelBulkOrder, retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import type { OutgoingMessage } from '../../shared/bulk/laneMessage.ts';
import { dispatchLanes } from '../../shared/bulk/lifecycle.ts';
import { runLane } from '../../shared/bulk/processLane.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import type { GroupOutcome, OrderingGateway } from '../../shared/orders/gateway.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import type { Ports } from '../../shared/ports.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { ATTEMPT_POLICY, BULK, ingestItemAt, POLICY, submitted } from '../bulk/submitting.ts';
import { type Around, intercept, unanswered } from '../support/intercept.ts';
import { newWorld, type Sent, type World } from '../support/ports.ts';
import { type Random, randomOf } from '../support/random.ts';
import { LIFECYCLE, MINUTE, NOW, REFUSAL, SECOND, TROUBLE } from '../support/samples.ts';
import { brokenAtRest, brokenNow, isDrained, lostItems } from './bulkJudge.ts';

const STEPS = 60;
const CALM_MINUTES = 90;
/** The shares of orders that are rejected; a history uses one. A high share gives retries many items. */
const REFUSED = [0.1, 0.7];
const PAUSED: GroupOutcome = {
  kind: 'deferred',
  problem: TROUBLE,
  ambiguous: false,
  waitMs: 20 * SECOND,
  by: 'pause',
};
/** The maximum clock skew of a process, in milliseconds. */
const SKEW_MS = 900;
const ODDS = { paused: 0.05, crashed: 0.01, throttled: 0.02, responseLost: 0.02, asleep: 0.02 };

export type Occurrences = Map<string, number>;

/** Runs the history of a seed and returns the violated invariants; `occurrences` counts what happened in it. */
export async function historyOf(seed: number, occurrences: Occurrences): Promise<string[]> {
  const random = randomOf(seed);
  const count = (what: string) => void occurrences.set(what, (occurrences.get(what) ?? 0) + 1);
  const odds = { ...ODDS, refused: random.pick(REFUSED) };
  const occurs = (what: keyof typeof odds) => {
    const hit = random.chance(odds[what]);
    if (hit) count(what);
    return hit;
  };
  const items = 1 + random.below(12);
  const inFlight = random.pick([1, 2, 4, 8]);
  const errorPolicy = random.pick(['continue', 'continue', 'stopOnFirstError'] as const);
  if (errorPolicy === 'stopOnFirstError') count('stopOnFirstError');
  const gateway = unreliableGateway(occurs);
  const isList = random.chance(0.7);
  const world = isList ? await submitted({ gateway, items, inFlight, errorPolicy }) : newWorld(NOW, gateway);
  /** Indices of the items in the queue; an item that was ingested or refused is removed. */
  const queued = isList ? [] : Array.from({ length: items }, (_, index) => index);
  const ingested = new Set<number>();
  const problems = new Set<string>();
  const processes: Promise<unknown>[] = [];
  let isCalm = false;

  /** Runs `work` in a separate process, whose effects are delayed and can fail. */
  function start(work: (ports: Ports) => Promise<unknown>): void {
    const { promise: crash, resolve: reportCrash } = Promise.withResolvers<void>();
    const skewMs = random.below(2 * SKEW_MS) - SKEW_MS;
    let hasCrashed = false;
    const crashNow = () => {
      hasCrashed = true;
      reportCrash();
      return new Promise<never>(() => undefined);
    };
    const around: Around = async (effect, run) => {
      for (let turns = random.below(6); turns > 0; turns--) await turn();
      if (hasCrashed || (!isCalm && occurs('crashed'))) return crashNow();
      if (!isCalm && occurs('asleep')) world.nowMs += random.below(2 * MINUTE);
      const isPlaced = effect.name === 'gateway.place';
      if (!isCalm && !isPlaced && occurs('throttled')) return unanswered(effect);
      const response = await run();
      for (const problem of await brokenNow(world, isList ? items : undefined))
        problems.add(`${problem} after ${effect.name}`);
      if (!isCalm && occurs('crashed')) return crashNow();
      return !isCalm && occurs('responseLost') ? unanswered(effect) : response;
    };
    processes.push(
      Promise.race([
        work({ ...intercept(world.ports, around), now: () => world.nowMs + skewMs }).catch(() => undefined),
        crash,
      ]),
    );
  }

  /** Starts a worker for a queued item; its message is removed when the worker completes it. */
  function ingest(index: number): void {
    start(async (ports) => {
      const { kind } = await ingestItemAt({ ports }, index);
      if (kind === 'later') return;
      count(`item ${kind}`);
      if (kind === 'taken') ingested.add(index);
      if (queued.includes(index)) queued.splice(queued.indexOf(index), 1);
    });
  }

  for (let step = 0; step < STEPS; step++) {
    if (queued.length > 0 && random.chance(0.3)) ingest(random.pick(queued));
    else disturb(world, random, start, count);
    for (let turns = random.below(20); turns > 0; turns--) await turn();
  }
  await Promise.all(processes);
  isCalm = true;
  for (let n = 0; n < CALM_MINUTES && (queued.length > 0 || !(await isDrained(world))); n++) {
    world.nowMs += MINUTE;
    for (const index of [...queued]) ingest(index);
    start((ports) => sweep(ports, LIFECYCLE));
    while (due(world).length > 0) start(takeMessage(world, random));
    await Promise.all(processes.splice(0));
  }
  return [...problems, ...(await brokenAtRest(world)), ...(await lostItems(world, ingested))];
}

/** A gateway that rejects some orders and requests a pause for others. */
function unreliableGateway(occurs: (what: 'refused' | 'paused') => boolean): OrderingGateway {
  return {
    async place(placement) {
      if (occurs('refused')) return { kind: 'refused', problem: REFUSAL };
      if (occurs('paused')) return PAUSED;
      return ledgerGateway.place(placement);
    },
  };
}

/** Does one random action: cancel, retry, time passes, a sweep, or the delivery of a message. */
function disturb(
  world: World,
  random: Random,
  start: (work: (ports: Ports) => Promise<unknown>) => void,
  count: (what: string) => void,
): void {
  const roll = random.next();
  if (roll < 0.06) {
    count('cancel');
    start((ports) => cancelBulkOrder(ports, BULK));
  } else if (roll < 0.16) {
    count('retry');
    const states = random.pick([['failed'], ['cancelled'], ['failed', 'cancelled']] as const);
    start((ports) => retryBulkOrder(ports, BULK, states, LIFECYCLE));
  } else if (roll < 0.28) {
    world.nowMs += random.below(MINUTE);
  } else if (roll < 0.36) {
    start((ports) => sweep(ports, LIFECYCLE));
  } else if (due(world).length > 0) {
    start(takeMessage(world, random));
  } else {
    world.nowMs += SECOND;
  }
}

/** The messages that are due. */
const due = ({ bulkSent, sent, nowMs }: World) =>
  [...bulkSent, ...sent].filter(({ atMs }) => (atMs ?? 0) <= nowMs);

/** Picks a due message and returns its worker. In one case of ten the message stays in the queue, as after a lost settlement. */
function takeMessage(world: World, random: Random): (ports: Ports) => Promise<unknown> {
  const picked: { message: Sent['message'] | OutgoingMessage['message'] } = random.pick(due(world));
  if (random.chance(0.9)) {
    world.bulkSent = world.bulkSent.filter((other) => other !== picked);
    world.sent = world.sent.filter((other) => other !== picked);
  }
  const { message } = picked;
  // All items are of one customer: half of the workers run one item of it at a time.
  const policy = random.chance(0.5) ? { ...POLICY, inFlightOfCustomer: 1 } : POLICY;
  if ('checkoutId' in message) return (ports) => runAttempt(ports, message, ATTEMPT_POLICY);
  return (ports) =>
    isLaneMessage(message) ? runLane(ports, message, policy) : dispatchLanes(ports, message);
}
