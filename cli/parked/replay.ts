/**
 * Sends parked messages back to the queues they came from: locks each, sends, then completes it. A crash in between
 * leaves it where it was, and the repeat sends the same id again; optimistic concurrency on the cart resolves what
 * arrives twice all the same. Only the given messages are replayed: one that is parked again is not.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceBusClient, ServiceBusReceivedMessage } from '@azure/service-bus';
import { CHECK_MS, type Hold, holdAt } from './hold.ts';
import { type ParkedMessage, replayOf } from './message.ts';
import { pathOf } from './place.ts';

export interface ReplayOptions {
  /** The queues of the namespace; a message from another source cannot be replayed. */
  queues: readonly string[];
  /** Messages a second; as fast as possible if absent. */
  rate?: number | undefined;
  onProgress: (report: ReplayReport) => void;
  onFailure: (message: ParkedMessage, why: string) => void;
  /** Ends the replay after the current message. */
  signal: AbortSignal;
}

/** How many messages were replayed, and how many failed; the others were gone, locked by another receiver, or not reached. */
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
 * Locks the messages of a place one after another, and passes the wanted ones to `take`. The others stay locked until
 * the end, because the broker would deliver an abandoned message again at once. When as many have been delivered again
 * as there are, locks are lost faster than they are renewed, and the rest cannot be reached.
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

/** Sends a message back at the rate; the reason if it fails, undefined if the replay is interrupted before. */
function sender(client: ServiceBusClient, { queues, rate, signal }: ReplayOptions) {
  const senders = new Map(queues.map((queue) => [queue, client.createSender(queue)]));
  let nextMs = 0;
  return async (message: ParkedMessage, hold: Hold): Promise<{ why?: string | undefined } | undefined> => {
    const target = senders.get(message.source ?? '');
    if (!target)
      return {
        why:
          message.source === undefined
            ? 'it does not name the queue it came from'
            : `it came from ${message.source}, which is not a queue of this namespace`,
      };
    await untilMs(nextMs, hold, signal);
    if (signal.aborted) return undefined;
    nextMs = Math.max(nextMs, performance.now()) + (rate === undefined ? 0 : 1_000 / rate);
    return { why: await target.sendMessages(replayOf(message)).then(() => undefined, String) };
  };
}

/** Waits until a time of `performance` without losing a lock. */
async function untilMs(dueMs: number, hold: Hold, signal: AbortSignal): Promise<void> {
  await hold.renew();
  for (let leftMs = dueMs - performance.now(); leftMs > 0 && !signal.aborted; ) {
    await sleep(Math.min(leftMs, CHECK_MS), undefined, { signal }).catch(() => undefined);
    await hold.renew();
    leftMs = dueMs - performance.now();
  }
}

/** As many as are sent within ten seconds: a locked message is not available to other receivers. */
const batchOf = (rate = BATCH): number => Math.min(BATCH, Math.max(1, Math.floor(rate * 10)));
