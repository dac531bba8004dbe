/**
 * A message broker in memory with the promises of Service Bus, and no better ones: at least once, a lock that
 * ends, redelivery, schedules, duplicate detection for a while, dead letters, any order. Time is an argument
 * and nothing happens unless it is called, so a simulation and a contract suite can both drive it.
 */
import type { ServiceBusMessage } from '@azure/service-bus';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { parseDuration } from '../../shared/duration.ts';
import type { Bus } from '../../shared/messaging/bus.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';

export interface Held {
  message: ServiceBusMessage;
  /** Of this delivery alone. */
  token: number;
  deliveries: number;
}

export interface MemoryBus extends Bus {
  /** One of the messages that are to be had, chosen by `pick`; locked for `lockMs`. */
  receive(entity: string, options?: { lockMs?: number; pick?: (count: number) => number }): Held | undefined;
  /** False when the lock is lost, and then nothing has changed. */
  complete(token: number): boolean;
  abandon(token: number): boolean;
  /** When the next message of an entity is to be had, in epoch milliseconds. */
  nextMs(entity: string): number | undefined;
  /** Loses the messages of an entity, and what was known of duplicates. */
  clear(entity: string): void;
  deadLetters: ServiceBusMessage[];
}

interface Entry {
  entity: string;
  message: ServiceBusMessage;
  /** Scheduled for then, or locked until then. */
  fromMs: number;
  token: number;
  deliveries: number;
}

/** Of the standard tier. */
const MAX_MESSAGE_BYTES = 256 * 1_024;
const LOCK_MS = parseDuration(entities.queues.checkout.lockDuration) ?? 0;
const MAX_DELIVERIES = entities.queues.checkout.maxDeliveryCount;
const WINDOWS_MS = new Map(
  Object.entries({ ...entities.queues, ...entities.topics }).map(
    ([name, { duplicateDetectionHistoryTimeWindow }]) => [
      name,
      parseDuration(duplicateDetectionHistoryTimeWindow),
    ],
  ),
);

/** A broker whose clock is `now` (epoch milliseconds). */
export function memoryBus(now: () => number): MemoryBus {
  let entries: Entry[] = [];
  const seen = new Map<string, number>();
  const deadLetters: ServiceBusMessage[] = [];
  let tokens = 0;

  const isRepeat = (entity: string, { messageId }: ServiceBusMessage) => {
    const name = `${entity} ${messageId}`;
    const beforeMs = seen.get(name);
    if (beforeMs !== undefined && now() < beforeMs + (WINDOWS_MS.get(entity) ?? 0)) return true;
    seen.set(name, now());
    return false;
  };
  const remove = (entry: Entry) => {
    entries = entries.filter((other) => other !== entry);
  };
  const release = (entry: Entry) => {
    entry.fromMs = now();
    entry.token = 0;
    if (entry.deliveries < MAX_DELIVERIES || entry.entity !== QUEUES.checkout) return;
    remove(entry);
    deadLetters.push(entry.message);
  };
  /** The lock of that delivery, while it lasts. */
  const held = (token: number) => entries.find((entry) => entry.token === token && now() < entry.fromMs);

  const bus: MemoryBus = {
    async send(entity, message, atMs = now()) {
      const { body, ...rest } = message;
      const json = JSON.stringify(body);
      if (Buffer.byteLength(json) > MAX_MESSAGE_BYTES) {
        throw Object.assign(new Error('The message is too large.'), { code: 'MessageSizeExceeded' });
      }
      if (isRepeat(entity, message)) return;
      const copy = { ...rest, body: JSON.parse(json) };
      entries.push({ entity, message: copy, fromMs: Math.max(atMs, now()), token: 0, deliveries: 0 });
    },
    async sendAll(entity, messages) {
      for (const message of messages) {
        const { scheduledEnqueueTimeUtc, ...now } = message;
        await bus.send(entity, now, scheduledEnqueueTimeUtc?.getTime());
      }
    },
    receive(entity, { lockMs = LOCK_MS, pick = () => 0 } = {}) {
      for (const entry of entries) if (entry.token > 0 && entry.fromMs <= now()) release(entry);
      const ready = entries
        .filter((entry) => entry.entity === entity && entry.fromMs <= now())
        .sort((a, b) => a.fromMs - b.fromMs);
      const entry = ready[pick(ready.length)];
      if (!entry) return undefined;
      entry.deliveries++;
      entry.token = ++tokens;
      entry.fromMs = now() + lockMs;
      return { message: entry.message, token: entry.token, deliveries: entry.deliveries };
    },
    complete(token) {
      const entry = held(token);
      if (entry) remove(entry);
      return entry !== undefined;
    },
    abandon(token) {
      const entry = held(token);
      if (entry) release(entry);
      return entry !== undefined;
    },
    nextMs(entity) {
      const times = entries.filter((entry) => entry.entity === entity).map(({ fromMs }) => fromMs);
      return times.length > 0 ? Math.min(...times) : undefined;
    },
    clear(entity) {
      entries = entries.filter((entry) => entry.entity !== entity);
      for (const name of seen.keys()) if (name.startsWith(`${entity} `)) seen.delete(name);
    },
    deadLetters,
    ping: async () => undefined,
    close: async () => undefined,
  };
  return bus;
}
