/**
 * One history from one seed: two to four workers, a few storefronts, crashes, lost locks, lost answers, and
 * then calm until everything has come to rest. The same seed is the same history, to the letter.
 */

import type { CloudEvent } from '../../shared/events/cloudEvent.ts';
import { QUEUES, TOPICS } from '../../shared/messaging/queueNames.ts';
import { brokenAtRest, sights } from '../support/evidence.ts';
import { hurried } from '../support/pace.ts';
import { DAY, MINUTE, SECOND } from '../support/samples.ts';
import { standingEntries } from '../support/witness.ts';
import { playCaller } from './caller.ts';
import { type Counts, count } from './chaos.ts';
import { newWorker, type Worker } from './worker.ts';
import { LIFECYCLE, POLICY, type World, worldOf } from './world.ts';

/** What is wrong with the history of a seed, in words; `lines` gets its trace. */
export async function simulate(seed: number, counts: Counts, lines?: string[]): Promise<string[]> {
  const world = worldOf(seed, counts, lines);
  const { kernel, random, bus, witness, storage } = world;
  const workers = Array.from({ length: 2 + random.below(3) }, (_, n) => newWorker(world, `worker ${n}`));
  let callers = 1 + random.below(3);
  for (let n = callers; n > 0; n--) {
    void playCaller(world, workers, `${seed}.${n}`).finally(() => callers--);
  }
  const resent = deliver(world, workers);
  deliverPages(world, workers);
  tick(world, workers, () => callers > 0);
  for (let n = random.below(4); n > 0; n--)
    kernel.after(random.below(40 * MINUTE), () => crashOne(world, workers));
  if (random.chance(0.1)) kernel.after(random.below(30 * MINUTE), () => loseQueue(world));

  const isDrained = await kernel.run(kernel.now() + DAY);
  const events = eventsIn(world);
  for (const { type } of events) count(counts, type);
  for (const id of resent) count(counts, id.split('.')[2] ?? '');
  for (const what of sights(witness, POLICY.retry)) count(counts, what);
  return [
    ...(isDrained ? [] : ['it never ended']),
    ...witness.problems,
    ...(world.chaos.isCalm ? needless(resent, world) : []),
    ...hurried(witness.writes, POLICY.retry),
    ...bus.deadLetters
      .filter(({ messageId }) => !isPoisoned(world, String(messageId)))
      .map(({ messageId }) => `message ${messageId} is a dead letter`),
    ...brokenAtRest({
      ...witness,
      carts: [...witness.carts.values()].map(({ cart }) => cart),
      dueEntries: standingEntries(witness),
      orders: [...storage.orders.values()],
      made: world.made,
      events,
      nowMs: kernel.now(),
      noticesMs: world.chaos.isCalm ? LIFECYCLE.noticesMs : [],
    }),
  ];
}

/** What must not happen when every answer comes home. */
const needless = (resent: readonly string[], { hurried: requests }: World): string[] => [
  ...resent
    .filter((id) => !id.includes('.deferred.'))
    .map((id) => `nothing went wrong, and yet ${id} was sent`),
  ...requests.map((id) => `request ${id} came back to the gateway sooner than it had said`),
];

/** Whether a message is of a checkout over which the gateway throws. */
function isPoisoned({ witness, isPoisonous }: World, messageId: string): boolean {
  return witness.writes.some(
    ({ checkout }) =>
      checkout &&
      messageId.startsWith(checkout.id) &&
      checkout.groups.some(({ requestId }) => isPoisonous(requestId)),
  );
}

/**
 * Hands messages to workers as they are to be had, in any order, some with a lock that does not last. Returns
 * the ids of what was sent again for a reason, as they come.
 */
function deliver(world: World, workers: readonly Worker[]): string[] {
  const { kernel, random, chaos, bus } = world;
  const resent: string[] = [];
  const { send, abandon } = bus;
  bus.send = async (entity, message, atMs) => {
    await send(entity, message, atMs);
    const id = String(message.messageId);
    if (id.split('.').length === 4) resent.push(id);
    if (entity === QUEUES.checkout) kernel.after((atMs ?? 0) - kernel.now() + random.below(50), hand);
  };
  bus.abandon = (token) => {
    kernel.after(0, hand);
    return abandon(token);
  };
  return resent;

  function hand(): void {
    const worker = random.pick(workers.filter((one) => one.isAlive()));
    if (!worker) {
      kernel.after(SECOND, hand);
      return;
    }
    const lockMs = chaos.happens('lockLost') ? random.below(200) : MINUTE;
    const held = bus.receive(QUEUES.checkout, { lockMs, pick: random.below });
    if (!held) return;
    kernel.after(lockMs, hand);
    void worker.runMessage(held);
  }
}

/** Hands pages to workers, some with a lock that does not last. A page that is not completed is there again when its lock ends. */
function deliverPages(world: World, workers: readonly Worker[]): void {
  const { kernel, random, chaos, pages } = world;
  pages.onSent = (atMs) => kernel.after(atMs - kernel.now() + random.below(50), hand);

  function hand(): void {
    const worker = random.pick(workers.filter((one) => one.isAlive()));
    if (!worker) {
      kernel.after(SECOND, hand);
      return;
    }
    const lockMs = chaos.happens('lockLost') ? random.below(200) : MINUTE;
    const page = pages.receive(lockMs);
    if (!page) return;
    kernel.after(lockMs, hand);
    void worker.runPage(page);
  }
}

/** The timer: every half to whole minute on some worker, while there is anything to come. */
function tick(world: World, workers: readonly Worker[], areCallers: () => boolean): void {
  const { kernel, random, bus, chaos, witness } = world;
  kernel.after(MINUTE / 2 + random.below(MINUTE / 2), () => {
    // Orders outlive the history.
    const dueEntries = standingEntries(witness).filter(({ atMs }) => atMs < kernel.now() + DAY);
    if (dueEntries.some(({ atMs }) => atMs <= kernel.now() + chaos.skewMs)) {
      void random.pick(workers.filter((one) => one.isAlive()))?.sweep();
    }
    const isOver =
      dueEntries.length + world.busy === 0 && bus.nextMs(QUEUES.checkout) === undefined && !areCallers();
    if (!isOver) tick(world, workers, areCallers);
  });
}

function crashOne({ chaos, random }: World, workers: readonly Worker[]): void {
  if (chaos.happens('crash')) random.pick(workers).crash(SECOND + random.below(2 * MINUTE));
}

function loseQueue({ chaos, bus, pages, trace }: World): void {
  if (!chaos.happens('queueLost')) return;
  trace(() => 'the queue is lost');
  bus.clear(QUEUES.checkout);
  pages.clear();
}

function eventsIn({ bus }: World): CloudEvent[] {
  const events: CloudEvent[] = [];
  for (let held = bus.receive(TOPICS.cartEvents); held; held = bus.receive(TOPICS.cartEvents)) {
    events.push(held.message.body as CloudEvent);
  }
  return events;
}
