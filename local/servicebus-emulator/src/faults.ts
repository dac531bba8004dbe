// What a test can make go wrong, each once and in the order it was asked for. It promises that a fault that has not
// happened yet can be seen (`pending`), since a test whose fault never fired proves nothing.

import { pathOf } from './address.ts';
import type { AmqpError } from './amqp.ts';
import { SERVER_BUSY } from './refusals.ts';

/** What can go wrong with one send. */
export type SendFault =
  | { readonly kind: 'swallowAck' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'refuse'; readonly error: AmqpError };

type Planned<Fault> = Fault & { readonly path: string | undefined };

/** The switches of a test; without an entity path, a fault hits the next operation on any entity. */
export class Faults {
  #sends: Planned<SendFault>[] = [];
  #settlements: Planned<{ readonly kind: 'swallowAck' }>[] = [];

  /** The next message sent is stored, and its sender never hears of it. */
  swallowNextAck(entityPath?: string): void {
    this.#sends.push({ kind: 'swallowAck', path: planned(entityPath) });
  }

  /** The next message sent is stored, and its sender hears of it `ms` milliseconds later. */
  delayNext(ms: number, entityPath?: string): void {
    this.#sends.push({ kind: 'delay', ms, path: planned(entityPath) });
  }

  /** The next message sent is refused; as busy, which clients repeat, unless another error is given. */
  refuseNextSend(error: AmqpError = SERVER_BUSY, entityPath?: string): void {
    this.#sends.push({ kind: 'refuse', error, path: planned(entityPath) });
  }

  /** The next settlement takes effect, and its receiver never hears of it. */
  swallowNextSettlement(entityPath?: string): void {
    this.#settlements.push({ kind: 'swallowAck', path: planned(entityPath) });
  }

  /** How many faults have not happened yet. */
  pending(): number {
    return this.#sends.length + this.#settlements.length;
  }

  /** Takes the fault, if any, that is meant for a send to this entity. */
  takeSend(path: string): SendFault | undefined {
    return takeFirst(this.#sends, path);
  }

  /** Says whether the answer to this settlement is to be lost. */
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
