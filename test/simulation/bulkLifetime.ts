/**
 * One random history of several bulk orders over months, from one seed and in memory: lists that are edited and submitted
 * again, retries after the carts have expired and after their retention, storage that rejects order rows, crashes, and
 * writes whose response is lost and whose repeat gets 412. Then a calm period until everything has ended. Returns a
 * description of every violated invariant.
 */
import type { BulkItem, BulkKey } from '../../shared/bulk/bulkOrder.ts';
import { isLaneMessage } from '../../shared/bulk/bulkPorts.ts';
import { retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import type { OutgoingMessage } from '../../shared/bulk/laneMessage.ts';
import { dispatchLanes } from '../../shared/bulk/lifecycle.ts';
import { runLane } from '../../shared/bulk/processLane.ts';
import { submitBulkOrder } from '../../shared/bulk/submitBulkOrder.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import { uuidV8 } from '../../shared/ids.ts';
import type { Ports } from '../../shared/ports.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { ATTEMPT_POLICY, POLICY } from '../bulk/submitting.ts';
import { intercept, unanswered } from '../support/intercept.ts';
import type { Sent } from '../support/ports.ts';
import { type Random, randomOf } from '../support/random.ts';
import { CREATE, DAY, HOUR, KEY, LIFECYCLE, line, MINUTE, SECOND, TWO_GROUPS } from '../support/samples.ts';
import type { Occurrences } from './bulkHistory.ts';
import { brokenOrders, type Submission, unfinished } from './lifetimeJudge.ts';
import { type LifetimeWorld, lifetimeWorld } from './lifetimeWorld.ts';

const STEPS = 40;
const CALM_MINUTES = 60;
const MAX_BULK_ORDERS = 5;
const REFERENCES = ['a', 'b', 'c'];
const CONTENTS = [[line()], TWO_GROUPS, [line({ quantity: 7 })]];
/** How far time moves in a step, in milliseconds: within an order, past the expiry of carts, past their retention. */
const PASSES = [
  SECOND,
  MINUTE,
  HOUR,
  DAY,
  CREATE.lifetimeMs + DAY,
  LIFECYCLE.retentionMs - DAY,
  LIFECYCLE.retentionMs + DAY,
];
/** A quiet history has only writes whose response is lost and whose repeat gets 412: nothing has to wait in it. */
const QUIET_CHANCE = 0.3;
const ODDS = { crashed: 0.01, throttled: 0.02, responseLost: 0.02, repeatedWrite: 0.05 };
const QUIET_ODDS: typeof ODDS = { crashed: 0, throttled: 0, responseLost: 0, repeatedWrite: 0.3 };
/** Writes that carry an ETag. */
const CONDITIONAL = ['carts.replace', 'carts.commit', 'bulk.replace', 'bulk.writeLane'];
/** How long a message may wait in a quiet history, in milliseconds: less than any lease and watchdog. */
const SOON_MS = 20 * SECOND;

/** Runs the history of a seed and returns the violated invariants; `occurrences` counts what happened in it. */
export async function lifetimeOf(seed: number, occurrences: Occurrences): Promise<string[]> {
  const random = randomOf(seed);
  const count = (what: string) => void occurrences.set(what, (occurrences.get(what) ?? 0) + 1);
  const isQuiet = random.chance(QUIET_CHANCE);
  if (isQuiet) count('quiet');
  let odds = isQuiet ? QUIET_ODDS : ODDS;
  const world = lifetimeWorld(random, count);
  const submissions: Submission[] = [];

  /** Runs `work` in a process whose effects can fail; false when it crashed or threw. */
  async function run(work: (ports: Ports) => Promise<unknown>): Promise<boolean> {
    const { promise: crash, resolve: reportCrash } = Promise.withResolvers<boolean>();
    let hasCrashed = false;
    const occurs = (what: keyof typeof ODDS) => {
      const hit = random.chance(odds[what]);
      if (hit) count(what);
      return hit;
    };
    const crashNow = () => {
      hasCrashed = true;
      reportCrash(false);
      return new Promise<never>(() => undefined);
    };
    const ports = intercept(world.watched, async (effect, go) => {
      if (hasCrashed || occurs('crashed')) return crashNow();
      if (effect.name !== 'gateway.place' && occurs('throttled')) return unanswered(effect);
      const first = await go();
      const isRepeated = CONDITIONAL.includes(effect.name) && occurs('repeatedWrite');
      const response = isRepeated ? await go() : first;
      if (occurs('crashed')) return crashNow();
      return occurs('responseLost') ? unanswered(effect) : response;
    });
    const done = work(ports).then(
      () => true,
      () => false,
    );
    return Promise.race([done, crash]);
  }

  async function submit(): Promise<void> {
    const submission = newSubmission(random, submissions.length);
    submissions.push(submission);
    count(
      submission.repeats === 'skip' && submissions.some((one) => one !== submission && one.repeats === 'skip')
        ? 'resubmitted'
        : 'submitted',
    );
    const context = { watchdogMs: LIFECYCLE.watchdogMs, inFlight: 2, modifiedBy: CREATE.modifiedBy, uuidV8 };
    const { key, ...draft } = submission;
    for (let isStored = false; !isStored; ) {
      isStored = await run((ports) =>
        submitBulkOrder(ports, key, { ...draft, errorPolicy: 'continue', rejected: [] }, context).then(
          (stored) => {
            if ('error' in stored) throw new Error(stored.error.description);
          },
        ),
      );
    }
  }

  async function retry(): Promise<void> {
    const { key } = random.pick(submissions);
    const { endedMs } = (await world.ports.bulk.read(key))?.order ?? {};
    if (endedMs === undefined) return;
    if (world.nowMs > endedMs + CREATE.lifetimeMs) count('retriedAfterExpiry');
    const [first] = world.made.filter(({ bulkOrderId }) => bulkOrderId === key.bulkOrderId);
    if (first && world.nowMs > first.atMs + CREATE.lifetimeMs + LIFECYCLE.retentionMs)
      count('retriedAfterRetention');
    await run((ports) => retryBulkOrder(ports, key, ['failed'], LIFECYCLE));
  }

  /** Processes the messages that are due, and in a quiet history those that follow soon, which must end every bulk order. */
  async function deliver(): Promise<void> {
    for (let messages = 0; messages < 200; messages++) {
      const next = nextMessage(world, isQuiet ? SOON_MS : 0);
      if (!next) break;
      world.nowMs = Math.max(world.nowMs, next.atMs ?? 0);
      if (await run(workerOf(next))) remove(world, next);
      else if (!isQuiet) break; // the lock of the message ends in a while
    }
    if (!isQuiet) return;
    const late = (await unfinished(world, submissions)).filter((what) => !world.problems.has(what));
    for (const what of late) world.problems.add(`nothing failed, and ${what} after its messages`);
  }

  for (let step = 0; step < STEPS; step++) {
    const roll = random.next();
    if (submissions.length === 0 || (roll < 0.15 && submissions.length < MAX_BULK_ORDERS)) {
      await submit();
      if (isQuiet) await deliver();
    } else if (roll < 0.3) {
      await retry();
      if (isQuiet) await deliver();
    } else if (roll < 0.5) {
      world.nowMs += random.pick(PASSES);
      for (let n = random.below(3); n > 0; n--) await run((ports) => sweep(ports, LIFECYCLE));
    } else await deliver();
  }
  odds = { ...QUIET_ODDS, repeatedWrite: 0 };
  for (let n = 0; n < CALM_MINUTES; n++) {
    world.nowMs += MINUTE;
    await run((ports) => sweep(ports, LIFECYCLE));
    await deliver();
  }
  return [
    ...world.problems,
    ...(await unfinished(world, submissions)),
    ...(await brokenOrders(world, submissions, { isQuiet })),
  ];
}

/** A list as an order desk edits it: some of the references, each with one of a few contents. */
function newSubmission(random: Random, number: number): Submission {
  const key: BulkKey = { tenant: KEY.tenant, bulkOrderId: uuidV8('bulk order', String(number)) };
  const repeats = random.chance(0.75) ? 'skip' : 'order';
  const label = repeats === 'skip' && random.chance(0.25) ? 'May' : undefined;
  const references = REFERENCES.filter(() => random.chance(0.7));
  const items = (references.length > 0 ? references : REFERENCES).map((reference, index): BulkItem => {
    const lineItems = random.pick(random.chance(0.8) ? CONTENTS.slice(0, 2) : CONTENTS);
    const cartId = uuidV8('bulkItem', key.bulkOrderId, reference);
    return { index, reference, customer: KEY.customer, cartId, draft: { lineItems } };
  });
  return { key, repeats, label, items };
}

type Message = Sent | OutgoingMessage;

/** The message that is due first, if it is due within `withinMs`. */
function nextMessage({ bulkSent, sent, nowMs }: LifetimeWorld, withinMs: number): Message | undefined {
  const due = [...bulkSent, ...sent].filter(({ atMs }) => (atMs ?? 0) <= nowMs + withinMs);
  return due.sort((one, other) => (one.atMs ?? 0) - (other.atMs ?? 0))[0];
}

function remove(world: LifetimeWorld, message: Message): void {
  world.bulkSent = world.bulkSent.filter((other) => other !== message);
  world.sent = world.sent.filter((other) => other !== message);
}

function workerOf({ message }: Message): (ports: Ports) => Promise<unknown> {
  if ('checkoutId' in message) return (ports) => runAttempt(ports, message, ATTEMPT_POLICY);
  return (ports) =>
    isLaneMessage(message) ? runLane(ports, message, POLICY) : dispatchLanes(ports, message);
}
