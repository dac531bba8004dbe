/**
 * A link on which a client receives: sends messages within the link's credit and the session's window, and settles
 * them. A message is taken from the queue only when it can be transferred immediately, and every disposition gets a
 * settled disposition in return, because the clients wait for it.
 */

import type { ClientConnection } from './clientConnection.ts';
import type { Consumer } from './consumers.ts';
import { encodeMessage } from './encoding.ts';
import { MESSAGE_LOCK_LOST } from './errors.ts';
import { deliveryTag, guidOfTag } from './guid.ts';
import type { Message, Outcome, ReceiveMode } from './message.ts';
import { outcomeOfModified, outcomeOfRejected } from './outcome.ts';
import type { Queue } from './queue.ts';
import {
  acknowledge,
  answerDrains,
  type Context,
  type Delivery,
  dropDelivery,
  type OutgoingLink,
  sessionCapacity,
} from './rhea.ts';

const SETTLED_BY_SENDER = 1;
const PLAIN_FORMAT = 0;

/** One receiver, from `open` until its link, session or connection closes. */
export class ConsumerLink implements Consumer {
  readonly mode: ReceiveMode;
  readonly #link: OutgoingLink;
  readonly #queue: Queue;
  readonly #dropsAck: () => boolean;
  // Deliveries passed to rhea plus credit returned by drains. rhea adds both to delivery_count once they are written.
  #spent = 0;

  /** `dropsAck` is called once per settlement and returns true when its acknowledgement must not be sent. */
  constructor(link: OutgoingLink, queue: Queue, dropsAck: () => boolean) {
    this.mode = link.snd_settle_mode === SETTLED_BY_SENDER ? 'receiveAndDelete' : 'peekLock';
    this.#link = link;
    this.#queue = queue;
    this.#dropsAck = dropsAck;
  }

  open(client: ClientConnection): void {
    const link = this.#link;
    link.local.attach.snd_settle_mode = link.snd_settle_mode;
    answerDrains(
      link,
      () => this.#unsent(),
      (credit) => {
        this.#spent += credit;
      },
    );
    this.#listenForOutcomes();
    this.#listenForCredit();
    this.#listenForClose(client);
    this.#queue.attach(this);
  }

  hasCredit(): boolean {
    const link = this.#link;
    return link.is_open() && link.credit - this.#unsent() > 0 && sessionCapacity(link.session) > 0;
  }

  deliver(message: Message): void {
    this.#spent += 1;
    const tag = message.lock && deliveryTag(message.lock.token);
    this.#link.send(encodeMessage(message), tag, PLAIN_FORMAT);
  }

  #unsent(): number {
    return this.#spent - this.#link.delivery_count;
  }

  #listenForOutcomes(): void {
    const on = (event: string, outcomeOf: (state: unknown) => Outcome) => {
      this.#link.on(event, ({ delivery }: Context) =>
        this.#settle(delivery, outcomeOf(delivery.remote_state)),
      );
    };
    on('accepted', () => ({ kind: 'completed' }));
    on('released', () => ({ kind: 'released' }));
    on('modified', outcomeOfModified);
    on('rejected', outcomeOfRejected);
  }

  #listenForCredit(): void {
    const link = this.#link;
    link.on('sender_flow', () => this.#queue.dispatch());
    // The response to a drain follows the messages that the same flow frame permits.
    link.on('sender_draining', () => link.set_drained(true));
    link.session.on('window_open', () => {
      this.#queue.dispatch();
      link.set_drained(true);
    });
  }

  #listenForClose(client: ClientConnection): void {
    const detach = () => {
      this.#queue.detach(this);
      removeListener();
    };
    const removeListener = client.onClose(detach);
    this.#link.on('sender_close', detach);
    this.#link.session.on('session_close', detach);
  }

  #settle(delivery: Delivery, outcome: Outcome): void {
    const held = this.#queue.settle(guidOfTag(delivery.tag), outcome);
    if (this.#dropsAck()) dropDelivery(delivery);
    else acknowledge(delivery, held ? undefined : MESSAGE_LOCK_LOST);
  }
}
