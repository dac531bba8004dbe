/**
 * CPU time by process and of the whole machine, from the accounting of Linux in /proc. The difference is foreign load,
 * which makes a measurement worthless.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The unit of the times in /proc: 1/100 s on every architecture that Node runs on. */
const TICK_MS = 10;

/** CPU times so far, in milliseconds. */
export interface CpuTimes {
  /** By the name of the process. */
  processes: Record<string, number>;
  /** All processes of the machine, and time that a hypervisor gave to other machines. */
  machine: number;
  /** The time of the reading, by a monotonic clock. */
  atMs: number;
}

/** What happened between two readings. */
export interface CpuUse {
  tookMs: number;
  /** CPU milliseconds by process. */
  processes: Record<string, number>;
  /** The share of the machine's capacity that other processes used: 0 to 1. */
  foreign: number;
}

/** The CPU time of these processes so far; `pids` by name. */
export function readCpuTimes(pids: Readonly<Record<string, number>>): CpuTimes {
  const processes = Object.entries(pids).map(([name, pid]) => [
    name,
    processTicks(readFileSync(`/proc/${pid}/stat`, 'utf8')) * TICK_MS,
  ]);
  return {
    processes: Object.fromEntries(processes),
    machine: machineTicks(readFileSync('/proc/stat', 'utf8')) * TICK_MS,
    atMs: performance.now(),
  };
}

/** User and system time of a process and its threads, in ticks. The name in parentheses may contain spaces. */
export function processTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** User, nice, system and stolen time of all cores, in ticks. Interrupts are no process's. */
export function machineTicks(stat: string): number {
  const [user = 0, nice = 0, system = 0, , , , , stolen = 0] = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? '')
    .split(' ')
    .map(Number);
  return user + nice + system + stolen;
}

/** The use between two readings of the same processes. */
export function cpuBetween(before: CpuTimes, after: CpuTimes, cores = availableParallelism()): CpuUse {
  const tookMs = after.atMs - before.atMs;
  const processes = Object.fromEntries(
    Object.entries(after.processes).map(([name, ms]) => [name, ms - (before.processes[name] ?? 0)]),
  );
  const own = Object.values(processes).reduce((sum, ms) => sum + ms, 0);
  const foreign = (after.machine - before.machine - own) / (tookMs * cores);
  return { tookMs, processes, foreign: Math.max(0, foreign) };
}
