/**
 * What the workers of a simulation have in common: one storage, one broker, one gateway, one kernel; and what
 * the seed decides of them.
 */

import type { OrderingGateway } from '../../shared/orders/gateway.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import { DISPATCH_LIMITS, type DispatchLimits } from '../../shared/sweeper/dispatch.ts';
import type { SweepPolicy } from '../../shared/sweeper/runEntry.ts';
import type { Made } from '../support/evidence.ts';
import { type World as MemoryPorts, newWorld } from '../support/ports.ts';
import { type Random, randomOf } from '../support/random.ts';
import { DAY, HOUR, MINUTE, NOW, LIFECYCLE as SAMPLE_LIFECYCLE } from '../support/samples.ts';
import { newWitness, type Witness } from '../support/witness.ts';
import { type Chaos, type Counts, newChaos } from './chaos.ts';
import { newDesk } from './desk.ts';
import { type Kernel, newKernel } from './kernel.ts';
import type { MemoryBus } from './memoryBus.ts';
import { memoryBus } from './memoryBus.ts';
import { type MemoryPages, memoryPages } from './memoryPages.ts';

/** A cart lives for half an hour and is kept for another, so that a history sees all of it. */
export const LIFETIME_MS = 30 * MINUTE;
export const LIFECYCLE: SweepPolicy = {
  delivery: { watchdogMs: 2 * MINUTE, retentionMs: 7 * DAY },
  erasure: SAMPLE_LIFECYCLE.erasure,
  noticesMs: [10 * MINUTE, 2 * MINUTE],
  retentionMs: HOUR,
  orderRetentionMs: 365 * DAY,
  watchdogMs: 2 * MINUTE,
};
export const POLICY = {
  retry: {
    initialIntervalMs: 2_000,
    maximumIntervalMs: MINUTE,
    maximumAttempts: 5,
    scheduleToCloseMs: 20 * MINUTE,
  },
  watchdogMs: LIFECYCLE.watchdogMs,
};
const CHAOS_MS = 40 * MINUTE;

export interface World {
  kernel: Kernel;
  random: Random;
  chaos: Chaos;
  counts: Counts;
  storage: MemoryPorts;
  bus: MemoryBus;
  pages: MemoryPages;
  /** Of the sweeper; in half of the histories a few due carts are many. */
  dispatchLimits: DispatchLimits;
  gateway: OrderingGateway;
  /** What the gateway has made outside; absent with the ledger. */
  made?: Made[] | undefined;
  /** Requests that came back to the gateway sooner than it had said. */
  hurried: readonly string[];
  /** Whether the gateway throws whenever it is asked for this order. */
  isPoisonous: (requestId: string) => boolean;
  witness: Witness;
  /** Calls and messages that a worker processes. */
  busy: number;
  trace: (line: () => string) => void;
}

/** The world of a seed. */
export function worldOf(seed: number, counts: Counts, lines?: string[]): World {
  const random = randomOf(seed);
  const kernel = newKernel(NOW);
  const chaos = newChaos(random, kernel, counts, CHAOS_MS);
  const desk = newDesk({
    random,
    now: kernel.now,
    isChaos: () => kernel.now() < chaos.untilMs,
    // A claim keeps others away by the clock: it can be relied upon where clocks agree.
    isForgetful: chaos.skewMs === 0 && random.chance(0.5),
    listDelayMs: random.pick([0, 5 * MINUTE]),
    isFaulty: !chaos.isCalm,
  });
  const isOutside = random.chance(0.6);
  return {
    kernel,
    random,
    chaos,
    counts,
    storage: newWorld(NOW),
    bus: memoryBus(kernel.now),
    pages: memoryPages(kernel.now),
    dispatchLimits: random.pick([DISPATCH_LIMITS, { ...DISPATCH_LIMITS, ownEntries: 0, queuedPages: 2 }]),
    gateway: isOutside ? desk.gateway : ledgerGateway,
    made: isOutside ? desk.made : undefined,
    hurried: desk.hurried,
    isPoisonous: desk.isPoisonous,
    witness: newWitness(kernel.now),
    busy: 0,
    trace: (line) =>
      void lines?.push(`${((kernel.now() - NOW) / 1_000).toFixed(3).padStart(10)} s  ${line()}`),
  };
}
