/**
 * A worker: an instance of the service with a separate clock, which serves calls, runs messages and sweeps,
 * dies at any time and is there again later, knowing nothing.
 */
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import { readCheckoutMessage } from '../../shared/messaging/envelope.ts';
import { checkoutQueue, eventTopic, parkedQueue } from '../../shared/messaging/publishers.ts';
import type { Ports } from '../../shared/ports.ts';
import { openGuards, sweep, sweepPage } from '../../shared/sweeper/sweep.ts';
import { intercept } from '../support/intercept.ts';
import type { Effect } from '../support/ports.ts';
import { count } from './chaos.ts';
import { lineOf } from './lineOf.ts';
import type { Held } from './memoryBus.ts';
import type { MemoryPage } from './memoryPages.ts';
import { LIFECYCLE, POLICY, type World } from './world.ts';

export interface Worker {
  name: string;
  isAlive(): boolean;
  /** Serves something; `undefined` when it died over it. */
  serve<Answer>(work: (ports: Ports) => Promise<Answer>): Promise<{ answer: Answer } | undefined>;
  /** Runs a message as the host does: completes it, or abandons it when the function throws. */
  runMessage(held: Held): Promise<void>;
  sweep(): Promise<void>;
  /** Processes a page as the host does: completes it unless the function throws. */
  runPage(page: MemoryPage): Promise<void>;
  /** Dies, and is there again after so many milliseconds. */
  crash(awayMs: number): void;
}

interface Life {
  isOver: boolean;
  end: () => void;
  ended: Promise<void>;
}

/** How many effects of what is being served are under way. */
interface Open {
  effects: number;
}

/** A worker of a world. */
export function newWorker(world: World, name: string): Worker {
  const { kernel, random, chaos, bus, trace } = world;
  const skewMs = random.below(2 * chaos.skewMs + 1) - chaos.skewMs;
  let life = newLife();

  const worker: Worker = {
    name,
    isAlive: () => !life.isOver,
    async serve(work) {
      const mine = life;
      world.busy++;
      const open: Open = { effects: 0 };
      try {
        const answered = work(portsOf(mine, open)).then((answer) => ({ answer }));
        const served = await Promise.race([answered, mine.ended.then(() => undefined)]);
        if (served && open.effects > 0) world.witness.problems.push(`${name} answered before it was done`);
        return served;
      } finally {
        world.busy--;
      }
    },
    async runMessage({ message, token }) {
      const read = readCheckoutMessage(message.body);
      if (!('message' in read)) throw new Error('The queue holds something else.');
      trace(() => `${name} runs ${message.messageId}`);
      const run = async (ports: Ports) =>
        runAttempt(ports, read.message, POLICY).then(
          () => true,
          () => false,
        );
      const served = await worker.serve(run);
      if (!served) return;
      const settled = served.answer ? completed(token) : bus.abandon(token);
      trace(() => `${name} ${served.answer ? 'completes' : 'abandons'} ${message.messageId}: ${settled}`);
    },
    async sweep() {
      await worker.serve((ports) => sweep(ports, LIFECYCLE, world.dispatchLimits).catch(() => undefined));
    },
    async runPage(page) {
      trace(() => `${name} works on page ${page.id}`);
      const run = (ports: Ports) =>
        sweepPage(ports, page, LIFECYCLE, openGuards(ports.now)).then(
          () => true,
          () => false,
        );
      const served = await worker.serve(run);
      if (!served?.answer) return; // its lock ends
      count(world.counts, 'page');
      if (!chaos.happens('completionLost')) world.pages.complete(page);
    },
    crash(awayMs) {
      if (life.isOver) return;
      trace(() => `${name} crashes`);
      life.isOver = true;
      life.end();
      kernel.after(awayMs, () => {
        life = newLife();
        trace(() => `${name} is there again`);
      });
    },
  };
  return worker;

  function noteHeld(_: string, { deferred = [] }: Record<string, unknown> = {}): void {
    for (const by of deferred as string[]) count(world.counts, `deferred by ${by}`);
  }

  function completed(token: number): boolean {
    return !chaos.happens('completionLost') && bus.complete(token);
  }

  function portsOf(mine: Life, open: Open): Ports {
    const ports: Ports = {
      ...world.storage.ports,
      checkouts: checkoutQueue(bus),
      pageQueue: { send: world.pages.send, queued: world.pages.queued },
      parked: parkedQueue(bus),
      events: eventTopic(bus),
      gateway: world.gateway,
      now: () => kernel.now() + skewMs,
      random: random.next,
      newId: () => `${random.below(2 ** 30)}-${random.below(2 ** 30)}`,
      sleep: (ms) => kernel.wait(ms),
      log: {
        info: noteHeld,
        warn: (what) => trace(() => `${name} warns: ${what}`),
        error: (what) => trace(() => `${name} reports: ${what}`),
      },
    };
    return intercept(intercept(ports, world.witness.around), async (effect, run) => {
      open.effects++;
      try {
        return await around(mine, effect, run);
      } finally {
        open.effects--;
      }
    });
  }

  /** On the way there, done at one moment, on the way back; a worker that has died receives nothing. */
  async function around(mine: Life, effect: Effect, run: () => Promise<unknown>): Promise<unknown> {
    if (mine.isOver) return never();
    await kernel.wait(chaos.latencyMs(effect));
    if (mine.isOver && random.chance(0.5)) return never();
    const answer = await chaos.carryOut(effect, run);
    trace(() => `${name} ${lineOf(effect, answer)}`);
    await kernel.wait(chaos.latencyMs(effect));
    return mine.isOver ? never() : answer();
  }
}

function newLife(): Life {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  return { isOver: false, end, ended };
}

const never = () => new Promise<never>(() => undefined);
