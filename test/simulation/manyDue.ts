/**
 * Many carts that fall due within a time, on a virtual clock: the timer decides every minute with the decisions of the
 * service what it keeps and what it dispatches, and workers process so many entries a second. Some pages are lost, and some
 * completions. Entries are numbers in typed arrays, so that a million need a few megabytes.
 */
import type { DueEntries, DueRange, QueuedPage } from '../../shared/ports.ts';
import {
  addEntries,
  DISPATCH_LIMITS,
  isFull,
  isQueueStuck,
  pageMessageId,
  pageTimeMs,
  type Share,
} from '../../shared/sweeper/dispatch.ts';
import { type Random, randomOf } from '../support/random.ts';
import { MINUTE, NOW, SECOND } from '../support/samples.ts';

export interface Load {
  entries: number;
  /** All fall due within this time. */
  withinMs: number;
  workers: number;
  /** Of a worker, and of the timer. */
  entriesPerSecond: number;
  /** The shares of pages that are lost, and of pages that are delivered again because their completion is. */
  lost: { pages: number; completions: number };
  seed: number;
}

export interface Outcome {
  /** Seconds from the due time of an entry until it is processed. */
  lateness: { half: number; most99: number; max: number };
  /** Seconds from the last due time until nothing is due; `undefined` when it never is. */
  drainedAfter: number | undefined;
  /** Pages that were sent, the most that were in the queue at a time, and the most that had the same entry. */
  pages: { sent: number; queued: number; ofAnEntry: number };
  /** The most entries and pages that a run of the timer held at a time. */
  held: number;
}

const SHARDS = 4;
const READ_SIZE = 500;
/** How long the timer starts entries in a run without pages, and how long a page is locked. */
const RUN_MS = 210_000;
const LOCK_MS = MINUTE;
const LIMIT_MS = 12 * 60 * MINUTE;

interface Shard {
  times: Float64Array;
  isDone: Uint8Array;
  dispatches: Uint8Array;
  /** All entries before it are done. */
  head: number;
}

interface Page extends QueuedPage {
  id: string;
  /** Locked by a worker until then. */
  lockedUntilMs: number;
}

