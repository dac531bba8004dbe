/**
 * Sends parked messages back to the queues they came from: locks each, sends, then completes it. A crash in
 * between leaves it where it was, and the repeat sends the same id again; whatever arrives twice all the same
 * is decided by the cart. It takes only what it was given: a message that comes back is not taken again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceBusClient, ServiceBusReceivedMessage } from '@azure/service-bus';
import { type Hold, holdAt, LOOK_MS } from './hold.ts';
import { type ParkedMessage, replayOf } from './message.ts';
import { pathOf } from './place.ts';

export interface ReplayOptions {
  /** The queues that there are; a message from elsewhere cannot go back. */
  queues: readonly string[];
  /** Messages a second; as fast as it goes if absent. */
  rate?: number | undefined;
  onProgress: (report: ReplayReport) => void;
  onFailure: (message: ParkedMessage, why: string) => void;
  /** Ends the replay after the message at hand. */
  signal: AbortSignal;
}

/** What became of the messages; those in neither number were gone, in somebody else's hands, or not reached. */
export interface ReplayReport {
  replayed: number;
  failed: number;
}

const BATCH = 50;

/** Replays these messages, place by place. Throws when the namespace no longer answers. */
export async function replay(
  client: ServiceBusClient,
  messages: readonly ParkedMessage[],
  options: ReplayOptions,
): Promise<ReplayReport> {
  const report: ReplayReport = { replayed: 0, failed: 0 };
  const sendBack = sender(client, options);
  const places = new Map(messages.map(({ place }) => [pathOf(place), place]));
  for (const [path, place] of places) {
    const wanted = messages.filter((message) => pathOf(message.place) === path);
    const hold = holdAt(client, place);
    const take = async (message: ParkedMessage, locked: ServiceBusReceivedMessage) => {
      const sent = await sendBack(message, hold);
      if (!sent) return;
      const why = sent.why ?? ((await hold.complete(locked)) ? undefined : LOST);
      report[why === undefined ? 'replayed' : 'failed']++;
      if (why !== undefined) options.onFailure(message, why);
      options.onProgress(report);
    };
    await offer(hold, wanted, options, take).finally(hold.close);
  }
  return report;
}

const LOST = 'it was sent, but is still here as well, because its lock was lost';

/**
 * Locks the messages of a place one after another, and offers the wanted ones to `take`. What is passed over stays
 * locked until the end: let go at once, it would come again at once. When as many have come again as there are, locks
 * are lost faster than they are renewed, and the rest is out of reach.
 */
async function offer(
  hold: Hold,
  messages: readonly ParkedMessage[],
  { rate, signal }: ReplayOptions,
  take: (message: ParkedMessage, locked: ServiceBusReceivedMessage) => Promise<void>,
): Promise<void> {
  const wanted = new Map(messages.map((message) => [message.sequenceNumber, message]));
  const seen = new Set<string>();
  let received = 0;
  while (wanted.size > 0 && received <= 2 * seen.size && !signal.aborted) {
    const batch = await hold.receive(batchOf(rate));
    if (batch.length === 0) return;
    received += batch.length;
    for (const locked of batch) {
      const number = String(locked.sequenceNumber);
      const message = signal.aborted ? undefined : wanted.get(number);
      wanted.delete(number);
      seen.add(number);
      if (message) await take(message, locked);
    }
  }
}

/** Sends a message back at the rate; gives the reason why it could not, and nothing when it is interrupted before. */
function sender(client: ServiceBusClient, { queues, rate, signal }: ReplayOptions) {
  const senders = new Map(queues.map((queue) => [queue, client.createSender(queue)]));
  let nextMs = 0;
  return async (message: ParkedMessage, hold: Hold): Promise<{ why?: string | undefined } | undefined> => {
    const target = senders.get(message.source ?? '');
    if (!target)
      return { why: `it came from ${message.source ?? 'nowhere that it names'}, which is not a queue here` };
    await untilMs(nextMs, hold, signal);
    if (signal.aborted) return undefined;
    nextMs = Math.max(nextMs, performance.now()) + (rate === undefined ? 0 : 1_000 / rate);
    return { why: await target.sendMessages(replayOf(message)).then(() => undefined, String) };
  };
}

/** Waits for a time of `performance`, however far, without losing a lock. */
async function untilMs(dueMs: number, hold: Hold, signal: AbortSignal): Promise<void> {
  await hold.renew();
  for (let leftMs = dueMs - performance.now(); leftMs > 0 && !signal.aborted; ) {
    await pause(Math.min(leftMs, LOOK_MS), undefined, { signal }).catch(() => undefined);
    await hold.renew();
    leftMs = dueMs - performance.now();
  }
}

/** As many as are sent within ten seconds: nobody else gets at what waits for its turn. */
const batchOf = (rate = BATCH): number => Math.min(BATCH, Math.max(1, Math.floor(rate * 10)));
