/**
 * One history of a bulk order from one seed, in memory: workers that overtake each other, fall asleep past the end
 * of their claim, die and get no answers, while somebody cancels it and has it done again; then calm until it has
 * ended. It says what is wrong, in words.
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
import { ATTEMPT_POLICY, arrive, BULK, POLICY, submitted } from '../bulk/submitting.ts';
import { type Around, intercept, unanswered } from '../support/intercept.ts';
import { newWorld, type Sent, type World } from '../support/ports.ts';
import { type Random, randomOf } from '../support/random.ts';
import { LIFECYCLE, MINUTE, NOW, REFUSAL, SECOND, TROUBLE } from '../support/samples.ts';
import { brokenAtRest, brokenNow, isDrained, lostItems } from './bulkJudge.ts';

const STEPS = 60;
const CALM_MINUTES = 90;
/** How many orders are refused, by turns; most of them, so that there is much to be done again. */
const REFUSED = [0.1, 0.7];
const PAUSED: GroupOutcome = {
  kind: 'deferred',
  problem: TROUBLE,
  ambiguous: false,
  waitMs: 20 * SECOND,
  by: 'pause',
};
/** How far the clock of a process may stand from the world's. */
const SKEW_MS = 900;
const ODDS = { paused: 0.05, died: 0.01, throttled: 0.02, answerLost: 0.02, asleep: 0.02 };

export type Met = Map<string, number>;

/** What is wrong with the history of a seed; `met` counts what has happened in it. */
export async function historyOf(seed: number, met: Met): Promise<string[]> {
  const random = randomOf(seed);
  const count = (what: string) => void met.set(what, (met.get(what) ?? 0) + 1);
  const odds = { ...ODDS, refused: random.pick(REFUSED) };
  const strikes = (what: keyof typeof odds) => {
    const hit = random.chance(odds[what]);
    if (hit) count(what);
    return hit;
  };
  const items = 1 + random.below(12);
  const inFlight = random.pick([1, 2, 4, 8]);
  const errorPolicy = random.pick(['continue', 'continue', 'stopOnFirstError'] as const);
  if (errorPolicy === 'stopOnFirstError') count('stopOnFirstError');
  const gateway = fickle(strikes);
  const isList = random.chance(0.7);
  const world = isList ? await submitted({ gateway, items, inFlight, errorPolicy }) : newWorld(NOW, gateway);
  /** Items on the queue, by position; one that was taken in, or refused, is gone from it. */
  const arriving = isList ? [] : Array.from({ length: items }, (_, index) => index);
  const takenIn = new Set<number>();
  const problems = new Set<string>();
  const processes: Promise<unknown>[] = [];
  let isCalm = false;

  /** Does something in a process of its own, whose effects take their time and fail. */
  function start(work: (ports: Ports) => Promise<unknown>): void {
    const { promise: death, resolve: die } = Promise.withResolvers<void>();
    const skewMs = random.below(2 * SKEW_MS) - SKEW_MS;
    let isDead = false;
    const kill = () => {
      isDead = true;
      die();
      return new Promise<never>(() => undefined);
    };
    const around: Around = async (effect, run) => {
      for (let turns = random.below(6); turns > 0; turns--) await turn();
      if (isDead || (!isCalm && strikes('died'))) return kill();
      if (!isCalm && strikes('asleep')) world.nowMs += random.below(2 * MINUTE);
      const isPlaced = effect.name === 'gateway.place';
      if (!isCalm && !isPlaced && strikes('throttled')) return unanswered(effect);
      const answer = await run();
      for (const problem of await brokenNow(world, isList ? items : undefined))
        problems.add(`${problem} after ${effect.name}`);
      if (!isCalm && strikes('died')) return kill();
      return !isCalm && strikes('answerLost') ? unanswered(effect) : answer;
    };
    processes.push(
      Promise.race([
        work({ ...intercept(world.ports, around), now: () => world.nowMs + skewMs }).catch(() => undefined),
        death,
      ]),
    );
  }

  /** Hands the item of a message to a worker; the message goes when the worker is done with it. */
  function takeIn(index: number): void {
    start(async (ports) => {
      const { kind } = await arrive({ ports }, index);
      if (kind === 'later') return;
      count(`item ${kind}`);
      if (kind === 'taken') takenIn.add(index);
      if (arriving.includes(index)) arriving.splice(arriving.indexOf(index), 1);
    });
  }

  for (let step = 0; step < STEPS; step++) {
    if (arriving.length > 0 && random.chance(0.3)) takeIn(random.pick(arriving));
    else disturb(world, random, start, count);
    for (let turns = random.below(20); turns > 0; turns--) await turn();
  }
  await Promise.all(processes);
  isCalm = true;
  for (let n = 0; n < CALM_MINUTES && (arriving.length > 0 || !(await isDrained(world))); n++) {
    world.nowMs += MINUTE;
    for (const index of [...arriving]) takeIn(index);
    start((ports) => sweep(ports, LIFECYCLE));
    while (due(world).length > 0) start(takeMessage(world, random));
    await Promise.all(processes.splice(0));
  }
  return [...problems, ...(await brokenAtRest(world)), ...(await lostItems(world, takenIn))];
}

/** Refuses some orders, and asks for a pause before some. */
function fickle(strikes: (what: 'refused' | 'paused') => boolean): OrderingGateway {
  return {
    async place(placement) {
      if (strikes('refused')) return { kind: 'refused', problem: REFUSAL };
      if (strikes('paused')) return PAUSED;
      return ledgerGateway.place(placement);
    },
  };
}

/** One of the things that may happen at any time. */
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

/** The messages that may be handed to a worker. */
const due = ({ bulkSent, sent, nowMs }: World) =>
  [...bulkSent, ...sent].filter(({ atMs }) => (atMs ?? 0) <= nowMs);

/** Takes a message out of its queue, or leaves it there to come once more. */
function takeMessage(world: World, random: Random): (ports: Ports) => Promise<unknown> {
  const taken: { message: Sent['message'] | OutgoingMessage['message'] } = random.pick(due(world));
  if (random.chance(0.9)) {
    world.bulkSent = world.bulkSent.filter((other) => other !== taken);
    world.sent = world.sent.filter((other) => other !== taken);
  }
  const { message } = taken;
  if ('checkoutId' in message) return (ports) => runAttempt(ports, message, ATTEMPT_POLICY);
  return (ports) =>
    isLaneMessage(message) ? runLane(ports, message, POLICY) : dispatchLanes(ports, message);
}