/** Runs until nothing is due. */
export function simulateMany(load: Load): Outcome {
  const random = randomOf(load.seed);
  const shards = Array.from({ length: SHARDS }, () => newShard(random, load));
  const latenesses = new Uint32Array(LIMIT_MS / SECOND + 1);
  const seen = new Set<string>();
  let queue: Page[] = [];
  const outcome = { sent: 0, queued: 0, ofAnEntry: 0, held: 0 };
  let left = SHARDS * Math.floor(load.entries / SHARDS);
  const working: (Page | undefined)[] = Array.from({ length: load.workers }, () => undefined);
  let timer: { own: [shard: number, n: number][] } | { untilMs: number } | undefined;
  let nowMs = NOW;

  for (; left > 0 && nowMs < NOW + LIMIT_MS; nowMs += SECOND) {
    if (!timer && (nowMs - NOW) % MINUTE === 0) timer = runTimer();
    for (let n = 0; n < working.length; n++) work(n);
    timer = continueTimer();
  }
  const drainedAfter = left > 0 ? undefined : (nowMs - NOW - load.withinMs) / SECOND;
  const { held, ...pages } = outcome;
  return { lateness: latenessOf(latenesses), drainedAfter, pages, held };

  function process(shard: Shard, n: number): boolean {
    if (shard.isDone[n]) return false;
    shard.isDone[n] = 1;
    left--;
    const second = Math.ceil(Math.max(0, nowMs - (shard.times[n] ?? 0)) / SECOND);
    latenesses[second] = (latenesses[second] ?? 0) + 1;
    while (shard.isDone[shard.head]) shard.head++;
    return true;
  }

  /** As `sweep` does it. */
  function runTimer(): typeof timer {
    const unassigned: DueEntries[] = [];
    let share: Share = { own: [], pages: [] };
    let count = 0;
    let isMany = false;
    if (isQueueStuck(queue, nowMs, DISPATCH_LIMITS)) return { untilMs: nowMs + RUN_MS };
    for (const read of readDue()) {
      unassigned.push(read);
      count += read.entries.length;
      if (count <= DISPATCH_LIMITS.ownEntries) continue;
      isMany = true;
      for (const next of unassigned.splice(0)) share = addEntries(share, next, queue, DISPATCH_LIMITS);
      outcome.held = Math.max(outcome.held, share.own.length + share.pages.length);
      if (isFull(share, queue, DISPATCH_LIMITS)) break;
    }
    for (const [n, range] of share.pages.entries()) send(range, n);
    const own = isMany ? share.own : unassigned.flatMap(({ entries }) => entries);
    return {
      own: own.map((entry) => {
        const [shard = 0, n = 0] = ('bulkOrderId' in entry ? entry.bulkOrderId : '').split('.').map(Number);
        return [shard, n];
      }),
    };
  }

  /** What is due, page by page from the shards in turn. */
  function* readDue(): Generator<DueEntries> {
    const next = shards.map(({ head }) => head);
    for (let isMore = true; isMore; ) {
      isMore = false;
      for (const [shard, { times, isDone }] of shards.entries()) {
        const entries: DueEntries['entries'] = [];
        let n = next[shard] ?? 0;
        for (; entries.length < READ_SIZE && (times[n] ?? Number.POSITIVE_INFINITY) <= nowMs; n++) {
          if (!isDone[n]) entries.push({ tenant: '', bulkOrderId: `${shard}.${n}`, atMs: times[n] ?? 0 });
        }
        next[shard] = n;
        if (entries.length > 0) yield { shard, entries };
        isMore ||= entries.length === READ_SIZE;
      }
    }
  }

  function send(range: DueRange, n: number): void {
    const id = pageMessageId(range, nowMs);
    if (seen.has(id)) return;
    seen.add(id);
    outcome.sent++;
    forEachDue(range, (shard, entry) => {
      shard.dispatches[entry] = (shard.dispatches[entry] ?? 0) + 1;
      outcome.ofAnEntry = Math.max(outcome.ofAnEntry, shard.dispatches[entry] ?? 0);
    });
    if (random.chance(load.lost.pages)) return;
    const enqueuedMs = pageTimeMs(n, nowMs, DISPATCH_LIMITS) ?? nowMs;
    queue.push({ ...range, id, enqueuedMs, lockedUntilMs: 0 });
    outcome.queued = Math.max(outcome.queued, queue.length);
  }

  /** Calls `visit` for the entries of a page that are still due, until it returns false. */
  function forEachDue(
    { shard: of, fromMs, toMs }: DueRange,
    visit: (shard: Shard, n: number) => unknown,
  ): void {
    const shard = shards[of];
    if (!shard) return;
    for (let n = firstAt(shard.times, fromMs); (shard.times[n] ?? Number.POSITIVE_INFINITY) <= toMs; n++) {
      if (!shard.isDone[n] && visit(shard, n) === false) return;
    }
  }

  /** A second of a worker. */
  function work(worker: number): void {
    for (let budget = load.entriesPerSecond; budget > 0; ) {
      const page = working[worker] ?? queue.find(isReady);
      if (!page) return;
      page.lockedUntilMs = Number.POSITIVE_INFINITY;
      working[worker] = page;
      forEachDue(page, (shard, n) => {
        if (budget === 0) return false;
        budget--;
        return process(shard, n);
      });
      if (budget === 0) return;
      working[worker] = undefined;
      if (random.chance(load.lost.completions)) page.lockedUntilMs = nowMs + LOCK_MS;
      else queue = queue.filter((other) => other !== page);
    }
  }

  function isReady({ enqueuedMs, lockedUntilMs }: Page): boolean {
    return enqueuedMs <= nowMs && lockedUntilMs <= nowMs;
  }

  /** A second of the timer. */
  function continueTimer(): typeof timer {
    if (!timer) return undefined;
    if ('own' in timer) {
      for (let budget = load.entriesPerSecond; budget > 0; ) {
        const next = timer.own.shift();
        if (!next) return undefined;
        const shard = shards[next[0]];
        if (shard && process(shard, next[1])) budget--;
      }
      return timer;
    }
    let budget = load.entriesPerSecond;
    for (const { shard, entries } of readDue()) {
      for (const { atMs } of entries.slice(0, budget)) {
        forEachDue({ shard, fromMs: atMs, toMs: atMs }, (of, n) => (process(of, n) ? budget-- : undefined));
      }
      if (budget <= 0) break;
    }
    return budget > 0 || nowMs >= timer.untilMs ? undefined : timer;
  }
}

function newShard(random: Random, { entries, withinMs }: Load): Shard {
  const times = Float64Array.from(
    { length: Math.floor(entries / SHARDS) },
    () => NOW + random.below(withinMs),
  );
  times.sort();
  const { length } = times;
  return { times, isDone: new Uint8Array(length), dispatches: new Uint8Array(length), head: 0 };
}

/** The position of the first time that is not before `atMs`. */
function firstAt(times: Float64Array, atMs: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** From how many entries were how many seconds late. */
function latenessOf(counts: Uint32Array): Outcome['lateness'] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const secondOf = (share: number) => {
    let sum = 0;
    return counts.findIndex((count) => {
      sum += count;
      return sum >= share * all;
    });
  };
  return { half: secondOf(0.5), most99: secondOf(0.99), max: secondOf(1) };
}
