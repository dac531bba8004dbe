// The entities of the namespace under the addresses that clients use: `checkout`, `checkout/$DeadLetterQueue`,
// `cart-events`, `cart-events/Subscriptions/all`. It promises that an address finds its entity in any spelling that
// Azure accepts. It builds queues and topics from their settings and knows nothing of AMQP.

import { pathOf } from './address.ts';
import { Agenda } from './agenda.ts';
import type { Clock } from './clock.ts';
import { Intake, type IntakeParts } from './intake.ts';
import { Queue } from './queue.ts';
import {
  type Entities,
  intakeSettings,
  type QueueOptions,
  queueSettings,
  refuseUnknownProperties,
  timeToLiveMs,
} from './settings.ts';

/** Something with an address: `intake` is there if one can send to it, `queue` if one can receive from it. */
export interface Entity {
  readonly path: string;
  readonly intake: Intake | undefined;
  readonly queue: Queue | undefined;
}

/** How many messages are where; deferred ones count as active. */
export interface Counts {
  readonly active: number;
  readonly scheduled: number;
  readonly locked: number;
  readonly deadLettered: number;
}

type TopicDeclaration = Entities['topics'][string];

/** All entities, built once from what the deployment declares. */
export class Namespace {
  readonly #clock: Clock;
  readonly #agenda: Agenda;
  readonly #entities = new Map<string, Entity>();

  /** Throws when an entity asks for something the emulator cannot do. */
  constructor(entities: Entities, clock: Clock) {
    this.#clock = clock;
    this.#agenda = new Agenda(clock);
    for (const [path, options] of Object.entries(entities.queues)) this.#addQueue(path, options);
    for (const [path, options] of Object.entries(entities.topics)) this.#addTopic(path, options);
  }

  /** What an address means, be it a bare path or a full `sb://` URL. */
  find(address: string): Entity | undefined {
    return this.#entities.get(pathOf(address));
  }

  /** Throws when there is no such entity. */
  counts(address: string): Counts {
    const entity = this.find(address);
    if (!entity) throw new Error(`There is no queue, topic or subscription "${address}"`);
    const { queue, intake } = entity;
    return {
      active: (queue?.size ?? 0) - (queue?.lockedCount ?? 0),
      scheduled: intake?.scheduledCount ?? 0,
      locked: queue?.lockedCount ?? 0,
      deadLettered: this.find(`${pathOf(address)}/$deadletterqueue`)?.queue?.size ?? 0,
    };
  }

  /** The bytes of all messages there are. */
  bytes(): number {
    let total = 0;
    for (const { queue, intake } of this.#entities.values()) {
      total += (queue?.bytes ?? 0) + (intake?.bytes ?? 0);
    }
    return total;
  }

  /** Loses all messages and forgets every message id. */
  clear(): void {
    for (const { queue, intake } of this.#entities.values()) {
      intake?.clear();
      queue?.clear();
    }
  }

  /** Ends all timers; locks and schedules stand still from here on. */
  stop(): void {
    this.#agenda.stop();
  }

  #addQueue(path: string, options: QueueOptions): void {
    refuseUnknownProperties(path, options, 'queue');
    const queue = this.#createQueue(path, options);
    const intake = this.#createIntake({
      settings: intakeSettings(options),
      deliver: (parcel, sequenceNumber) => queue.put(parcel, sequenceNumber),
      bytesBehind: () => queue.bytes,
    });
    this.#add({ path, intake, queue });
  }

  #addTopic(path: string, options: TopicDeclaration): void {
    refuseUnknownProperties(path, options, 'topic');
    const queues = Object.entries(options.subscriptions).map(([name, subscription]) => {
      const subscriptionPath = `${path}/Subscriptions/${name}`;
      refuseUnknownProperties(subscriptionPath, subscription, 'subscription');
      const queue = this.#createQueue(subscriptionPath, subscription);
      this.#add({ path: subscriptionPath, intake: undefined, queue });
      return queue;
    });
    const longestMs = timeToLiveMs(options);
    const intake = this.#createIntake({
      settings: intakeSettings(options),
      deliver(parcel, sequenceNumber) {
        const shared = { ...parcel, timeToLiveMs: Math.min(parcel.timeToLiveMs, longestMs) };
        for (const queue of queues) queue.put(shared, sequenceNumber);
      },
      bytesBehind: () => queues.reduce((total, queue) => total + queue.bytes, 0),
    });
    this.#add({ path, intake, queue: undefined });
  }

  #createQueue(path: string, options: QueueOptions): Queue {
    const settings = queueSettings(path, options);
    const parts = { clock: this.#clock, agenda: this.#agenda };
    const deadLetters = new Queue({
      ...parts,
      settings: { ...settings, maxDeliveryCount: Infinity, timeToLiveMs: Infinity },
      deadLetters: undefined,
    });
    this.#add({ path: `${path}/$DeadLetterQueue`, intake: undefined, queue: deadLetters });
    return new Queue({ ...parts, settings, deadLetters });
  }

  #createIntake(parts: Omit<IntakeParts, 'clock' | 'agenda'>): Intake {
    return new Intake({ ...parts, clock: this.#clock, agenda: this.#agenda });
  }

  #add(entity: Entity): void {
    this.#entities.set(pathOf(entity.path), entity);
  }
}
