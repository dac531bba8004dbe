/**
 * The locked messages of a place, any number for any time: every lock is renewed until its message is completed, or all
 * are abandoned. A link stalls beyond two thousand messages, so that each thousand has a separate receiver.
 */
import {
  isServiceBusError,
  type ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';
import { type Place, receiverAt } from './place.ts';

const MOST_OF_A_RECEIVER = 1_000;
const PATIENCE_MS = 3_000;
/** A lock is renewed after half its duration, and after this at the latest: the broker's clock may differ. */
const LONGEST_MS = 30_000;
/** How often locks are checked; the shortest lock lasts five seconds. */
export const CHECK_MS = 1_000;

export type Hold = ReturnType<typeof holdAt>;

/** No messages are locked yet. */
export function holdAt(client: ServiceBusClient, place: Place) {
  const receivers: { receiver: ServiceBusReceiver; holds: number }[] = [];
  const held = new Map<ServiceBusReceivedMessage, { of: (typeof receivers)[number]; dueMs: number }>();
  let checkMs = 0;

  function withRoom() {
    const last = receivers.at(-1);
    if (last && last.holds < MOST_OF_A_RECEIVER) return last;
    const next = { receiver: receiverAt(client, place), holds: 0 };
    receivers.push(next);
    return next;
  }

  /** Renews the locks that need it. */
  async function renew(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs < checkMs) return;
    checkMs = nowMs + CHECK_MS;
    const due = [...held].filter(([, { dueMs }]) => dueMs <= nowMs);
    await inTurns(due, async ([locked, one]) => {
      const error = await one.of.receiver.renewMessageLock(locked).then(() => undefined, Object);
      if (isLost(error)) held.delete(locked);
      else one.dueMs = dueMsOf(locked);
    });
  }

  return {
    renew,
    /** Locks further messages; none when none has arrived for three seconds. */
    async receive(most: number): Promise<ServiceBusReceivedMessage[]> {
      await renew();
      const of = withRoom();
      const received = await of.receiver.receiveMessages(most, { maxWaitTimeInMs: PATIENCE_MS });
      of.holds += received.length;
      for (const locked of received) held.set(locked, { of, dueMs: dueMsOf(locked) });
      return received;
    },
    /** Completes a message; false when its lock was lost, so that it is still there. */
    async complete(locked: ServiceBusReceivedMessage): Promise<boolean> {
      const { of } = held.get(locked) ?? {};
      if (!of) return false;
      held.delete(locked);
      try {
        await of.receiver.completeMessage(locked);
      } catch (error) {
        if (isLost(error)) return false;
        throw error;
      }
      of.holds--;
      return true;
    },
    /** Abandons all messages. A lock that cannot be abandoned expires. */
    async close(): Promise<void> {
      await inTurns([...held], ([locked, { of }]) => of.receiver.abandonMessage(locked));
      await Promise.all(receivers.map(({ receiver }) => receiver.close()));
    },
  };
}

function dueMsOf({ lockedUntilUtc }: ServiceBusReceivedMessage): number {
  const halfMs = (Number(lockedUntilUtc) - Date.now()) / 2;
  return performance.now() + Math.min(LONGEST_MS, Math.max(CHECK_MS, halfMs));
}

const isLost = (error: unknown): boolean => isServiceBusError(error) && error.code === 'MessageLockLost';

/** Applies an operation to each, a thousand at a time, and ignores failures. */
async function inTurns<One>(all: readonly One[], work: (one: One) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < all.length; first += MOST_OF_A_RECEIVER) {
    await Promise.allSettled(all.slice(first, first + MOST_OF_A_RECEIVER).map(work));
  }
}
