/**
 * Hosts killed and stalled during the work on a bulk order, while one call of the gateway in twenty fails: every
 * item ends, each order group is ordered once, and the counters are those of the items. Submitted again, nothing is ordered.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localCaller } from '../../local/issuer/claims.ts';
import type { SeenRequest } from '../../local/ordering-desk/desk.ts';
import { readLedger } from '../../local/ordering-desk/ledger.ts';
import { type BulkKey, isEnded } from '../../shared/bulk/bulkOrder.ts';
import { type Counts, countItems, endedOf } from '../../shared/bulk/progress.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { bulkStore } from '../../shared/storage/bulkStore.ts';
import { TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { direct } from '../e2e/deskClient.ts';
import { eventually, type Running } from '../e2e/running.ts';
import { brokenBulk, readBulk } from '../support/bulkEvidence.ts';
import { depth, repeatCommand, seed } from '../support/depth.ts';
import { brokenAtRest } from '../support/evidence.ts';
import { type Random, randomOf } from '../support/random.ts';
import { readTables } from '../support/remains.ts';
import { line } from '../support/samples.ts';
import { type Ordered, orderedOf, tally } from '../support/tally.ts';
import { astray, becomeIdle } from './judge.ts';
import { stall } from './kills.ts';
import { persistent } from './persist.ts';
import { startMortal } from './service.ts';

const FILE = 'test/kill/bulk.test.ts';
const { items: ITEMS, host: KILLS } = depth.bulkKills;
/** How long nothing at all may happen to any item, in milliseconds. */
const STANDSTILL_MS = 120_000;

/** Each item orders one of these; the desk refuses `annual` for good. */
const CYCLES = [['monthly'], ['one_time'], ['monthly', 'one_time']];
const REFUSED = 'annual';
const REFUSED_SHARE = 0.02;
/** Each of these befalls one call in a hundred. */
const FAILURES = [
  { status: 503 },
  { status: 429, retryAfterSeconds: 1 },
  'hang',
  'cutBefore',
  'acceptThenCut',
] as const;

let service: Running;
beforeAll(async () => {
  service = await startMortal('partnerCenter');
});
afterAll(() => service?.stop());

it('No item of a bulk order is lost or ordered twice when hosts are killed', {
  timeout: depth.timeLimitMs,
}, async () => {
  const random = randomOf(seed);
  const begunMs = Date.now();
  await direct(service, { rules: rules(), idempotency: false });
  const content = Array.from({ length: ITEMS }, () => chooseContent(random));
  const key = await submit(content, random);

  const atKills: Counts[] = [];
  for (const ended of momentsOf(random)) {
    const before = await progress(key, (counts) => endedOf(counts) >= ended);
    expect(before.waiting, 'nothing was left to begin when a host was to be killed').toBeGreaterThan(0);
    await sleep(500 * random.next());
    const { pid } = service.processes.host ?? {};
    await service.kill('host', 'SIGKILL');
    atKills.push(await countsOf(key));
    await service.up('host');
    expect(service.processes.host?.pid).not.toBe(pid);
    await progress(key, (counts) => endedOf(counts) > ended);
    await stall(service);
  }
  const counts = await progress(key, ({ waiting, running }) => waiting + running === 0);
  const tookMs = Date.now() - begunMs;
  const again = await submit(content.toReversed(), random, 'again');
  const repeated = await progress(again, ({ waiting, running }) => waiting + running === 0);
  const { problems, lost, doubled, failedCalls, calls } = await judge(key, content);

  const during = atKills.filter(({ running }) => running > 0).length;
  console.log(
    [
      `bulk: ${ITEMS} items, ${content.flat().length} order groups, ${KILLS} kills of the host (${during} during items), as many stalls`,
      `${failedCalls} of ${calls} calls of the gateway failed`,
      `${counts.succeeded} succeeded, ${counts.failed} failed, ${lost} orders lost, ${doubled} doubled`,
      `submitted again, ${repeated.alreadyOrdered} were already ordered`,
      `${Math.round(tookMs / 1_000)} s; seed ${seed}`,
    ].join('; '),
  );
  expect(problems, `again: ${repeatCommand(FILE, { seed })}`).toEqual([]);
  expect(repeated).toMatchObject({ succeeded: 0, alreadyOrdered: counts.succeeded, failed: counts.failed });
  expect(during).toBe(KILLS);
  expect(failedCalls / calls).toBeGreaterThan(0.03);
  expect(counts.failed).toBe(content.filter(isRefused).length);
  expect(counts.failed).toBeGreaterThan(0);
});

const isRefused = (content: readonly Ordered[]) =>
  content.some(({ billingCycle }) => billingCycle === REFUSED);

const rules = () => [
  { match: { billingCycle: REFUSED }, times: 'always' as const, answer: { status: 400 } },
  ...FAILURES.map((answer) => ({ times: 'always' as const, every: 100, answer })),
];

