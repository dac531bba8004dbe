/**
 * Fault injection for tests. Each planned fault happens once, in the order in which it was planned. `pending` counts
 * the faults that have not happened yet: a test whose fault never happened proves nothing.
 */

import { pathOf } from './address.ts';
import type { AmqpError } from './amqp.ts';
import { SERVER_BUSY } from './errors.ts';

/** A fault of one send operation. */
export type SendFault =
  | { readonly kind: 'dropAck' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'reject'; readonly error: AmqpError };

type Planned<Fault> = Fault & { readonly path: string | undefined };

/** The planned faults. Without an entity path, a fault applies to the next operation on any entity. */
export class Faults {
  #sends: Planned<SendFault>[] = [];
  #settlements: Planned<{ readonly kind: 'dropAck' }>[] = [];

  /** Stores the next message (or batch) and does not acknowledge it. */
  dropNextSendAck(entityPath?: string): void {
    this.#sends.push({ kind: 'dropAck', path: planned(entityPath) });
  }

  /** Stores the next message (or batch) and acknowledges it after `ms` milliseconds. */
  delayNextSendAck(ms: number, entityPath?: string): void {
    this.#sends.push({ kind: 'delay', ms, path: planned(entityPath) });
  }

  /** Rejects the next message (or batch). The default error is `com.microsoft:server-busy`, which clients retry. */
  rejectNextSend(error: AmqpError = SERVER_BUSY, entityPath?: string): void {
    this.#sends.push({ kind: 'reject', error, path: planned(entityPath) });
  }

  /** Applies the next settlement and does not acknowledge it. */
  dropNextSettlementAck(entityPath?: string): void {
    this.#settlements.push({ kind: 'dropAck', path: planned(entityPath) });
  }

  /** The number of planned faults that have not happened yet. */
  pending(): number {
    return this.#sends.length + this.#settlements.length;
  }

  /** Removes and returns the first fault that applies to a send to this entity. */
  takeSend(path: string): SendFault | undefined {
    return takeFirst(this.#sends, path);
  }

  /** Removes the first fault that applies to a settlement of this entity; false when there is none. */
  takeSettlement(path: string): boolean {
    return takeFirst(this.#settlements, path) !== undefined;
  }
}

function planned(entityPath: string | undefined): string | undefined {
  return entityPath === undefined ? undefined : pathOf(entityPath);
}

function takeFirst<Fault>(plan: Planned<Fault>[], path: string): Fault | undefined {
  const at = plan.findIndex((fault) => fault.path === undefined || fault.path === pathOf(path));
  return at < 0 ? undefined : plan.splice(at, 1)[0];
}
