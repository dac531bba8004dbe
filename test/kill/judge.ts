/**
 * Waits until the service is idle and judges what is left, from outside: the tables, the list of orders of the
 * gateway, the queues, the events, and what the storefronts were promised.
 */
import { type LedgerLine, readLedger } from '../../local/ordering-desk/ledger.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { dueIndex } from '../../shared/storage/dueIndex.ts';
import { TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { eventually, type Running } from '../e2e/running.ts';
import { brokenAtRest, type Evidence, malformedEvents } from '../support/evidence.ts';
import { type Remains, readTables, takeEvents } from '../support/remains.ts';
import { DAY } from '../support/samples.ts';
import { orderedOf, type Tally, tally } from '../support/tally.ts';
import type { Promised } from './storefront.ts';

export interface Judgement extends Tally {
  carts: number;
  /** Checkouts of which the event was asked for. */
  confirmed: number;
  /** What is wrong, in words; empty when nothing is. */
  problems: string[];
}

const REST_WITHIN_MS = 120_000;

/** The judgement; events from before `eventsLostMs` (epoch milliseconds) the broker may have lost. */
export async function judge(
  service: Running,
  promised: readonly Promised[],
  eventsLostMs: number,
): Promise<Judgement> {
  await becomeIdle(service);
  const remains = await readTables(service.storageConnection);
  const desk = service.deskLedgerFile ? await readLedger(service.deskLedgerFile) : undefined;
  const contentOf = (checkout: Promised['checkout']) =>
    promised.filter((one) => one.checkout === checkout).flatMap(({ content }) => content);
  const counted = tally(
    contentOf('promised'),
    desk ? desk.map(({ order }) => orderedOf(order)) : remains.orders.map(orderedOf),
    contentOf('asked'),
  );
  const evidence = evidenceOf(remains, promised, desk);
  const late = remains.carts.filter(({ checkout }) => (checkout?.endedMs ?? 0) > eventsLostMs);
  const events = await takeEvents(service.serviceBusConnection);
  return {
    ...counted,
    carts: remains.carts.length,
    confirmed: late.length,
    problems: [
      ...counted.lost.map((what) => `lost: ${what}`),
      ...counted.doubled.map((what) => `one too many: ${what}`),
      ...brokenAtRest(evidence),
      ...malformedEvents({ writes: late, events, isPartial: true }),
      ...(await astray(service)),
    ],
  };
}

const WORKED_ON = [QUEUES.checkout, QUEUES.bulkLanes];

/** Waits until no message is anywhere and the sweep has nothing to do for any cart today; says what is left if that does not come about. */
export async function becomeIdle(service: Running): Promise<void> {
  let left: string[] = [];
  await eventually(async () => {
    left = await unrest(service);
    return left.length === 0;
  }, REST_WITHIN_MS).catch((cause: unknown) => {
    throw new Error(`The service has not come to rest: ${left.join('; ')}`, { cause });
  });
}

async function unrest({ broker, storageConnection: connectionString }: Running): Promise<string[]> {
  const messages = await Promise.all(
    WORKED_ON.map(async (queue) => {
      const { active, locked, scheduled } = await broker.counts(queue);
      const isEmpty = active + locked + scheduled === 0;
      return isEmpty ? [] : [`${queue}: ${active} active, ${locked} locked, ${scheduled} scheduled`];
    }),
  );
  const due = await Array.fromAsync(
    dueIndex(new Table({ connectionString }, TABLES.due)).due(Date.now() + DAY),
  );
  const dueEntries = due
    .filter((dueEntry) => 'cartId' in dueEntry)
    .map((dueEntry) => JSON.stringify(dueEntry));
  return [...messages.flat(), ...dueEntries];
}

/** The last version of a cart is all that can be seen of it from outside. */
function evidenceOf(
  { carts, orders, dueEntries }: Remains,
  promised: readonly Promised[],
  made: readonly LedgerLine[] | undefined,
): Evidence {
  return {
    writes: carts,
    carts,
    orders,
    dueEntries,
    made,
    created: promised.map(({ key }) => key),
    asked: promised.flatMap(({ checkouts }) => [...checkouts]),
  };
}

/** A dead letter means a bug, and nothing here gives a reason to park a message. */
export async function astray({ broker }: Pick<Running, 'broker'>): Promise<string[]> {
  const dead = await Promise.all(WORKED_ON.map(async (queue) => (await broker.counts(queue)).deadLettered));
  const deadLettered = dead.reduce((sum, count) => sum + count, 0);
  const { active: parked } = await broker.counts(QUEUES.parked);
  return [
    ...(deadLettered > 0 ? [`${deadLettered} messages are dead letters`] : []),
    ...(parked > 0 ? [`${parked} messages are parked`] : []),
  ];
}