/** What an item orders, for a new customer. */
function chooseContent(random: Random): Ordered[] {
  const customer = randomUUID();
  const cycles = [...random.pick(CYCLES), ...(random.chance(REFUSED_SHARE) ? [REFUSED] : [])];
  return cycles.map((billingCycle) => ({ customer, billingCycle, quantity: 1 + random.below(9) }));
}

/** Submits the items as `cartwright bulk submit` does; `reference` makes it another bulk order of the same items. */
async function submit(content: readonly Ordered[][], random: Random, reference = 'first'): Promise<BulkKey> {
  const ask = persistent(service.call, { inFlight: 0, answered: 0, cut: 0 }, random);
  const items = content.map((ordered) => ({
    reference: `item of ${ordered[0]?.customer}`,
    customerId: ordered[0]?.customer,
    cart: {
      lineItems: ordered.map(({ billingCycle, quantity }) => ({ ...line(), billingCycle, quantity })),
    },
  }));
  const { status, body } = await ask('POST', '/v1/bulkorders', {
    body: { reference, repeats: 'skip', items },
  });
  expect(status).toBe(202);
  return { tenant: localCaller.tenant, bulkOrderId: String(body.id) };
}

/** After so many items each host is killed: spread over the first nine tenths of the work. */
function momentsOf(random: Random): number[] {
  const apart = (0.9 * ITEMS) / KILLS;
  return Array.from({ length: KILLS }, (_, n) => Math.floor((n + random.next()) * apart));
}

const store = () => bulkStore(new Table({ connectionString: service.storageConnection }, TABLES.bulk));

/** Read behind the service's back, which may be down. */
async function countsOf(key: BulkKey): Promise<Counts> {
  const order = (await store().read(key))?.order;
  if (!order) throw new Error(`The bulk order ${key.bulkOrderId} is gone.`);
  return countItems(order, await store().lanes(order));
}

/** Waits for as long as anything happens to any item. */
async function progress(key: BulkKey, isFar: (counts: Counts) => boolean): Promise<Counts> {
  for (let ended = -1; ; ) {
    const next = await eventually(async () => {
      const counts = await countsOf(key);
      return (isFar(counts) || endedOf(counts) > ended) && counts;
    }, STANDSTILL_MS).catch(async (cause: Error) => {
      throw new Error(await standstillOf(key), { cause });
    });
    if (isFar(next)) return next;
    ended = endedOf(next);
    await sleep(50);
  }
}

/**
 * What is known of a bulk order of which no item ends: its counters, the messages of its lanes, and the last lines of
 * the host. A part that does not answer is one of the facts.
 */
async function standstillOf(key: BulkKey): Promise<string> {
  const [items, messages] = await Promise.all([
    countsOf(key).catch(String),
    service.counts(QUEUES.bulkLanes).catch(String),
  ]);
  const facts = { items, messages, host: service.processes.host, said: service.said.slice(-10) };
  return `No item ended for ${STANDSTILL_MS} ms: ${JSON.stringify(facts)}\n${service.log.slice(-40).join('\n')}`;
}

async function judge(key: BulkKey, content: readonly Ordered[][]) {
  await eventually(async () => {
    const order = (await store().read(key))?.order;
    return order && isEnded(order);
  }, STANDSTILL_MS);
  await becomeIdle(service);
  const [bulk, remains, ledger] = await Promise.all([
    readBulk(store(), key),
    readTables(service.storageConnection),
    readLedger(service.deskLedgerFile ?? ''),
  ]);
  if (!bulk) throw new Error(`The bulk order ${key.bulkOrderId} is gone.`);
  const promised = content.flat().filter(({ billingCycle }) => billingCycle !== REFUSED);
  const { lost, doubled } = tally(
    promised,
    ledger.map(({ order }) => orderedOf(order)),
  );
  const { carts, orders, dueEntries, bulkDueEntries } = remains;
  const seen = (await (await fetch(`${service.deskUrl}/desk/requests`)).json()) as SeenRequest[];
  const calls = seen.filter(({ method, billingCycle }) => method === 'POST' && billingCycle !== REFUSED);
  return {
    problems: [
      ...lost.map((what) => `lost: ${what}`),
      ...doubled.map((what) => `one too many: ${what}`),
      ...brokenBulk({ ...bulk, carts, orders, dueEntries: bulkDueEntries }),
      ...brokenAtRest({ writes: carts, carts, orders, dueEntries, made: ledger, created: [], asked: [] }),
      ...(await astray(service)),
    ],
    lost: lost.length,
    doubled: doubled.length,
    calls: calls.length,
    failedCalls: calls.filter(({ outcome }) => outcome !== 'created' && outcome !== 'repeated').length,
  };
}
