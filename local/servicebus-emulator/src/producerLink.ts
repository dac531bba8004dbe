/**
 * A link on which a client sends. A message is stored before it is acknowledged. While the memory limit is exceeded, the
 * link grants no credit; clients treat that as a transient condition and wait.
 */

import type { AmqpError } from './amqp.ts';
import type { Broker } from './broker.ts';
import { BATCH_FORMAT, decodeBatch, decodeMessage } from './encoding.ts';
import { decodeError, messageTooLarge, quotaExceeded } from './errors.ts';
import type { Intake } from './intake.ts';
import { acknowledge, type Context, type Delivery, dropDelivery, type IncomingLink } from './rhea.ts';

const CREDIT = 1_000;
const MEMORY_CHECK_MS = 50;

/** One sender, from `open` until its link closes. */
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

  /** Grants the first credit together with the attach: clients regard a link without credit as not open. */
  open(): void {
    this.#link.local.attach.max_message_size = this.#intake.maxMessageBytes;
    this.#link.on('message', ({ delivery, message }: Context) => {
      this.#receive(delivery, message);
      this.#grantCredit();
    });
    this.#grantCredit();
  }

  #receive(delivery: Delivery, bytes: Buffer): void {
    const fault = this.#broker.faults.takeSend(this.#path);
    const error = fault?.kind === 'reject' ? fault.error : this.#store(bytes, delivery.format);
    if (fault?.kind === 'dropAck') dropDelivery(delivery);
    else if (fault?.kind === 'delay') setTimeout(() => acknowledge(delivery, error), fault.ms).unref();
    else acknowledge(delivery, error);
  }

  /** Stores a message or a batch. Returns the error when it is rejected. */
  #store(bytes: Buffer, format: number): AmqpError | undefined {
    const { maxMessageBytes } = this.#intake;
    if (bytes.length > maxMessageBytes) return messageTooLarge(bytes.length, maxMessageBytes);
    try {
      const messages = format === BATCH_FORMAT ? decodeBatch(bytes) : [decodeMessage(bytes)];
      return this.#intake.accept(messages) ? undefined : quotaExceeded(this.#path);
    } catch (error) {
      return decodeError(error);
    }
  }

  /** Replenishes the credit when half of it is used: one flow frame per 500 messages instead of one per message. */
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
