/** A sweep of many due entries keeps a share and dispatches the rest as pages; no entry is lost when a page is. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import { apiError, ServiceError } from '../../shared/errors.ts';
import type { AnyDueEntry } from '../../shared/ports.ts';
import { DISPATCH_LIMITS, type DispatchLimits } from '../../shared/sweeper/dispatch.ts';
import { openGuards } from '../../shared/sweeper/guardedPorts.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { sweepPage } from '../../shared/sweeper/sweepPage.ts';
import { newWorld, type World } from '../support/ports.ts';
import { cartOf, HOUR, KEY, LIFECYCLE, MINUTE, NOW, SECOND } from '../support/samples.ts';

const DAYS_7 = 7 * 24 * HOUR;
const CARTS = 200;
const LIMITS: DispatchLimits = { ...DISPATCH_LIMITS, ownEntries: 40, queuedPages: 12 };

let world: World;
let carts: string[];
const names = () => world.effects.map(({ name }) => name);
const counted = (name: string) => names().filter((other) => other === name).length;
const run = () => sweep(world.ports, LIFECYCLE, LIMITS);
const dueNow = () => [...world.dueEntries.values()].filter(({ atMs }) => atMs <= world.nowMs);
const guards = () => openGuards(world.ports.now);

/** Carts whose last notice fell due a second apart, the last one now. */
beforeEach(async () => {
  world = newWorld(NOW + DAYS_7 - HOUR);
  world.pageSize = 10;
  carts = [];
  for (let n = 0; n < CARTS; n++) {
    const cartId = `${KEY.cartId.slice(0, -6)}${n.toString(16).padStart(6, '0')}`;
    const expiresMs = world.nowMs + HOUR - n * SECOND;
    await world.ports.carts.insert({ ...cartOf(), cartId, expiresMs });
    await world.ports.due.put({ ...KEY, cartId, atMs: expiresMs - HOUR });
    carts.push(cartId);
  }
  world.effects = [];
});

/** Processes the pages in the queue, as its workers do. */
async function work(): Promise<void> {
  for (const page of world.pagesSent.splice(0)) await sweepPage(world.ports, page, LIFECYCLE, guards());
}

it('A sweep of as many entries as it keeps does not look at the queue of pages', async () => {
  const most = { ...LIMITS, ownEntries: CARTS };

  expect(await sweep(world.ports, LIFECYCLE, most)).toEqual({
    processed: CARTS,
    acted: CARTS,
    failed: 0,
    deferred: 0,
  });
  expect([counted('pageQueue.queued'), counted('pageQueue.send')]).toEqual([0, 0]);
});

it('A sweep of many entries sends pages in one batch before it processes its own entries', async () => {
  expect(await run()).toEqual({ processed: 40, acted: 40, failed: 0, deferred: 0, pages: 12 });

  expect(names().slice(0, 4)).toEqual(['due.read', 'pageQueue.queued', 'pageQueue.send', 'carts.read']);
  expect(dueNow()).toHaveLength(CARTS - 40);
});

it('Runs and pages process each entry once and publish one event for each cart', async () => {
  for (let minutes = 0; dueNow().length > 0 && minutes < 5; minutes++) {
    await run();
    await work();
    world.nowMs += MINUTE;
  }

  expect(counted('carts.read')).toBe(CARTS);
  expect(counted('events.publish')).toBe(CARTS);
  expect(new Set(world.events.map(({ data }) => data.cartId))).toEqual(new Set(carts));
});

it('A run does not dispatch or process what is in the queue', async () => {
  await run();
  const [first] = [[...world.pagesSent]];
  world.nowMs += MINUTE;
  world.effects = [];

  const report = await run();

  expect(world.pagesSent).toEqual(first);
  const inQueue = (entry: AnyDueEntry) =>
    world.pagesSent.some(({ shard, fromMs, toMs }) => {
      const isShard = 'cartId' in entry && Number.parseInt(entry.cartId.slice(-1), 16) % 4 === shard;
      return isShard && entry.atMs >= fromMs && entry.atMs <= toMs;
    });
  expect(report.processed).toBe(40); // those for which the queue had no room
  expect(dueNow().every(inQueue)).toBe(true);
});

