/** The public API of the package. Everything else in this folder is an implementation detail. */

export { type Clock, type ManualClock, manualClock, systemClock } from './clock.ts';
export {
  type Counts,
  type Entities,
  type QueueOptions,
  type ServiceBusEmulator,
  type ServiceBusOptions,
  type SubscriptionOptions,
  startServiceBus,
  type TopicOptions,
} from './emulator.ts';
export type { Faults } from './faults.ts';
