/**
 * Kills processes one after the other at random moments, each as soon as the one before is up again and a storefront has
 * received a response. Records what each kill interrupted. Now and then it suspends the host, as on a machine that pauses.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { eventually, type Running } from '../e2e/running.ts';
import { type Random, shuffled } from '../support/random.ts';
import type { DeskFaults } from './deskFaults.ts';
import type { Load } from './load.ts';

export type Target = 'host' | 'azurite' | 'broker';
export type Plan = Record<Target, number>;

export interface Kill {
  target: Target;
  /** When the process had ended, epoch milliseconds. */
  atMs: number;
  pid: number;
  nextPid: number;
  /** How many requests were in flight. */
  requests: number;
  /** How many messages were locked. */
  messages: number;
}

/** Most moments come soon, some late. */
const LONGEST_PAUSE_MS = 1_200;
/** Longer than the lock of a message and the watchdog's time. */
const STALL_MS = 5_000;
const KILLS_PER_STALL = 10;
/** On a slow machine most hosts are killed before their first checkout; the wait ensures that some are not. */
const KILLS_PER_FAULT = 3;

/**
 * Carries out every kill of the plan; stops early when a storefront has received a wrong response. With a desk, every third
 * kill waits until an order has met another of its faults.
 */
export async function killAll(
  service: Running,
  load: Load,
  plan: Plan,
  { random, desk }: { random: Random; desk?: DeskFaults | undefined },
): Promise<Kill[]> {
  const messagesHeld = async () => (await service.broker.counts(QUEUES.checkout)).locked;
  const kills: Kill[] = [];
  // Messages that dead workers hold until their locks end; some may have ended since they were counted.
  let orphaned = 0;
  for (const target of sequence(plan, random)) {
    await responseReceived(load);
    if (load.problems.length > 0) break;
    if (kills.length % KILLS_PER_FAULT === 0) await desk?.next();
    await sleep(LONGEST_PAUSE_MS * random.next() ** 2);
    const { pid } = processOf(service, target);
    const before = await messagesHeld();
    const requests = load.traffic.inFlight;
    // Azurite alone is terminated by SIGTERM: it saves its tables then and every five seconds, not when it is killed.
    await service.kill(target, target === 'azurite' ? 'SIGTERM' : 'SIGKILL');
    const atMs = Date.now();
    const held = target === 'host' ? await messagesHeld() : before;
    await service.up(target);
    const messages = Math.max(0, held - orphaned);
    kills.push({ target, atMs, pid, nextPid: processOf(service, target).pid, requests, messages });
    if (target === 'host') orphaned = held;
    if (target === 'broker') orphaned = 0;
    if (kills.length % KILLS_PER_STALL === 0) {
      await responseReceived(load);
      await stall(service);
    }
  }
  return kills;
}

/** How often the host stood still after so many kills. */
export const stallsOf = ({ length }: readonly Kill[]): number => Math.floor(length / KILLS_PER_STALL);

/** Suspends the host, and resumes it after a while. */
export async function stall(service: Running): Promise<void> {
  const { pid } = processOf(service, 'host');
  process.kill(pid, 'SIGSTOP');
  await sleep(STALL_MS);
  process.kill(pid, 'SIGCONT');
}

/** Targets in a random order; the last third is the host alone, so that some checkouts end after the broker has lost its last event. */
function sequence({ host, azurite, broker }: Plan, random: Random): Target[] {
  const last = Math.floor(host / 3);
  const targets = [
    ...Array<Target>(host - last).fill('host'),
    ...Array<Target>(azurite).fill('azurite'),
    ...Array<Target>(broker).fill('broker'),
  ];
  return [...shuffled(targets, random), ...Array<Target>(last).fill('host')];
}

async function responseReceived({ traffic, problems }: Load): Promise<void> {
  const { answered } = traffic;
  await eventually(async () => traffic.answered > answered || problems.length > 0, 60_000);
}

const processOf = ({ processes }: Running, target: Target) => processes[target] ?? { pid: 0 };
