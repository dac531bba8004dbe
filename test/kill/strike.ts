/**
 * The blows: processes killed one after the other at random moments, each as soon as the last one is up again
 * and somebody has been served. Of every blow it is noted what it struck. Now and then the host stands still for a
 * while, as it does on a machine that pauses.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { eventually, type Running } from '../e2e/running.ts';
import { type Random, shuffled } from '../support/random.ts';
import type { Load } from './load.ts';
import type { Moody } from './moods.ts';

export type Victim = 'host' | 'azurite' | 'broker';
export type Plan = Record<Victim, number>;

export interface Blow {
  victim: Victim;
  /** When the process had ended, epoch milliseconds. */
  atMs: number;
  pid: number;
  nextPid: number;
  /** How many requests were under way. */
  requests: number;
  /** How many checkout messages the process was at work on. */
  messages: number;
}

/** Most moments come soon, some late. */
const LONGEST_PAUSE_MS = 1_200;
/** Longer than the lock of a message and the watchdog's time. */
const STALL_MS = 5_000;
const BLOWS_A_STALL = 10;
/** On a slow machine most lives of the host end before its first checkout; the wait makes sure of some that do not. */
const BLOWS_A_MOOD = 3;

/**
 * Deals every blow of the plan; stops early when a storefront has received a wrong response. With a desk, every third blow waits until the desk has been met in another mood.
 */
export async function strikeAll(
  service: Running,
  load: Load,
  plan: Plan,
  { random, desk }: { random: Random; desk?: Moody | undefined },
): Promise<Blow[]> {
  const messagesHeld = async () => (await service.broker.counts(QUEUES.checkout)).locked;
  const blows: Blow[] = [];
  // Messages that dead workers hold until their locks end; some may have ended since they were counted.
  let orphaned = 0;
  for (const victim of sequence(plan, random)) {
    await somebodyIsServed(load);
    if (load.problems.length > 0) break;
    if (blows.length % BLOWS_A_MOOD === 0) await desk?.next();
    await sleep(LONGEST_PAUSE_MS * random.next() ** 2);
    const { pid } = processOf(service, victim);
    const before = await messagesHeld();
    const requests = load.traffic.inFlight;
    // Azurite alone is asked to end: it writes its tables out then and every five seconds, not when it is killed.
    await service.kill(victim, victim === 'azurite' ? 'SIGTERM' : 'SIGKILL');
    const atMs = Date.now();
    const held = victim === 'host' ? await messagesHeld() : before;
    await service.up(victim);
    const messages = Math.max(0, held - orphaned);
    blows.push({ victim, atMs, pid, nextPid: processOf(service, victim).pid, requests, messages });
    if (victim === 'host') orphaned = held;
    if (victim === 'broker') orphaned = 0;
    if (blows.length % BLOWS_A_STALL === 0) {
      await somebodyIsServed(load);
      await stall(service);
    }
  }
  return blows;
}

/** How often the host stood still after so many blows. */
export const stallsOf = ({ length }: readonly Blow[]): number => Math.floor(length / BLOWS_A_STALL);

/** The host stands still, and goes on as if no time had passed. */
export async function stall(service: Running): Promise<void> {
  const { pid } = processOf(service, 'host');
  process.kill(pid, 'SIGSTOP');
  await sleep(STALL_MS);
  process.kill(pid, 'SIGCONT');
}

/** Victims in a random order; the last third is the host alone, so that somebody ends after the broker has lost its last event. */
function sequence({ host, azurite, broker }: Plan, random: Random): Victim[] {
  const last = Math.floor(host / 3);
  const victims = [
    ...Array<Victim>(host - last).fill('host'),
    ...Array<Victim>(azurite).fill('azurite'),
    ...Array<Victim>(broker).fill('broker'),
  ];
  return [...shuffled(victims, random), ...Array<Victim>(last).fill('host')];
}

async function somebodyIsServed({ traffic, problems }: Load): Promise<void> {
  const { answered } = traffic;
  await eventually(async () => traffic.answered > answered || problems.length > 0, 60_000);
}

const processOf = ({ processes }: Running, victim: Victim) => processes[victim] ?? { pid: 0 };
