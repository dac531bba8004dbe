/**
 * How tests control the Service Bus emulator in the broker's process: count messages, remove all of them, cut
 * connections, inject faults. Both sides of the channel in one place; the emulator defines what each request does.
 */

import type { Counts, Faults, ServiceBusEmulator } from '@cartwright/servicebus-emulator';

type FaultName =
  | 'dropNextSendAck'
  | 'delayNextSendAck'
  | 'rejectNextSend'
  | 'dropNextSettlementAck'
  | 'pending';

export type Control =
  | { readonly kind: 'counts'; readonly entity: string }
  | { readonly kind: 'clear' }
  | { readonly kind: 'dropConnections' }
  | { readonly kind: 'fault'; readonly name: FaultName; readonly values: readonly unknown[] };

export interface BrokerControl {
  /** How many messages an entity holds, by state; rejects when there is no such entity. */
  counts(entity: string): Promise<Counts>;
  /** Removes every message. */
  clear(): Promise<void>;
  dropConnections(): Promise<void>;
  /** Calls one of the emulator's faults by its name. */
  fault<Name extends FaultName>(
    name: Name,
    ...values: Parameters<Faults[Name]>
  ): Promise<ReturnType<Faults[Name]>>;
}

/** The requests as functions, on the supervisor's side. */
export function brokerControl(ask: (control: Control) => Promise<unknown>): BrokerControl {
  return {
    counts: (entity) => ask({ kind: 'counts', entity }) as Promise<Counts>,
    clear: () => ask({ kind: 'clear' }) as Promise<void>,
    dropConnections: () => ask({ kind: 'dropConnections' }) as Promise<void>,
    fault: <Name extends FaultName>(name: Name, ...values: Parameters<Faults[Name]>) =>
      ask({ kind: 'fault', name, values }) as Promise<ReturnType<Faults[Name]>>,
  };
}

/** Handles a request, on the emulator's side. */
export function answerControl(bus: ServiceBusEmulator, control: Control): unknown {
  switch (control.kind) {
    case 'counts':
      return bus.counts(control.entity);
    case 'clear':
      return bus.clear();
    case 'dropConnections':
      return bus.dropConnections();
    case 'fault': {
      const fault = bus.faults[control.name] as (...values: readonly unknown[]) => unknown;
      return fault.apply(bus.faults, [...control.values]);
    }
  }
}
