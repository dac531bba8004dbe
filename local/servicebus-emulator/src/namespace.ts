/**
 * The entities of the namespace by address: `orders`, `orders/$DeadLetterQueue`, `events`, `events/Subscriptions/all`.
 * An address finds its entity in every form that Azure accepts. Entities are created once, from their configuration.
 */

import { pathOf } from './address.ts';
import type { Clock } from './clock.ts';
import { Intake, type IntakeParts } from './intake.ts';
import { Queue } from './queue.ts';
import {
  type Entities,
  intakeSettings,
  type QueueOptions,
  queueSettings,
  rejectUnsupportedProperties,
  type SubscriptionOptions,
  type TopicOptions,
  timeToLiveMs,
} from './settings.ts';
import { TimerQueue } from './timerQueue.ts';

/** An addressable entity. Clients send to its `intake` and receive from its `queue`. */
export interface Entity {
  readonly path: string;
  readonly intake: Intake | undefined;
  readonly queue: Queue | undefined;
}

/** Message counts by state. `active` includes deferred messages and excludes locked ones. */
export interface Counts {
  readonly active: number;
  readonly scheduled: number;
  readonly locked: number;
  readonly deadLettered: number;
}

/** All entities of the namespace. */
export class Namespace {
  readonly #clock: Clock;
  readonly #timers: TimerQueue;
  readonly #entities = new Map<string, Entity>();

  /** Throws when a property of an entity is invalid or not supported. */
  constructor(entities: Entities, clock: Clock) {
    this.#clock = clock;
    this.#timers = new TimerQueue(clock);
    for (const [path, options] of Object.entries(entities.queues ?? {})) this.#addQueue(path, options);
    for (const [path, options] of Object.entries(entities.topics ?? {})) this.#addTopic(path, options);
  }

  /** The entity at an address, which is a path or an `sb://` URL in any letter case. */
  find(address: string): Entity | undefined {
    return this.#entities.get(pathOf(address));
  }

  /** Throws when the entity does not exist. */
  counts(address: string): Counts {
    const entity = this.find(address);
    if (!entity) throw new Error(`The queue, topic or subscription "${address}" does not exist.`);
    const { queue, intake } = entity;
    return {
      active: (queue?.size ?? 0) - (queue?.lockedCount ?? 0),
      scheduled: intake?.scheduledCount ?? 0,
      locked: queue?.lockedCount ?? 0,
      deadLettered: this.find(`${pathOf(address)}/$deadletterqueue`)?.queue?.size ?? 0,
    };
  }

  /** The size of all stored messages. */
  bytes(): number {
    let total = 0;
    for (const { queue, intake } of this.#entities.values()) {
      total += (queue?.bytes ?? 0) + (intake?.bytes ?? 0);
    }
    return total;
  }

  /** Deletes all messages and the duplicate detection history. */
  clear(): void {
    for (const { queue, intake } of this.#entities.values()) {
      intake?.clear();
      queue?.clear();
    }
  }

  /** Cancels all timers. Locks, expiry and schedules have no effect afterwards. */
  stop(): void {
    this.#timers.stop();
  }

  #addQueue(path: string, options: QueueOptions): void {
    rejectUnsupportedProperties(path, options, 'queue');
    const queue = this.#createQueue(path, options);
    const intake = this.#createIntake({
      settings: intakeSettings(path, options),
      deliver: (sent, sequenceNumber) => queue.put(sent, sequenceNumber),
      storedBytes: () => queue.bytes,
    });
    this.#add({ path, intake, queue });
  }

  #addTopic(path: string, options: TopicOptions): void {
    rejectUnsupportedProperties(path, options, 'topic');
    const queues = Object.entries(options.subscriptions ?? {}).map(([name, subscription]) => {
      const subscriptionPath = `${path}/Subscriptions/${name}`;
      rejectUnsupportedProperties(subscriptionPath, subscription, 'subscription');
      const queue = this.#createQueue(subscriptionPath, subscription);
      this.#add({ path: subscriptionPath, intake: undefined, queue });
      return queue;
    });
    const longestMs = timeToLiveMs(path, options);
    const intake = this.#createIntake({
      settings: intakeSettings(path, options),
      deliver(sent, sequenceNumber) {
        const copy = { ...sent, timeToLiveMs: Math.min(sent.timeToLiveMs, longestMs) };
        for (const queue of queues) queue.put(copy, sequenceNumber);
      },
      storedBytes: () => queues.reduce((total, queue) => total + queue.bytes, 0),
    });
    this.#add({ path, intake, queue: undefined });
  }

  #createQueue(path: string, options: SubscriptionOptions): Queue {
    const settings = queueSettings(path, options);
    const parts = { clock: this.#clock, timers: this.#timers };
    const deadLetters = new Queue({
      ...parts,
      settings: { ...settings, maxDeliveryCount: Infinity, timeToLiveMs: Infinity },
      deadLetters: undefined,
    });
    this.#add({ path: `${path}/$DeadLetterQueue`, intake: undefined, queue: deadLetters });
    return new Queue({ ...parts, settings, deadLetters });
  }

  #createIntake(parts: Omit<IntakeParts, 'clock' | 'timers'>): Intake {
    return new Intake({ ...parts, clock: this.#clock, timers: this.#timers });
  }

  #add(entity: Entity): void {
    this.#entities.set(pathOf(entity.path), entity);
  }
}
