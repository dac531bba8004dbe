/**
 * The properties of queues, topics and subscriptions, named as in a Bicep template. A property that the emulator does
 * not support, or a value that Azure rejects, is an error at start: an emulator that is more lenient than Azure hides
 * mistakes until the deployment.
 */

import { parseDuration } from './duration.ts';

/** The supported Bicep properties of a subscription. Durations are ISO 8601. */
export interface SubscriptionOptions {
  /** Default `PT1M`, at most `PT5M`. */
  lockDuration?: string;
  /** 1 to 2,000, default 10. */
  maxDeliveryCount?: number;
  /** Default false: expired messages are deleted. */
  deadLetteringOnMessageExpiration?: boolean;
  /** The longest time to live of a message. Default: unlimited. */
  defaultMessageTimeToLive?: string;
  /** Accepted and ignored. */
  enableBatchedOperations?: boolean;
}

/** The supported Bicep properties of whatever accepts messages. Durations are ISO 8601. */
interface IntakeOptions {
  requiresDuplicateDetection?: boolean;
  /** `PT20S` to `P7D`, default `PT10M`. */
  duplicateDetectionHistoryTimeWindow?: string;
  /** The longest time to live of a message. Default: unlimited. */
  defaultMessageTimeToLive?: string;
  /** The size quota of the stored messages. Default 1,024. */
  maxSizeInMegabytes?: number;
  /** The size limit of a message and of a batch: 256 (default, the Standard tier) to 102,400 (the Premium tier). */
  maxMessageSizeInKilobytes?: number;
  /** Accepted and ignored. */
  enableBatchedOperations?: boolean;
}

/** The supported Bicep properties of a queue. */
export interface QueueOptions extends SubscriptionOptions, IntakeOptions {}

/** The supported Bicep properties of a topic, and its subscriptions by name. */
export interface TopicOptions extends IntakeOptions {
  subscriptions?: Record<string, SubscriptionOptions>;
}

/** The entities of a namespace, by name. */
export interface Entities {
  queues?: Record<string, QueueOptions>;
  topics?: Record<string, TopicOptions>;
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
  readonly maxMessageBytes: number;
}

const LONGEST_LOCK_MS = parseDuration('PT5M');
const SHORTEST_WINDOW_MS = parseDuration('PT20S');
const LONGEST_WINDOW_MS = parseDuration('P7D');
// TimeSpan.MaxValue of .NET, with which templates say "never".
const NEVER_MS = parseDuration('P10675199D');

const EVERY_ENTITY = ['defaultMessageTimeToLive', 'enableBatchedOperations'];
const INTAKE = [
  'requiresDuplicateDetection',
  'duplicateDetectionHistoryTimeWindow',
  'maxSizeInMegabytes',
  'maxMessageSizeInKilobytes',
];
const RECEIVING = ['lockDuration', 'maxDeliveryCount', 'deadLetteringOnMessageExpiration'];
const KNOWN_PROPERTIES = {
  queue: [...EVERY_ENTITY, ...INTAKE, ...RECEIVING],
  topic: [...EVERY_ENTITY, ...INTAKE, 'subscriptions'],
  subscription: [...EVERY_ENTITY, ...RECEIVING],
};

const SWITCHES = [
  'requiresDuplicateDetection',
  'deadLetteringOnMessageExpiration',
  'enableBatchedOperations',
];

// Exported templates contain unsupported features that are switched off, and settings without effect in the emulator.
const WITHOUT_EFFECT: Readonly<Record<string, (value: unknown) => boolean>> = {
  requiresSession: isFalse,
  enablePartitioning: isFalse,
  enableExpress: isFalse,
  isClientAffine: isFalse,
  status: (value) => value === 'Active',
  autoDeleteOnIdle: (value) => typeof value === 'string' && parseDuration(value) >= NEVER_MS,
  supportOrdering: () => true,
  deadLetteringOnFilterEvaluationExceptions: () => true,
};

