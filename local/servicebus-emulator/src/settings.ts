/**
 * The properties of queues, topics and subscriptions, named as in a Bicep template. A property that the emulator does
 * not support, or a value that Azure rejects, is an error at start: an emulator that is more lenient than Azure hides
 * mistakes until the deployment.
 */

import { parseDuration } from './duration.ts';

/** The supported Bicep properties of a queue or a subscription. Durations are ISO 8601. */
export interface QueueOptions {
  lockDuration?: string;
  maxDeliveryCount?: number;
  requiresDuplicateDetection?: boolean;
  duplicateDetectionHistoryTimeWindow?: string;
  deadLetteringOnMessageExpiration?: boolean;
  defaultMessageTimeToLive?: string;
  maxSizeInMegabytes?: number;
  enableBatchedOperations?: boolean;
}

/** The supported Bicep properties of a topic. Durations are ISO 8601. */
export interface TopicOptions {
  requiresDuplicateDetection?: boolean;
  duplicateDetectionHistoryTimeWindow?: string;
  defaultMessageTimeToLive?: string;
  maxSizeInMegabytes?: number;
  enableBatchedOperations?: boolean;
}

/** The entities of a namespace, by name. */
export interface Entities {
  queues: Record<string, QueueOptions>;
  topics: Record<string, TopicOptions & { subscriptions: Record<string, QueueOptions> }>;
}

/** The settings of the receiving side, in milliseconds. */
export interface QueueSettings {
  readonly lockMs: number;
  readonly maxDeliveryCount: number;
  readonly timeToLiveMs: number;
  readonly deadLetterExpired: boolean;
}

/** The settings of the sending side, in milliseconds and bytes. */
export interface IntakeSettings {
  readonly duplicateWindowMs: number | undefined;
  readonly maxBytes: number;
}

const LONGEST_LOCK_MS = parseDuration('PT5M');
const EVERY_ENTITY = ['defaultMessageTimeToLive', 'enableBatchedOperations'];
const INTAKE = ['requiresDuplicateDetection', 'duplicateDetectionHistoryTimeWindow', 'maxSizeInMegabytes'];
const RECEIVING = ['lockDuration', 'maxDeliveryCount', 'deadLetteringOnMessageExpiration'];
const KNOWN_PROPERTIES = {
  queue: [...EVERY_ENTITY, ...INTAKE, ...RECEIVING],
  topic: [...EVERY_ENTITY, ...INTAKE, 'subscriptions'],
  subscription: [...EVERY_ENTITY, ...RECEIVING],
};

/** The kind of an entity. */
export type EntityKind = keyof typeof KNOWN_PROPERTIES;

/** Throws when an entity has a property the emulator does not honour, such as `requiresSession` or `forwardTo`. */
export function refuseUnknownProperties(path: string, options: object, kind: EntityKind): void {
  const unknown = Object.keys(options).filter((property) => !KNOWN_PROPERTIES[kind].includes(property));
  if (unknown.length === 0) return;
  throw new Error(`The Service Bus emulator does not honour ${unknown.join(', ')} (on "${path}")`);
}

/** Fills in Azure's defaults; throws on a lock above the five minutes that Azure allows. */
export function queueSettings(path: string, options: QueueOptions): QueueSettings {
  const lockMs = parseDuration(options.lockDuration ?? 'PT1M');
  if (lockMs <= 0 || lockMs > LONGEST_LOCK_MS) {
    throw new Error(`The lockDuration of "${path}" must be above zero and at most PT5M`);
  }
  return {
    lockMs,
    maxDeliveryCount: options.maxDeliveryCount ?? 10,
    timeToLiveMs: timeToLiveMs(options),
    deadLetterExpired: options.deadLetteringOnMessageExpiration ?? false,
  };
}

/** Fills in Azure's defaults for what a sender meets. */
export function intakeSettings(options: QueueOptions | TopicOptions): IntakeSettings {
  return {
    duplicateWindowMs: options.requiresDuplicateDetection
      ? parseDuration(options.duplicateDetectionHistoryTimeWindow ?? 'PT10M')
      : undefined,
    maxBytes: (options.maxSizeInMegabytes ?? 1024) * 1024 * 1024,
  };
}

/** How long a message stays when its sender did not say, in milliseconds; `Infinity` for ever. */
export function timeToLiveMs(options: QueueOptions | TopicOptions): number {
  return options.defaultMessageTimeToLive ? parseDuration(options.defaultMessageTimeToLive) : Infinity;
}
