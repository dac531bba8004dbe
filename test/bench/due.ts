/**
 * `npm run bench:due` measures what the sweeper guarantees: the requests, the entities and the time of a run in which
 * 1,000 carts are due, of 10,000 and of 100,000 carts; and a run that is killed a hundred times, after which every cart
 * has its event, under one id. Azurite scans a table for every query, so its time grows with the number of carts; Azure
 * reads the key range. `-- --kills-only` omits the measurement. Exits with 1 when a guarantee is broken.
 */
import { fork } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import { startServiceBus } from '@cartwright/servicebus-emulator';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { openBus } from '../../shared/messaging/bus.ts';
import { TOPICS } from '../../shared/messaging/queueNames.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { startAzurite } from '../support/azurite.ts';
import { LIFECYCLE } from '../support/samples.ts';
import { fill, sweepPorts } from './dueStand.ts';

const DUE = 1_000;
const KILLS = 100;
const KILLS_ONLY = process.argv.includes('--kills-only');
/** How long a process lives at most after its first event, in milliseconds. */
const LIFE_MS = 40;
/** How many carts are due while processes are killed, so that there is work for each. */
const KILL_CARTS = 8_000;
/** The channel of the transport's requests. */
const STORAGE_REQUEST = 'undici:request:create';

/** The requests, entities and time of one run over `count` carts. */
async function measure(count: number) {
  const azurite = await startAzurite();
  const broker = await startServiceBus({ entities });
  const bus = openBus(broker);
  const published = new Map<string, number>();
  const events = {
    async publish({ id }: { id: string }) {
      published.set(id, (published.get(id) ?? 0) + 1);
    },
  };
  await fill(azurite, { count, dueCount: DUE });
  const ports = sweepPorts(azurite, events, bus);
  let entitiesRead = 0;
  let requests = 0;
  const { carts, due } = ports;
  const counted = {
    ...ports,
    carts: {
      ...carts,
      read: async (key: Parameters<typeof carts.read>[0]) => {
        entitiesRead++;
        return carts.read(key);
      },
    },
    due: {
      ...due,
      async *due(untilMs: number) {
        for await (const entry of due.due(untilMs)) {
          entitiesRead++;
          yield entry;
        }
      },
      async *read(untilMs: number) {
        for await (const read of due.read(untilMs)) {
          entitiesRead += read.entries.length;
          yield read;
        }
      },
    },
  };
  const onRequest = () => void requests++;
  subscribe(STORAGE_REQUEST, onRequest);
  const beganMs = performance.now();
  const report = await sweep(counted, LIFECYCLE);
  const tookMs = performance.now() - beganMs;
  unsubscribe(STORAGE_REQUEST, onRequest);
  await Promise.all([bus.close(), broker.close(), azurite.stop()]);
  return { carts: count, ...report, events: published.size, requests, entitiesRead, ms: Math.round(tookMs) };
}

/** Kills a sweeping process again and again; returns the kills, and how many ids each event had. */
async function killWhileSweeping() {
  const azurite = await startAzurite();
  const broker = await startServiceBus({ entities });
  const { due } = await fill(azurite, { count: KILL_CARTS, dueCount: KILL_CARTS });
  const publishedNow = () => broker.counts(`${TOPICS.cartEvents}/Subscriptions/all`).active;
  const child = join(import.meta.dirname, 'dueChild.ts');
  let kills = 0;
  let killsAtWork = 0;
  for (let isDone = false; !isDone; ) {
    const sweeping = fork(child, [azurite.connectionString, broker.connectionString]);
    const exited = once(sweeping, 'exit').then(([code]) => code as number | null);
    await once(sweeping, 'message');
    const isKilled = kills < KILLS;
    const before = publishedNow();
    if (isKilled) {
      // It dies at work: after its first event, and long before its last.
      while (publishedNow() === before && sweeping.exitCode === null) await pause(1);
      await pause(Math.random() * LIFE_MS);
      sweeping.kill('SIGKILL');
      kills++;
    }
    const code = await exited;
    if (isKilled && publishedNow() > before) killsAtWork++;
    isDone = !isKilled && code === 0;
  }
  const client = new ServiceBusClient(broker.connectionString);
  const receiver = client.createReceiver(TOPICS.cartEvents, 'all', { receiveMode: 'receiveAndDelete' });
  const ids = new Map<string, Set<string>>();
  let received = 0;
  for (;;) {
    const messages = await receiver.receiveMessages(500, { maxWaitTimeInMs: 1_000 });
    if (messages.length === 0) break;
    received += messages.length;
    for (const { body } of messages as {
      body: { id: string; data: { cartId: string; threshold: string } };
    }[]) {
      const about = `${body.data.cartId} ${body.data.threshold}`;
      ids.set(about, (ids.get(about) ?? new Set()).add(body.id));
    }
  }
  await client.close();
  await Promise.all([broker.close(), azurite.stop()]);
  const missing = due.filter(({ cartId }) => !ids.has(`${cartId} PT1H`)).length;
  const ambiguous = [...ids.values()].filter((of) => of.size > 1).length;
  return {
    kills,
    killsAtWork,
    carts: due.length,
    eventsReceived: received,
    missing,
    withSeveralIds: ambiguous,
  };
}

const runs = KILLS_ONLY ? [] : [await measure(10_000), await measure(100_000)];
if (runs.length > 0) console.table(runs);
const [few, many] = runs;
const killed = await killWhileSweeping();
console.table([killed]);
const isKept =
  runs.every(({ events, failed, requests }) => events === DUE && failed === 0 && requests > DUE) &&
  (many?.entitiesRead ?? 0) <= 1.1 * (few?.entitiesRead ?? 0) &&
  (many?.requests ?? 0) <= 1.1 * (few?.requests ?? 0) &&
  killed.killsAtWork === killed.kills &&
  killed.missing === 0 &&
  killed.withSeveralIds === 0;
console.log(isKept ? 'The sweeper keeps its guarantee.' : 'The sweeper breaks its guarantee.');
process.exit(isKept ? 0 : 1);
