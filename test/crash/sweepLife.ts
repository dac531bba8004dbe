/**
 * Many due carts on real storage and a real broker: a process sweeps, which dispatches pages, and works on them; when it
 * dies, the next one takes over. The limits are small, so that a dozen carts are many.
 */
import { randomUUID } from 'node:crypto';
import { ServiceBusClient } from '@azure/service-bus';
import type { CloudEvent } from '../../shared/events/cloudEvent.ts';
import { readPageMessage } from '../../shared/messaging/pageQueue.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import type { DueEntry, Ports } from '../../shared/ports.ts';
import { DISPATCH_LIMITS } from '../../shared/sweeper/dispatch.ts';
import { openGuards, sweep, sweepPage } from '../../shared/sweeper/sweep.ts';
import { randomOf } from '../support/random.ts';
import { cartOf, DAY, HOUR, LIFECYCLE, MINUTE, SECOND } from '../support/samples.ts';
import { type Fault, type Mortal, mortal } from './point.ts';
import { portsOfRun } from './ports.ts';
import type { Stack } from './stack.ts';

/** How a lost process is replaced: the broker redelivers its page, or all pages are lost and the next run finds the entries. */
export const SWEEP_RECOVERIES = ['redelivery', 'sweep'] as const;
export type SweepRecovery = (typeof SWEEP_RECOVERIES)[number];

export interface SweepLifeReport {
  /** The names of the effects of the first process, in order. */
  points: string[];
  fired: boolean;
  problems: string[];
}

const CARTS = 12;
const LIMITS = { ...DISPATCH_LIMITS, ownEntries: 2, queuedPages: 6 };
const ROUNDS = 12;

/** Sweeps until no cart is due, with one fault or none. */
export async function runSweepLife(
  stack: Stack,
  { fault, recovery }: { fault?: Fault; recovery: SweepRecovery },
): Promise<SweepLifeReport> {
  await stack.clear();
  const portsOn = portsOfRun({ stack, gateway: ledgerGateway, random: randomOf(1), duePageSize: 2 });
  const clean = portsOn(stack.clients());
  const carts = await fill(clean);
  const client = new ServiceBusClient(stack.broker.connectionString);
  const receiver = client.createReceiver(QUEUES.sweepPages, { maxAutoLockRenewalDurationInMs: 0 });
  const first = mortal(portsOn(stack.clients()), fault);
  let process: Mortal = first;
  let mostPages = 0;
  const events: CloudEvent[] = [];
  const pagesNow = () => {
    const { active, locked } = stack.broker.counts(QUEUES.sweepPages);
    mostPages = Math.max(mostPages, active + locked);
    return active;
  };

  /** Whether it was done; false when it failed, or the process died and was replaced. */
  async function attempt(work: (ports: Ports) => Promise<unknown>): Promise<boolean> {
    const done = work(process.ports).then(
      () => 'done',
      () => 'failed',
    );
    const result = await Promise.race([done, process.death.then(() => 'died')]);
    if (result !== 'died') return result === 'done';
    if (recovery === 'sweep') await loseQueue();
    process = mortal(portsOn(stack.clients()));
    return false;
  }

  /** The broker forgets everything; what consumers have received stays received. */
  async function loseQueue(): Promise<void> {
    events.push(...(await stack.events()));
    stack.broker.clear();
  }

  /** As the host does it: complete when the function returns, abandon when it throws. */
  async function work(): Promise<void> {
    while (pagesNow() > 0) {
      const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 2_000 });
      if (!message) continue;
      const read = readPageMessage(message.body);
      if (!('page' in read)) throw new Error('The queue holds something else than pages.');
      const { around } = process;
      const isDone = await attempt(async (ports) => {
        await sweepPage(ports, read.page, LIFECYCLE, openGuards(ports.now));
        await around({ name: 'queue.complete', args: [] }, () => receiver.completeMessage(message));
      });
      if (!isDone) await receiver.abandonMessage(message).catch(() => undefined); // completed, or lost with the queue
    }
  }

  const dueNow = () => Array.fromAsync(clean.due.due(stack.clock.now()));
  let rounds = 0;
  for (; rounds < ROUNDS; rounds++) {
    await attempt((ports) => sweep(ports, LIFECYCLE, LIMITS));
    await work();
    if ((await dueNow()).length === 0) break;
    await stack.clock.advance(MINUTE + SECOND);
  }
  events.push(...(await stack.events()));
  const standing = await Array.fromAsync(clean.due.due(stack.clock.now() + DAY));
  await client.close();
  const idsOf = (cartId: string) =>
    new Set(events.filter(({ data }) => data.cartId === cartId).map(({ id }) => id));
  return {
    points: first.points,
    fired: first.fired(),
    problems: [
      ...(rounds === ROUNDS ? ['it never ended'] : []),
      ...(mostPages > LIMITS.queuedPages ? [`${mostPages} pages were in the queue`] : []),
      ...carts.flatMap(({ cartId, expiresMs }) => {
        const entries = standing.filter(
          (entry): entry is DueEntry => 'cartId' in entry && entry.cartId === cartId,
        );
        return [
          ...(idsOf(cartId).size === 1 ? [] : [`a cart has ${idsOf(cartId).size} event ids`]),
          ...(entries.length === 1 && entries[0]?.atMs === expiresMs
            ? []
            : [`a cart has due entries at ${entries.map(({ atMs }) => atMs - expiresMs)} after its expiry`]),
        ];
      }),
    ],
  };
}

/** Carts of several customers whose last notice fell due, a second apart. */
async function fill(ports: Ports) {
  const tenant = randomUUID();
  return Promise.all(
    Array.from({ length: CARTS }, async (_, n) => {
      const expiresMs = ports.now() + HOUR - n * SECOND;
      const key = { tenant, customer: randomUUID(), cartId: `${randomUUID().slice(0, -1)}${n % 4}` };
      await ports.due.put({ ...key, atMs: expiresMs - HOUR });
      await ports.carts.insert({ ...cartOf(), ...key, expiresMs });
      return { ...key, expiresMs };
    }),
  );
}
