/**
 * Sends parked messages back to the queues they came from: locks each, sends, then completes it. A crash in
 * between leaves it where it was, and the repeat sends the same id again; whatever arrives twice all the same
 * is decided by the cart. It takes only what it was given: a message that comes back is not taken again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { type ParkedMessage, replayOf } from './message.ts';
import { type Place, pathOf, receiverAt } from './place.ts';

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

/** One receiver holds no more than this of what it must pass over: beyond two thousand its link stands still. */
const MOST_HELD = 1_000;
const LOCK_MARGIN_MS = 30_000;
const BATCH = 50;
const PATIENCE_MS = 3_000;

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
    await replayFrom(client, place, wanted, options.signal, batchOf(options.rate), async (message) => {
      const why = await sendBack(message);
      report[why === undefined ? 'replayed' : 'failed']++;
      if (why !== undefined) options.onFailure(message, why);
      options.onProgress(report);
      return why === undefined;
    });
  }
  return report;
}

/** Offers each wanted message of a place, locked, to `send`, and completes those that it has sent. */
async function replayFrom(
  client: ServiceBusClient,
  place: Place,
  messages: readonly ParkedMessage[],
  signal: AbortSignal,
  batch: number,
  send: (message: ParkedMessage) => Promise<boolean>,
): Promise<void> {
  const wanted = new Map(messages.map((message) => [message.sequenceNumber, message]));
  // What is passed over stays locked until the end: let go at once, it would come again at once.
  const held: ServiceBusReceivedMessage[] = [];
  const receiver = receiverAt(client, place);
  try {
    while (wanted.size > 0 && held.length < MOST_HELD && !signal.aborted) {
      await renew(receiver, held);
      const received = await receiver.receiveMessages(batch, { maxWaitTimeInMs: PATIENCE_MS });
      if (received.length === 0) return;
      for (const locked of received) {
        const number = String(locked.sequenceNumber);
        const message = signal.aborted ? undefined : wanted.get(number);
        wanted.delete(number);
        if (message && (await send(message))) await receiver.completeMessage(locked);
        else held.push(locked);
      }
    }
  } finally {
    // Those whose lock was lost are free already.
    await Promise.allSettled(held.map((locked) => receiver.abandonMessage(locked)));
    await receiver.close();
  }
}

async function renew(
  receiver: ServiceBusReceiver,
  held: readonly ServiceBusReceivedMessage[],
): Promise<void> {
  const soonMs = Date.now() + LOCK_MARGIN_MS;
  const ending = held.filter(({ lockedUntilUtc }) => Number(lockedUntilUtc) < soonMs);
  await Promise.allSettled(ending.map((locked) => receiver.renewMessageLock(locked)));
}

/** Sends a message back at the rate; gives the reason why it could not. */
function sender(client: ServiceBusClient, { queues, rate, signal }: ReplayOptions) {
  const senders = new Map(queues.map((queue) => [queue, client.createSender(queue)]));
  let nextMs = 0;
  return async (message: ParkedMessage): Promise<string | undefined> => {
    const target = senders.get(message.source ?? '');
    if (!target)
      return `it came from ${message.source ?? 'nowhere that it names'}, which is not a queue here`;
    await pause(Math.max(0, nextMs - Date.now()), undefined, { signal }).catch(() => undefined);
    nextMs = Math.max(nextMs, Date.now()) + (rate === undefined ? 0 : 1_000 / rate);
    return target.sendMessages(replayOf(message)).then(() => undefined, String);
  };
}

/** As many as are sent within ten seconds: the lock of the last one must outlive its turn. */
const batchOf = (rate = BATCH): number => Math.min(BATCH, Math.max(1, Math.floor(rate * 10)));
