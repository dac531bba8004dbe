// A link on which a client sends: bytes in, an answer out, credit in between. It promises that what it acknowledges is
// in the queue. When the broker's memory is short it withholds credit, which clients take as "wait", not as an error.

import type { AmqpError } from './amqp.ts';
import type { Broker } from './broker.ts';
import { BATCH_FORMAT, readBatch, readMessage } from './encoding.ts';
import type { Intake } from './intake.ts';
import { entityFull, messageTooLarge, undecodable } from './refusals.ts';
import { answer, type Context, type Delivery, forget, type IncomingLink } from './rhea.ts';

/** The largest message and the largest batch of the Standard tier. */
export const MAX_MESSAGE_BYTES = 256 * 1024;

const CREDIT = 1_000;
const MEMORY_CHECK_MS = 50;

/** One sender, from `open` until its link is closed. */
export class ProducerLink {
  readonly #link: IncomingLink;
  readonly #path: string;
  readonly #intake: Intake;
  readonly #broker: Broker;
  #waiting = false;

  constructor(link: IncomingLink, path: string, intake: Intake, broker: Broker) {
    this.#link = link;
    this.#path = path;
    this.#intake = intake;
    this.#broker = broker;
  }

  /** The first credit goes out with the attach: the clients wait for it before they call the link open. */
  open(): void {
    this.#link.on('message', ({ delivery, message }: Context) => {
      this.#receive(delivery, message);
      this.#grantCredit();
    });
    this.#grantCredit();
  }

  #receive(delivery: Delivery, bytes: Buffer): void {
    const fault = this.#broker.faults.takeSend(this.#path);
    const error = fault?.kind === 'refuse' ? fault.error : this.#store(bytes, delivery.format);
    if (fault?.kind === 'swallowAck') forget(delivery);
    else if (fault?.kind === 'delay') setTimeout(() => answer(delivery, error), fault.ms).unref();
    else answer(delivery, error);
  }

  /** Puts what came into the queue, or says why not. */
  #store(bytes: Buffer, format: number): AmqpError | undefined {
    if (bytes.length > MAX_MESSAGE_BYTES) return messageTooLarge(bytes.length, MAX_MESSAGE_BYTES);
    try {
      const parcels = format === BATCH_FORMAT ? readBatch(bytes) : [readMessage(bytes)];
      return this.#intake.accept(parcels) ? undefined : entityFull(this.#path);
    } catch (error) {
      return undecodable(error);
    }
  }

  /** Grants in halves, so that a flow frame goes out for every 500 messages and not for every one. */
  #grantCredit(): void {
    if (this.#waiting || this.#link.credit > CREDIT / 2) return;
    if (this.#broker.hasMemory()) this.#link.add_credit(CREDIT - this.#link.credit);
    else this.#grantLater();
  }

  #grantLater(): void {
    this.#waiting = true;
    const check = () => {
      this.#waiting = false;
      if (this.#link.is_open()) this.#grantCredit();
    };
    setTimeout(check, MEMORY_CHECK_MS).unref();
  }
}