/** The kind of an entity. */
export type EntityKind = keyof typeof KNOWN_PROPERTIES;

/**
 * Throws when an entity uses a feature that the emulator does not support, such as `forwardTo`, or when a switch is not a
 * boolean. `options` may come from a JSON file, so nothing about it is certain.
 */
export function rejectUnsupportedProperties(path: string, options: unknown, kind: EntityKind): void {
  if (typeof options !== 'object' || options === null) {
    throw new Error(`The properties of the ${kind} "${path}" must be an object.`);
  }
  for (const [name, value] of Object.entries(options)) {
    ensure(
      !SWITCHES.includes(name) || typeof value === 'boolean',
      `${name} of "${path}" must be true or false`,
    );
  }
  const unsupported = Object.entries(options).filter(
    ([name, value]) => !KNOWN_PROPERTIES[kind].includes(name) && !WITHOUT_EFFECT[name]?.(value),
  );
  if (unsupported.length === 0) return;
  const names = unsupported.map(([name]) => name).join(', ');
  throw new Error(`The Service Bus emulator does not support the properties ${names} (${kind} "${path}").`);
}

/** The receiving side's settings with Azure's defaults. Throws when a value is outside Azure's range. */
export function queueSettings(path: string, options: SubscriptionOptions): QueueSettings {
  const lockMs = parseDuration(options.lockDuration ?? 'PT1M');
  ensure(
    lockMs > 0 && lockMs <= LONGEST_LOCK_MS,
    `lockDuration of "${path}" must be above zero and at most PT5M`,
  );
  const { maxDeliveryCount = 10 } = options;
  ensure(
    isIntegerBetween(1, maxDeliveryCount, 2_000),
    `maxDeliveryCount of "${path}" must be an integer from 1 to 2000`,
  );
  return {
    lockMs,
    maxDeliveryCount,
    timeToLiveMs: timeToLiveMs(path, options),
    deadLetterExpired: options.deadLetteringOnMessageExpiration ?? false,
  };
}

/** The sending side's settings with Azure's defaults. Throws when a value is outside Azure's range. */
export function intakeSettings(path: string, options: IntakeOptions): IntakeSettings {
  const windowMs = parseDuration(options.duplicateDetectionHistoryTimeWindow ?? 'PT10M');
  ensure(
    windowMs >= SHORTEST_WINDOW_MS && windowMs <= LONGEST_WINDOW_MS,
    `duplicateDetectionHistoryTimeWindow of "${path}" must be from PT20S to P7D`,
  );
  const { maxSizeInMegabytes = 1024, maxMessageSizeInKilobytes = 256 } = options;
  ensure(maxSizeInMegabytes > 0, `maxSizeInMegabytes of "${path}" must be above zero`);
  ensure(
    isIntegerBetween(256, maxMessageSizeInKilobytes, 102_400),
    `maxMessageSizeInKilobytes of "${path}" must be an integer from 256 to 102400`,
  );
  return {
    duplicateWindowMs: options.requiresDuplicateDetection ? windowMs : undefined,
    maxBytes: maxSizeInMegabytes * 1024 * 1024,
    maxMessageBytes: maxMessageSizeInKilobytes * 1024,
  };
}

/** The default time to live in milliseconds, `Infinity` when it is unlimited. Throws when it is zero. */
export function timeToLiveMs(path: string, options: { defaultMessageTimeToLive?: string }): number {
  if (options.defaultMessageTimeToLive === undefined) return Infinity;
  const ms = parseDuration(options.defaultMessageTimeToLive);
  ensure(ms > 0, `defaultMessageTimeToLive of "${path}" must be above zero`);
  return ms >= NEVER_MS ? Infinity : ms;
}

function isFalse(value: unknown): boolean {
  return value === false;
}

function isIntegerBetween(least: number, value: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function ensure(condition: boolean, rule: string): void {
  if (!condition) throw new Error(`${rule}.`);
}