it('Sweeps without a worker never fill the queue beyond its limit, and process everything themselves', async () => {
  await run();
  for (let minutes = 0; minutes < 7; minutes++) {
    world.nowMs += MINUTE;
    await run();
  }

  expect(world.pagesSent).toHaveLength(12);
  expect(dueNow()).toEqual([]);
  expect(world.warnings).toContain(
    'pages of due entries wait too long; the sweeper processes all entries itself',
  );
});

it('The entries of a page that is lost are dispatched by the next run, under another id', async () => {
  await run();
  const lost = world.pagesSent.splice(0);
  world.nowMs += MINUTE;

  await run();

  const ids = new Set(world.pagesSent.map(({ id }) => id));
  expect(ids.size).toBe(12);
  expect(lost.filter(({ id }) => ids.has(id))).toEqual([]);
});

it.each([
  ['cannot be read', 'pageQueue.queued'],
  ['does not accept pages', 'pageQueue.send'],
])('A run processes all entries itself when the queue %s', async (_, failing) => {
  world.around = async ({ name }, next) => {
    if (name === failing) throw new Error('The broker is unavailable.');
    return next();
  };

  expect(await run()).toEqual({ processed: CARTS, acted: CARTS, failed: 0, deferred: 0 });
  expect(dueNow()).toEqual([]);
  expect(world.warnings).toHaveLength(1);
});

it('A page that is processed twice reads its entries again and repeats no effect', async () => {
  await run();
  const [page] = world.pagesSent;
  if (!page) throw new Error('There is no page.');
  const first = await sweepPage(world.ports, page, LIFECYCLE, guards());
  world.effects = [];

  const second = await sweepPage(world.ports, page, LIFECYCLE, guards());

  expect(first).toMatchObject({ processed: 10, acted: 10, failed: 0 });
  expect(second).toEqual({ processed: 0, acted: 0, failed: 0, deferred: 0 });
  expect(names()).toEqual(['due.within']);
});

it('A page ends when storage is unavailable, and its entries are dispatched again', async () => {
  await run();
  const [page] = world.pagesSent;
  if (!page) throw new Error('There is no page.');
  world.around = async ({ name }, next) => {
    if (name === 'due.within')
      throw new ServiceError(apiError('serviceUnavailable', 'Storage does not answer.'));
    return next();
  };

  expect(await sweepPage(world.ports, page, LIFECYCLE, guards())).toBeUndefined();

  world.around = (_, next) => next();
  world.pagesSent = [];
  world.nowMs += MINUTE;
  await run();
  expect(world.pagesSent.some(({ shard, fromMs }) => shard === page.shard && fromMs >= page.fromMs)).toBe(
    true,
  );
});

it('A page fails on an unexpected error, so that the broker delivers it again', async () => {
  world.around = async () => {
    throw new TypeError('A defect.');
  };

  const page = { shard: 0, fromMs: 0, toMs: world.nowMs };

  await expect(sweepPage(world.ports, page, LIFECYCLE, guards())).rejects.toThrow('A defect.');
});

it('A sweep dispatches and processes what it has read when the due index stops responding', async () => {
  const read = world.ports.due.read(world.nowMs);
  world.ports.due.read = async function* () {
    yield* read;
    throw new Error('Storage is unavailable.');
  };

  await expect(sweep(world.ports, LIFECYCLE, { ...LIMITS, queuedPages: 100 })).rejects.toThrow('unavailable');
  await work();

  expect(dueNow()).toEqual([]);
});

it('Pages that a process works on at the same time share their permits', async () => {
  await sweep(world.ports, LIFECYCLE, { ...LIMITS, ownEntries: 0, queuedPages: 100 });
  const publishing = { now: 0, most: 0 };
  world.around = async (effect, next) => {
    if (effect.name !== 'events.publish') return next();
    publishing.most = Math.max(publishing.most, ++publishing.now);
    await nextTurn();
    publishing.now--;
    return next();
  };
  const ofProcess = guards();

  await Promise.all(world.pagesSent.map((page) => sweepPage(world.ports, page, LIFECYCLE, ofProcess)));

  expect(publishing.most).toBe(16);
  expect(dueNow()).toEqual([]);
});
